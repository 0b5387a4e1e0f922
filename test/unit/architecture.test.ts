import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const PURE = ['raster', 'engine', 'prompts', 'depth', 'inpaint'];
const NODE = 'node:';

/** Which rooms and packages each room may import. `node:` stands for Node's own modules. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [NODE],
  raster: ['errors'],
  engine: ['errors', 'raster'],
  prompts: ['errors', 'raster', 'engine'],
  depth: ['errors', 'raster', 'engine'],
  inpaint: ['errors', 'raster', 'engine'],
  networks: [
    'errors',
    'raster',
    'version',
    NODE,
    '@huggingface/transformers',
    '@huggingface/tokenizers',
    'onnxruntime-node',
    'undici',
  ],
  io: ['errors', 'raster', 'version', NODE, 'sharp', 'exrs', 'tinyglobby'],
  jobs: ['errors', 'version', ...PURE, 'networks', 'io', NODE, 'p-limit', 'zod', 'yaml'],
  cli: ['errors', 'version', ...PURE, 'jobs', 'networks', 'io', NODE, 'yargs'],
  index: ['errors', 'version', ...PURE, 'networks', 'io', 'jobs'],
};

const SOURCE = 'src';
const files = findSources();

describe('the layers', () => {
  it('sees the sources', () => {
    expect(files.length).toBeGreaterThan(20);
  });

  it.each(files)('%s imports only what its layer may', (file) => {
    const room = roomOf(file);
    const allowed = ALLOWED[room];
    expect(allowed, `${room} is not in the table`).toBeDefined();
    for (const specifier of importsOf(file)) {
      const target = targetOf(file, specifier);
      expect([room, ...allowed!], `${file} imports ${specifier}`).toContain(target);
    }
  });
});

function findSources(): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.name.endsWith('.ts')) found.push(path);
    }
  };
  visit(SOURCE);
  return found;
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3]!);
}

function roomOf(file: string): string {
  const [, first = ''] = normalize(file).split('/');
  return first.replace(/\.ts$/, '');
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith(NODE)) return NODE;
  if (specifier.startsWith('.')) return roomOf(join(dirname(file), specifier.replace(/\.js$/, '.ts')));
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
