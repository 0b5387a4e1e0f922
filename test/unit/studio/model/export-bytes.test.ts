import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { TARGETS } from '../../../../src/inpaint/targets/target-table.js';
import { EXPORT_FORMATS } from '../../../../src/io/export/annotation.js';
import type { Mask } from '../../../../src/raster/index.js';
import { createServer } from '../../../../src/server/create-server.js';
import { openModels } from '../../../../src/sources/model-pool.js';
import { drawStrokes, emptyRetouch } from '../../../../src/studio/compute/rasterize-strokes.js';
import {
  ANNOTATION_FORMATS,
  EMPTY_DOCUMENT,
  type ExportSettings,
  type Layer,
  type StudioDocument,
} from '../../../../src/studio/model/studio-document.js';
import { toCommand } from '../../../../src/studio/model/to-command.js';
import { toRecipe } from '../../../../src/studio/model/to-recipe.js';
import { runInProcess } from '../../../support/in-process.js';

/** What is saved over the API and what the copied command writes: the same files, byte for byte. */
const SIZE = { width: 72, height: 72 };
const IMAGE = 'a photo.png';
const retouch = { add: 'outputs/a photo.retouch-add.png', erase: 'outputs/a photo.retouch-erase.png' };
vi.setConfig({ testTimeout: 240_000 });

const home = process.cwd();
const models = openModels({ model: 'tiny' });
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maskwright-export-'));
  await sharp('examples/still-life.png').resize(SIZE.width, SIZE.height).toFile(join(folder, IMAGE));
});

beforeEach(() => {
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  vi.unstubAllEnvs();
});

afterAll(async () => {
  await models.close();
  rmSync(folder, { recursive: true });
});

const ORIGIN = 'http://localhost:8765';
const open = () =>
  createServer({ models, model: 'tiny', studio: { images: [{ path: IMAGE, folder: '' }], outdir: 'outputs' } });

async function ask(server: ReturnType<typeof open>, path: string, body: FormData): Promise<Record<string, unknown>> {
  const response = await server.fetch(new Request(`${ORIGIN}${path}`, { method: 'POST', body }));
  const answer = (await response.json()) as Record<string, unknown>;
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer;
}

async function toPng({ width, height, data }: Mask): Promise<Blob> {
  const png = await sharp(data, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
  return new Blob([new Uint8Array(png)]);
}

/** The files of a folder and those below, by their paths. */
function filesOf(path: string): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(path, file), readFileSync(file)]),
  );
}

/** The words of a command for a POSIX shell, as this project quotes them, and its standard input. */
function readCommand(text: string): { readonly words: string[]; readonly stdin: string | undefined } {
  const [, line, stdin] = /^maskwright (.*?)(?: <<'RECIPE'\n([^]*)RECIPE)?$/s.exec(text)!;
  const words = [...line!.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|\\(')/g, (_, quoted: string | undefined, plain: string | undefined) => quoted ?? plain!),
  );
  return { words, stdin };
}

async function expectSameBytes(server: ReturnType<typeof open>, session: string, document: StudioDocument) {
  rmSync('outputs', { recursive: true, force: true });
  const form = new FormData();
  form.append('recipe', JSON.stringify(toRecipe(document, { retouch, outdir: 'outputs' })));
  if (document.strokes.length > 0) {
    const masks = emptyRetouch(SIZE);
    drawStrokes(document.strokes, masks);
    form.append('file', await toPng(masks.add), retouch.add);
    form.append('file', await toPng(masks.erase), retouch.erase);
  }
  await ask(server, `/v1/sessions/${session}/save`, form);
  const saved = filesOf('outputs');
  rmSync('outputs', { recursive: true });
  // The strokes stay beside the results.
  for (const [name, data] of Object.entries(saved).filter(([path]) => path.includes('retouch'))) {
    const path = join('outputs', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data);
  }
  const command = toCommand(document, { input: IMAGE, retouch, outdir: 'outputs', model: 'tiny' });
  const { words, stdin } = readCommand(command);
  if (stdin !== undefined) {
    writeFileSync('recipe.yaml', stdin);
  }
  const ran = await runInProcess(
    words.map((word) => (word === '-' ? 'recipe.yaml' : word)),
    folder,
  );
  expect(ran.code, `${command}\n${ran.stderr}`).toBe(0);
  const made = filesOf('outputs');
  expect(Object.keys(made).sort(), command).toEqual(Object.keys(saved).sort());
  expect(
    Object.keys(saved).filter((name) => !made[name]!.equals(saved[name]!)),
    command,
  ).toEqual([]);
}

const orange: Layer = { kind: 'prompt', id: 1, combine: 'union', enabled: true, prompt: 'orange', threshold: 0.4 };
const wand: Layer = {
  kind: 'wand',
  id: 5,
  combine: 'union',
  enabled: true,
  x: 10,
  y: 10,
  tolerance: 8,
  contiguous: false,
};
const strokes: StudioDocument['strokes'] = [
  { shape: 'line', mode: 'add', points: [10, 10, 30, 15], radius: 3, hardness: 0.5 },
  { shape: 'polygon', mode: 'erase', points: [50, 30, 70, 30, 60, 50], radius: 0, hardness: 1 },
];
const to = (output: Partial<ExportSettings>): ExportSettings => ({ ...EMPTY_DOCUMENT.output, ...output });

it('every target and every other export: the copied command writes what the studio saves', async () => {
  const server = open();
  const form = new FormData();
  form.append('imageId', '0');
  const session = String((await ask(server, '/v1/sessions', form))['id']);
  const outputs: ExportSettings[] = [
    ...TARGETS.map(({ name, limits }) => to({ target: name, fitTarget: (limits.minSide ?? 0) > SIZE.width })),
    to({ kind: 'mask' }),
    to({ kind: 'inpaint' }),
    to({ kind: 'debug' }),
    to({ kind: 'crop', context: 2, size: 256 }),
    ...ANNOTATION_FORMATS.map((format) => to({ kind: 'export', format })),
  ];
  expect(outputs.length).toBe(TARGETS.length + 9);
  for (const output of outputs) {
    await expectSameBytes(server, session, {
      ...EMPTY_DOCUMENT,
      // No model: only the files of the outputs are compared here.
      layers: [wand],
      operations: { ...EMPTY_DOCUMENT.operations, grow: 2, feather: 1 },
      output,
    });
  }
  await server.close();
});

it('layers, instances, points, wands, strokes and a crop: the copied command writes what the studio saves', async () => {
  const server = open();
  const form = new FormData();
  form.append('imageId', '0');
  const session = String((await ask(server, '/v1/sessions', form))['id']);
  const layers: Layer[] = [
    { ...orange, prompt: 'orange#1 OR lemon#left' },
    { ...orange, id: 2, prompt: "a lemon's peel", combine: 'subtract', threshold: 0.7 },
    { ...orange, id: 3, prompt: 'NOT bowl@0.3', combine: 'intersect', threshold: 0.5 },
  ];
  const seeds: Layer = {
    kind: 'seeds',
    id: 4,
    combine: 'union',
    enabled: true,
    points: [
      { x: 30.25, y: 35, include: true },
      { x: 5, y: 5, include: false },
    ],
    boxes: [{ x: 20, y: 25, width: 30, height: 25 }],
  };
  // One of them runs a model, which takes a while to load.
  const states: Partial<StudioDocument>[] = [
    { layers, strokes },
    { layers: [seeds, wand], strokes, output: to({ kind: 'crop', context: 1.5, size: 0 }) },
    { layers: [{ ...wand, combine: 'subtract' }, seeds, { ...seeds, id: 6 }], refine: 'off' },
    { layers: [{ ...orange, enabled: false }], strokes, output: to({ kind: 'mask' }) },
    {
      layers: [wand],
      strokes,
      operations: {
        ...EMPTY_DOCUMENT.operations,
        close: 2,
        fillHoles: true,
        removeSmall: 9,
        keepLargest: 1,
        invert: true,
      },
      output: to({ kind: 'inpaint' }),
    },
  ];
  for (const state of states) {
    await expectSameBytes(server, session, { ...EMPTY_DOCUMENT, ...state });
  }
  await server.close();
});

it('the formats of annotations are those that recipes have', () => {
  expect([...ANNOTATION_FORMATS].sort()).toEqual([...EXPORT_FORMATS].sort());
});
