import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { readClipSegConfig } from '../../src/models/clipseg/clipseg-config.js';
import { openTokenizer } from '../../src/models/clipseg/clipseg-tokenizer.js';
import { openMonolithicClipSeg } from '../../src/models/clipseg/monolithic-clipseg.js';
import { loadTextSegmenter, type TextSegmenter } from '../../src/models/clipseg/text-segmenter.js';
import type { ModelChoice } from '../../src/models/registry/model-choice.js';
import { resolveModel } from '../../src/models/registry/resolve-model.js';
import { createRaster, type Heatmap } from '../../src/raster/index.js';
import { temporaryFolder } from '../support/folder.js';

/** Exports by generate.py of that folder, and what Python's onnxruntime answers by the whole graph. */
const FIXTURES = 'test/fixtures/exports';
const SIDE = 24;
const SHARED = ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'];
const PHRASES = JSON.parse(readFileSync(join(FIXTURES, 'phrases.json'), 'utf8')) as string[];
const SQUARE = createRaster(SIDE, SIDE, 3, new Uint8Array(readFileSync(join(FIXTURES, 'pixels.u8'))));

const folder = temporaryFolder();
const open: TextSegmenter[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((segmenter) => segmenter.dispose()));
});

/** Loads an export as a folder of transformers.js has it. */
async function load(kind: string, choice: ModelChoice = {}): Promise<TextSegmenter> {
  const segmenter = await loadTextSegmenter({ model: writeExport(kind), ...choice });
  open.push(segmenter);
  return segmenter;
}

function writeExport(kind: string): string {
  const model = join(folder(), kind);
  mkdirSync(join(model, 'onnx'), { recursive: true });
  for (const name of SHARED) {
    writeFileSync(join(model, name), readFileSync(join(FIXTURES, name)));
  }
  for (const name of readdirSync(join(FIXTURES, kind)).filter((file) => file.endsWith('.gz'))) {
    writeFileSync(join(model, 'onnx', name.slice(0, -3)), gunzipSync(readFileSync(join(FIXTURES, kind, name))));
  }
  return model;
}

function answers(kind: string): Float32Array[] {
  const bytes = new Uint8Array(readFileSync(join(FIXTURES, kind, 'answers.f32')));
  const values = new Float32Array(bytes.buffer);
  return PHRASES.map((_, i) => values.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
}

/** The largest difference of probabilities. */
function difference(heatmaps: readonly Heatmap[], logits: readonly Float32Array[]): number {
  expect(heatmaps.map(({ width, height }) => [width, height])).toEqual(logits.map(() => [SIDE, SIDE]));
  let worst = 0;
  heatmaps.forEach(({ data }, i) =>
    data.forEach((value, k) => (worst = Math.max(worst, Math.abs(value - 1 / (1 + Math.exp(-logits[i]![k]!)))))),
  );
  return worst;
}

const KINDS: [kind: string, path: TextSegmenter['path'], tolerance: number][] = [
  ['torchscript-11', 'partitioned', 1e-5],
  ['torchscript-14', 'partitioned', 1e-5],
  ['torchscript-17', 'partitioned', 1e-5],
  ['static-batch', 'partitioned', 1e-5],
  ['static', 'partitioned', 1e-5],
  ['dynamo', 'partitioned', 1e-5],
  ['dynamo-shared-batch', 'partitioned', 1e-5],
  ['external-data', 'partitioned', 1e-5],
  ['external-data-files', 'partitioned', 1e-5],
  ['out-of-order', 'partitioned', 1e-5],
  // Half precision: fusions may round elsewhere.
  ['fp16', 'partitioned', 2e-2],
  ['fp16-inputs', 'partitioned', 2e-2],
  // 8 bits: partitioned graphs are fused elsewhere, and a step of a scale is 1/127.
  ['q8', 'partitioned', 2e-2],
  ['q4', 'partitioned', 1e-5],
  ['four-dimensions', 'partitioned', 1e-5],
  ['other-names', 'partitioned', 1e-5],
];

describe('every form of export', () => {
  it('is in the table', () => {
    const folders = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(KINDS.map(([kind]) => kind).sort());
  });

  it.each(KINDS)('%s runs %s and gives the whole graph’s answers', async (kind, path, tolerance) => {
    const segmenter = await load(kind);
    expect(segmenter.path).toBe(path);
    const together = await segmenter.segment(SQUARE, PHRASES);
    expect(difference(together, answers(kind))).toBeLessThan(tolerance);
    const features = await segmenter.encodeImage(SQUARE);
    for (const [i, phrase] of PHRASES.entries()) {
      const [alone] = await segmenter.decode(features, [phrase]);
      const worst = Math.max(...alone!.data.map((value, k) => Math.abs(value - together[i]!.data[k]!)));
      expect(worst).toBeLessThan(1e-5);
    }
  });
});

describe('--runtime transformers', () => {
  it.each(['torchscript-14', 'q8', 'external-data'])(
    'gives the same for %s, by the documented classes',
    async (kind) => {
      const [ours, theirs] = [await load(kind), await load(kind, { runtime: 'transformers' })];
      expect(theirs.path).toBe('transformers');
      const [mine, documented] = [await ours.segment(SQUARE, PHRASES), await theirs.segment(SQUARE, PHRASES)];
      expect(difference(documented, answers(kind))).toBeLessThan(kind === 'q8' ? 2e-2 : 1e-5);
      const worst = mine.map(({ data }, i) =>
        Math.max(...data.map((value, k) => Math.abs(value - documented[i]!.data[k]!))),
      );
      expect(Math.max(...worst)).toBeLessThan(kind === 'q8' ? 2e-2 : 1e-5);
    },
  );
});

describe('a graph that is not partitioned', () => {
  // Those whose answers would differ, or fail, with several phrases in one run.
  it.each([
    'torchscript-14',
    'static',
    'static-batch',
    'dynamo-shared-batch',
    'q8',
    'fp16-inputs',
    'four-dimensions',
    'other-names',
  ])('%s gives each phrase the answer that it has alone', async (kind) => {
    const model = await resolveModel({ model: writeExport(kind) }, 'text-segmentation');
    const tokenizer = await openTokenizer(model.folder);
    const network = await openMonolithicClipSeg(model, await readClipSegConfig(model.folder), tokenizer);
    const features = await network.encodeImage(SQUARE.data as Uint8Array);
    const logits = await network.decode(features, PHRASES);
    const expected = answers(kind);
    expect(logits).toHaveLength(PHRASES.length);
    const tolerance = kind.startsWith('fp16') ? 0.5 : 1e-3;
    logits.forEach(({ data }, i) =>
      expect(Math.max(...data.map((value, k) => Math.abs(value - expected[i]![k]!)))).toBeLessThan(tolerance),
    );
  });
});
