// `dist/.source-hash` names the sources that `dist` was built from. `npm run build` writes it, the tests compare it: by content, not
// by time, since a checkout sets every time anew. `--is-current` fails where a build is due.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STAMP = join(ROOT, 'dist/.source-hash');
const BUILT = /\.(tsx?|mjs|css|html)$/;

/** SHA-256 over the names and contents of all sources that the build reads. */
export function hashSources() {
  const hash = createHash('sha256');
  const names = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    BUILT.test(name),
  );
  for (const name of names.toSorted()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(ROOT, 'src', name)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** True where `dist` was built from the sources as they are now. */
export function isBuildCurrent() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashSources();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === '--is-current') {
    process.exitCode = isBuildCurrent() ? 0 : 1;
  } else {
    writeFileSync(STAMP, hashSources());
  }
}
