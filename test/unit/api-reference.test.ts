import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiEntry, examplesOf, readApi, renderApi } from '../support/api-reference.js';

const NOTE = 'Made from the doc comments by `npm run docs`: change those, not this page.';

const ENTRY_POINTS = [
  {
    name: 'maskwright',
    declarations: 'index.d.ts',
    page: 'src/API.md',
    introduction: `${NOTE} The mask engine, which \`maskwright\` exports as well, has [a page of its own](engine/API.md).`,
    // The engine's page has the rest.
    leftOut: (entry: ApiEntry) => entry.file.startsWith('engine/'),
  },
  {
    name: 'maskwright/engine',
    declarations: 'engine/index.d.ts',
    page: 'src/engine/API.md',
    introduction: `${NOTE} Pure functions over plain objects, for Node and browsers; no function writes to its inputs.`,
    leftOut: () => false,
  },
] as const;

const declarations = mkdtempSync(join(tmpdir(), 'maskwright-api-'));
afterAll(() => rmSync(declarations, { recursive: true, force: true }));

// The sources as they are now: what was built may be older.
beforeAll(() =>
  compile(
    'src',
    '--emitDeclarationOnly',
    '--sourceMap',
    'false',
    '--outDir',
    declarations,
    '--tsBuildInfoFile',
    join(declarations, '.tsbuildinfo'),
  ),
);

describe.each(ENTRY_POINTS)('$name', (entryPoint) => {
  const read = (): ApiEntry[] => readApi(declarations, entryPoint.declarations);

  it('has a doc comment on everything that is exported', () => {
    const entries = read();
    expect(entries.length).toBeGreaterThan(50);
    expect(entries.filter(({ comment }) => comment === '').map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
  });

  it('exports every type that its signatures name', () => {
    const entries = read();
    const exported = new Set(entries.map(({ name }) => name));
    const missing = entries.flatMap(({ name, mentions }) =>
      mentions.filter((type) => !exported.has(type)).map((type) => `${type}, of ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('has a reference that is up to date (`npm run docs` writes it)', async () => {
    const entries = read().filter((entry) => !entryPoint.leftOut(entry));
    const page = renderApi(`The API of \`${entryPoint.name}\``, entryPoint.introduction, entries);
    await expect(page).toMatchFileSnapshot(`../../${entryPoint.page}`);
  });
});

it('has examples that compile', () => {
  const examples = ENTRY_POINTS.flatMap(({ declarations: entry }) => readApi(declarations, entry)).flatMap(examplesOf);
  expect(examples.length).toBeGreaterThan(5);
  examples.forEach((code, at) => writeFileSync(join(declarations, `example-${at}.mts`), code));
  symlinkSync(resolve('node_modules'), join(declarations, 'node_modules'), 'junction');
  const paths = Object.fromEntries(ENTRY_POINTS.map(({ name, declarations: entry }) => [name, [`./${entry}`]]));
  const compilerOptions = { noEmit: true, noUnusedLocals: false, paths };
  const project = { extends: resolve('tsconfig.json'), compilerOptions, include: ['example-*.mts'] };
  writeFileSync(join(declarations, 'tsconfig.json'), JSON.stringify(project));
  compile(declarations);
});

function compile(project: string, ...options: string[]): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project, ...options], { encoding: 'utf8' });
  expect(status, stdout).toBe(0);
}
