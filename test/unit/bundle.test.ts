import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { programFile } from '../../src/version.js';

const BUNDLE = 'dist/bundle';
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
const chunks = readdirSync(BUNDLE).filter((name) => name.endsWith('.js'));
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

describe('the bundle', () => {
  it('imports only its own files, modules of Node and declared dependencies', () => {
    const known = new Set([
      ...builtinModules,
      ...Object.keys({
        ...manifest['dependencies'],
        ...manifest['optionalDependencies'],
        ...manifest['peerDependencies'],
      }),
    ]);
    const found = chunks.flatMap((name) =>
      importsOf(readFileSync(join(BUNDLE, name), 'utf8')).map((specifier) => ({ name, specifier })),
    );
    expect(found.length).toBeGreaterThan(chunks.length);
    const missing = found.filter(({ specifier }) =>
      specifier.startsWith('.')
        ? !existsSync(join(BUNDLE, specifier))
        : !specifier.startsWith('node:') && !known.has(specifier) && !known.has(packageOf(specifier)),
    );
    expect(missing).toEqual([]);
  });

  it('has the program of every thread and child process that the sources start', () => {
    const names = sources.flatMap((name) =>
      Array.from(
        readFileSync(join('src', name), 'utf8').matchAll(/programFile\('([^']+)'\)/g),
        ([, program]) => program!,
      ),
    );
    expect(names).toContain('model-worker');
    expect(names.filter((name) => !existsSync(programFile(name)))).toEqual([]);
  });

  it('is never searched for files from the place of a module, which the bundle moves', () => {
    // The page is built by Vite, which knows where its files are.
    const ours = sources.filter((name) => !name.startsWith('studio/'));
    // A package is found by its name from anywhere.
    const codeOf = (name: string): string =>
      readFileSync(join('src', name), 'utf8').replaceAll('createRequire(import.meta.url)', '');
    const users = ours.filter((name) => /import\.meta\.(?:url|dirname)/.test(codeOf(name)));
    expect(users.filter((name) => name !== 'version.ts' && name !== 'run/doctor/examine.ts')).toEqual([]);
  });

  it('holds the license of every package in it', () => {
    const licenses = readFileSync(join(BUNDLE, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['@huggingface/transformers', 'exrs', 'yargs', 'yaml', 'undici', 'tinyglobby', 'zod']) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
  });
});

/** `@scope/name` of `@scope/name/file.js`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The modules that a program imports: by declarations, and by `import()` of a literal. */
function importsOf(code: string): string[] {
  const { staticImports, staticExports, dynamicImports } = parseSync('chunk.js', code).module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...dynamicImports.flatMap(({ moduleRequest }) => {
      const text = code.slice(moduleRequest.start, moduleRequest.end);
      return /^(["'`])[^"'`$]+\1$/.test(text) ? [text.slice(1, -1)] : [];
    }),
  ];
}
