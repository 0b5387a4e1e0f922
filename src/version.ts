import { existsSync, readFileSync } from 'node:fs';

/** The folder of package.json, with a slash at its end: for sources, their build and the bundle alike. */
export const PACKAGE_ROOT = findRoot(new URL('.', import.meta.url));

const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8'));

/** The version in package.json. */
export const VERSION = (manifest as { version: string }).version;

/** The program of a thread or a child process. Threads run the bundle, also where tests run sources. */
export function programFile(name: string): URL {
  return new URL(`dist/bundle/${name}.js`, PACKAGE_ROOT);
}

function findRoot(folder: URL): URL {
  const parent = new URL('..', folder);
  return existsSync(new URL('package.json', folder)) || parent.href === folder.href ? folder : findRoot(parent);
}
