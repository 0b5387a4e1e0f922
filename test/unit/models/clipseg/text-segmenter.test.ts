import { afterEach, describe, expect, it } from 'vitest';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  loadTextSegmenter,
  type ModelChoice,
  type TextSegmenter,
} from '../../../../src/models/clipseg/text-segmenter.js';
import { createRaster, type Heatmap, type Raster } from '../../../../src/raster/index.js';
import { temporaryFolder } from '../../../support/folder.js';
import { tensor } from '../../../support/onnx.js';
import { TOY_SIDE, TOY_WORDS, toyClipSegFiles, toyOnnx, toyWeights, writeModel } from '../../../support/toy-clipseg.js';

const folder = temporaryFolder();
const open: TextSegmenter[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((segmenter) => segmenter.dispose()));
});

async function load(choice: ModelChoice): Promise<TextSegmenter> {
  const segmenter = await loadTextSegmenter(choice);
  open.push(segmenter);
  return segmenter;
}

function image(): Raster {
  const data = Uint8Array.from({ length: TOY_SIDE * TOY_SIDE * 3 }, (_, i) => (i * 37) % 256);
  return createRaster(TOY_SIDE, TOY_SIDE, 3, data);
}

/** The toy model, computed by hand. */
function expected({ data }: Raster, lowestToken: number): Float32Array {
  return toyWeights().map((weight, i) => {
    const mean = (data[i * 3]! + data[i * 3 + 1]! + data[i * 3 + 2]!) / 3 / 255;
    const logit = ((mean - 0.5) / 0.25) * weight + lowestToken - 3;
    return 1 / (1 + Math.exp(-logit));
  });
}

function expectClose(heatmap: Heatmap, values: Float32Array): void {
  expect(heatmap.data).toHaveLength(values.length);
  const worst = Math.max(...heatmap.data.map((value, i) => Math.abs(value - values[i]!)));
  expect(worst).toBeLessThan(1e-5);
}

describe.each([
  ['that is partitioned', toyOnnx()],
  ['that cannot be partitioned', toyOnnx({ mixed: true })],
])('a model %s', (kind, onnx) => {
  const files = { ...toyClipSegFiles(), 'onnx/model.onnx': onnx };

  it('gives one heatmap a phrase', async () => {
    const segmenter = await load({ model: writeModel(folder(), files) });
    expect(segmenter.inputSize).toBe(TOY_SIDE);
    expect(segmenter.isPartitioned).toBe(kind === 'that is partitioned');
    const phrases = ['blue', 'dark green', 'something', 'dark'];
    const heatmaps = await segmenter.segment(image(), phrases);
    const tokens = [3, 2, 0, 4];
    for (const [i, heatmap] of heatmaps.entries()) {
      expect([heatmap.width, heatmap.height]).toEqual([TOY_SIDE, TOY_SIDE]);
      const weighted = kind === 'that is partitioned' ? expected(image(), tokens[i]!) : expectedMixed(tokens[i]!);
      expectClose(heatmap, weighted);
    }
  });

  it('gives the same from features as at once, and whatever phrases came before', async () => {
    const segmenter = await load({ model: writeModel(folder(), files) });
    const features = await segmenter.encodeImage(image());
    await segmenter.decode(features, [...TOY_WORDS]);
    const [later] = await segmenter.decode(features, ['green']);
    const [atOnce] = await segmenter.segment(image(), ['green']);
    expect(later!.data).toEqual(atOnce!.data);
  });
});

function expectedMixed(lowestToken: number): Float32Array {
  const { data } = image();
  return toyWeights().map((weight, i) => {
    const mean = (data[i * 3]! + data[i * 3 + 1]! + data[i * 3 + 2]!) / 3 / 255;
    return 1 / (1 + Math.exp(-((mean - 0.5) / 0.25 + lowestToken - 3) * weight));
  });
}

describe('phrases of a segmenter', () => {
  it('reports where a phrase is truncated, and keeps end-of-text', async () => {
    const segmenter = await load({ model: writeModel(folder()) });
    const [short, long] = await segmenter.readPhrases(['dark blue', 'dark dark dark dark red']);
    expect(short).toEqual({ phrase: 'dark blue', tokens: 4, kept: 'dark blue', dropped: '' });
    expect(long).toMatchObject({ tokens: 7, dropped: 'red' });
    const [truncated] = await segmenter.segment(image(), ['dark dark dark dark red']);
    expectClose(truncated!, expected(image(), 4));
  });

  it('refuses empty text', async () => {
    const segmenter = await load({ model: writeModel(folder()) });
    await expect(segmenter.segment(image(), ['red', ' '])).rejects.toMatchObject({ code: 'TEXT_EMPTY' });
  });
});

describe('what cannot be loaded', () => {
  it.each([
    ['there is nothing', { model: '/no/such/folder' }, 'MODEL_NOT_FOUND', /no model folder \/no\/such\/folder/],
    ['a name is misspelt', { model: 'clipsegg' }, 'MODEL_NOT_FOUND', /"clipsegg"/],
    ['an id climbs out', { model: '../etc' }, 'MODEL_NOT_FOUND', /\.\.\/etc/],
    ['a revision climbs out', { model: 'a/b', revision: '../../x' }, 'MODEL_NOT_FOUND', /revision/],
    ['there is no such dtype', { model: 'tiny', dtype: 'fp31' }, 'MODEL_DTYPE', /fp31/],
    ['there is no such device', { model: 'tiny', device: 'gpu' }, 'MODEL_DEVICE', /gpu/],
  ])('%s', async (_, choice, code, message) => {
    await expect(loadTextSegmenter(choice)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each(['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'])(
    'an empty %s is named',
    async (file) => {
      const model = writeModel(folder());
      truncateSync(join(model, file));
      await expect(load({ model })).rejects.toMatchObject({
        code: 'MODEL_DAMAGED',
        message: expect.stringContaining(`${join(model, file)} cannot be used: it is empty`),
      });
    },
  );

  it.each([
    ['truncated', toyOnnx().subarray(0, 900), /truncated/],
    ['a web page', Buffer.from('<!DOCTYPE html><html></html>'), /web page/],
    ['something else', Buffer.from('hello, this is no model'), /no ONNX file/],
    ['noise inside', toyOnnx().fill(0xff, 40, 200), /cannot be used/],
  ])('weights that are %s are named', async (_, bytes, message) => {
    const model = writeModel(folder(), { ...toyClipSegFiles(), 'onnx/model.onnx': bytes });
    await expect(load({ model })).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      message: expect.stringMatching(message),
    });
  });

  it('a missing file is named', async () => {
    const model = writeModel(folder());
    rmSync(join(model, 'tokenizer.json'));
    await expect(load({ model })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('has no tokenizer.json'),
    });
  });

  it('a model of another kind is refused', async () => {
    const model = writeModel(folder());
    writeFileSync(join(model, 'config.json'), '{"model_type":"bert"}');
    await expect(load({ model })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('"bert"'),
    });
  });

  it('a dtype that the model lacks is an error that lists those it has', async () => {
    const model = writeModel(folder(), { ...toyClipSegFiles(), 'onnx/model_fp16.onnx': toyOnnx() });
    await expect(load({ model, dtype: 'q8' })).rejects.toMatchObject({
      code: 'MODEL_DTYPE',
      hint: expect.stringContaining('fp32, fp16'),
    });
  });

  it('a device either works or is an error, never silently another one', async () => {
    const device = process.platform === 'darwin' ? 'coreml' : process.platform === 'win32' ? 'dml' : 'cuda';
    const outcome = await load({ model: writeModel(folder()), device }).then(
      ({ identity }) => identity.device,
      ({ code }: { code: string }) => code,
    );
    expect([device, 'MODEL_DEVICE']).toContain(outcome);
  });
});

describe('a loaded segmenter', () => {
  it('may be disposed twice, and refuses work afterwards', async () => {
    const segmenter = await load({ model: writeModel(folder()) });
    await segmenter.dispose();
    await segmenter.dispose();
    await expect(segmenter.encodeImage(image())).rejects.toMatchObject({ code: 'MODEL_RUN' });
  });

  it('a heatmap of values that are not numbers is an error, not an absent thing', async () => {
    const weights = tensor('weights', [1, TOY_SIDE, TOY_SIDE], toyWeights().fill(Number.NaN, 40, 50));
    const files = { ...toyClipSegFiles(), 'onnx/model.onnx': toyOnnx({ weights }) };
    const segmenter = await load({ model: writeModel(folder(), files) });
    await expect(segmenter.segment(image(), ['red'])).rejects.toMatchObject({
      code: 'MODEL_RUN',
      hint: expect.stringContaining('--dtype fp32') as string,
    });
  });

  it('stops when aborted, while loading and while running', async () => {
    const model = writeModel(folder());
    const reason = new Error('enough');
    const loading = new AbortController();
    const pending = loadTextSegmenter({ model }, { signal: loading.signal });
    setTimeout(() => loading.abort(reason), 20);
    await expect(pending).rejects.toBe(reason);

    const segmenter = await load({ model });
    const running = new AbortController();
    const run = segmenter.encodeImage(image(), { signal: running.signal });
    running.abort(reason);
    await expect(run).rejects.toBe(reason);
  });

  it('is identified by the files of its folder', async () => {
    const files = toyClipSegFiles();
    const model = writeModel(folder(), files);
    const first = (await load({ model })).identity;
    expect(first).toMatchObject({ id: model, dtype: 'fp32', device: 'cpu' });
    expect((await load({ model })).identity.revision).toBe(first.revision);
    writeFileSync(join(model, 'onnx/model.onnx'), toyOnnx({ mixed: true }));
    expect((await load({ model })).identity.revision).not.toBe(first.revision);
  });
});
