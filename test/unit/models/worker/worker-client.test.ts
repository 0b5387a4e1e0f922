import { afterEach, describe, expect, it } from 'vitest';
import { openModels, type ModelPool } from '../../../../src/index.js';
import { loadTextSegmenter, type TextSegmenter } from '../../../../src/models/clipseg/text-segmenter.js';
import { createRaster, type Raster } from '../../../../src/raster/index.js';
import { temporaryFolder } from '../../../support/folder.js';
import { toyClipSegFiles, writeModel, TOY_SIDE } from '../../../support/toy-clipseg.js';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = temporaryFolder();
const opened: { dispose: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((model) => model.dispose()));
});

async function load(): Promise<TextSegmenter> {
  const segmenter = await loadTextSegmenter({ model: writeModel(folder()) });
  opened.push(segmenter);
  return segmenter;
}

function square(value: number): Raster {
  return createRaster(TOY_SIDE, TOY_SIDE, 3, new Uint8Array(TOY_SIDE ** 2 * 3).fill(value));
}

describe('an aborted call', () => {
  it('is rejected with the reason, and the calls of others go on', async () => {
    const segmenter = await load();
    const controller = new AbortController();
    const reason = new Error('enough');
    const aborted = [1, 2, 3].map((value) =>
      segmenter.segment(square(value), ['red'], { signal: controller.signal }).catch((error: unknown) => error),
    );
    const others = [4, 5].map((value) => segmenter.segment(square(value), ['red']));
    controller.abort(reason);
    expect(await Promise.all(aborted)).toEqual([reason, reason, reason]);
    expect((await Promise.all(others)).map((heatmaps) => heatmaps.length)).toEqual([1, 1]);
    await expect(segmenter.segment(square(1), ['red'])).resolves.toHaveLength(1);
  });

  it('does not end the encoding that another caller shares', async () => {
    const models = openModels({ model: writeModel(folder()) });
    opened.push({ dispose: models.close });
    const segmenter = await models.segmenter();
    const controller = new AbortController();
    const reason = new Error('enough');
    const mine = segmenter.encodeImage(square(7), { signal: controller.signal }).catch((error: unknown) => error);
    const theirs = segmenter.encodeImage(square(7));
    controller.abort(reason);
    expect(await mine).toBe(reason);
    await expect(theirs).resolves.toMatchObject({ kind: 'image-features' });
  });

  it('that is aborted already never starts', async () => {
    const segmenter = await load();
    const reason = new Error('enough');
    const call = segmenter.encodeImage(square(1), { signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
  });
});

describe('closing', () => {
  it('fails the calls under way and those that follow, and ends the thread once', async () => {
    const segmenter = await load();
    const calls = [1, 2, 3].map((value) => segmenter.encodeImage(square(value)));
    const closing = [segmenter.dispose(), segmenter.dispose()];
    for (const call of [...calls, segmenter.encodeImage(square(4))]) {
      await expect(call).rejects.toMatchObject({ code: 'MODEL_RUN', message: 'the model is closed' });
    }
    await Promise.all(closing);
  });
});

describe('a model that failed to load', () => {
  it('is tried again by the next call', async () => {
    const model = writeModel(folder());
    rmSync(join(model, 'tokenizer.json'));
    const models: ModelPool = openModels({ model });
    opened.push({ dispose: models.close });
    await expect(models.segmenter()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(models.segmenterInfo()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    writeFileSync(join(model, 'tokenizer.json'), toyClipSegFiles()['tokenizer.json']!);
    await expect(models.segmenter()).resolves.toMatchObject({ kind: 'text-segmenter' });
    await expect(models.segmenterInfo()).resolves.toMatchObject({ inputSize: TOY_SIDE });
  });
});
