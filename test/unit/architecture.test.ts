import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

const NODE = 'node:';
const BASE = ['errors', 'version', 'closest-match', 'lru-map'];
const PURE = ['raster', 'engine', 'render', 'prompts', 'depth', 'inpaint'];
const WORK = [...BASE, ...PURE, 'io', 'models', 'sources', 'outputs'];

/**
 * What each folder of src may import: folders (`io/files` is one folder of `io`), packages, and `node:` for Node's own
 * modules. Type imports count as well. The table of src/README.md.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [NODE],
  'closest-match': [],
  'lru-map': [],
  raster: [...BASE],
  engine: [...BASE, 'raster'],
  render: [...BASE, 'raster', 'engine'],
  prompts: [...BASE, 'raster', 'engine'],
  depth: [...BASE, 'raster', 'engine'],
  inpaint: [...BASE, 'raster', 'engine'],
  io: [...BASE, 'raster', NODE, 'sharp', 'exrs', 'tinyglobby', 'picomatch', 'undici', 'ag-psd', '@aws-sdk/client-s3'],
  models: [
    ...BASE,
    'raster',
    'io/files',
    NODE,
    '@huggingface/transformers',
    '@huggingface/tokenizers',
    'onnxruntime-node',
    'undici',
  ],
  sources: [...BASE, ...PURE, 'io', 'models', NODE, 'zod'],
  outputs: [...BASE, ...PURE, 'io', 'models', 'sources', NODE, 'zod'],
  recipe: [...WORK, NODE, 'zod', 'yaml'],
  run: [...WORK, 'recipe', NODE, 'p-limit', 'bullmq', 'ioredis', 'pg'],
  server: [...WORK, 'recipe', 'run', NODE, 'zod', 'hono', 'prom-client', '@modelcontextprotocol/sdk'],
  cli: [
    ...WORK,
    'recipe',
    'run',
    'server',
    '@hono/node-server',
    '@modelcontextprotocol/sdk',
    'zod',
    NODE,
    'yargs',
    'string-width',
  ],
  index: [...WORK, 'recipe', 'run', 'server'],
};

/** Folders that cli may import types of, but no values: their work is reached through recipes. */
const MAX_FILES = 14;
const files = findSources();
const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('what every source keeps to', () => {
  it.each(files)("%s creates folders by createFolder: Node's own never ends on some systems", (file) => {
    expect(readFileSync(file, 'utf8')).not.toMatch(/mkdir(?:Sync)?\([^;]*recursive: true/);
  });
});

describe('the layers', () => {
  it('sees the sources', () => {
    expect(files.length).toBeGreaterThan(200);
  });

  it.each(files)('%s imports only what its folder may', (file) => {
    const folder = folderOf(file);
    const allowed = ALLOWED[folder];
    expect(allowed, `${folder} is not in the table`).toBeDefined();
    for (const specifier of imports.get(file)!) {
      const names = namesOf(file, specifier);
      expect(
        names.some((name) => name === folder || allowed!.includes(name)),
        `${file} imports ${specifier}`,
      ).toBe(true);
    }
  });
});

describe('the option tables', () => {
  const tables = files.filter((file) => /^src\/cli\/commands\/.*-command\.ts$/.test(file));

  it('sees the commands', () => {
    expect(tables.length).toBeGreaterThan(15);
  });

  it('the overview of the top level loads no command, and nothing of what commands need', () => {
    expect([...packagesOf('src/cli/main.ts')].filter((name) => !name.startsWith('node:'))).toEqual([]);
  });

  it.each(tables)('%s loads no schema, codec or network before the command runs', (file) => {
    expect(
      [...packagesOf(file)].filter((name) => ['zod', 'yaml', 'sharp', 'onnxruntime-node', 'undici'].includes(name)),
    ).toEqual([]);
  });
});

describe('the tree', () => {
  it('has no cycle of files', () => {
    expect(findCycle()).toBeUndefined();
  });

  it('has no two files of one name, index.ts excepted', () => {
    const names = files.map((file) => basename(file)).filter((name) => name !== 'index.ts');
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it(`has at most ${MAX_FILES} files in a folder`, () => {
    const counts = new Map<string, number>();
    for (const file of files) {
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
  });
});

function findSources(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !normalize(name).startsWith('studio/'))
    .map((name) => join('src', name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return Array.from(
    text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
    ),
    (match) => match[1] ?? match[2] ?? match[3]!,
  );
}

function folderOf(file: string): string {
  return normalize(file).split('/')[1]!.replace(/\.ts$/, '');
}

/** The names under which the table may allow an import: `io` and `io/files` for a file in src/io/files. */
function namesOf(file: string, specifier: string): string[] {
  if (specifier.startsWith(NODE)) return [NODE];
  if (specifier.startsWith('.')) {
    const target = pathOf(file, specifier);
    return [folderOf(target), dirname(target).split('/').slice(1, 3).join('/')];
  }
  return [
    specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/'),
  ];
}

function pathOf(file: string, specifier: string): string {
  return join(dirname(file), specifier.replace(/\.js$/, '.ts'));
}

/** The packages that are loaded with a file: by declarations that import values, here and in what they import. */
function packagesOf(file: string, seen = new Set<string>(), packages = new Set<string>()): Set<string> {
  if (seen.has(file)) return packages;
  seen.add(file);
  const { staticImports, staticExports } = parseSync(file, readFileSync(file, 'utf8')).module;
  const loaded = [
    ...staticImports.filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType)),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ isType, moduleRequest }) => (isType || moduleRequest === null ? [] : [{ moduleRequest }])),
    ),
  ].map(({ moduleRequest }) => moduleRequest.value);
  for (const specifier of loaded) {
    if (specifier.startsWith('.')) {
      packagesOf(pathOf(file, specifier), seen, packages);
    } else {
      packages.add(specifier);
    }
  }
  return packages;
}

/** The files of a cycle of imports, dynamic ones excepted by none; undefined where there is no cycle. */
function findCycle(): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const specifier of imports.get(file) ?? []) {
      const cycle = specifier.startsWith('.') ? visit(pathOf(file, specifier), [...path, file]) : undefined;
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
