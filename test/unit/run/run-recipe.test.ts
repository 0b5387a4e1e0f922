import { describe, expect, it } from 'vitest';
import { decodeMask } from '../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../src/io/image/encode-image.js';
import { createMask, createRaster } from '../../../src/raster/index.js';
import type { RecipeInput } from '../../../src/recipe/schema.js';
import { createPipeline } from '../../../src/run/pipeline.js';

const SIZE = { width: 8, height: 1 };

/** The mask that a recipe writes; masks of one row are given by their values. */
async function run(files: Readonly<Record<string, readonly number[]>>, recipe: Omit<RecipeInput, 'outputs'>) {
  const encoded = new Map<string, Uint8Array>();
  for (const [name, values] of Object.entries(files)) {
    encoded.set(name, await encodeImage(createMask(SIZE.width, SIZE.height, Uint8Array.from(values))));
  }
  const pipeline = createPipeline(
    { maskLevels: 'as-is', ...recipe, outputs: [{ kind: 'mask' }] },
    { files: encoded, write: false },
  );
  const image = await encodeImage(createRaster(SIZE.width, SIZE.height, 3));
  const { files: made } = await pipeline.runTask({ name: 'photo.png', data: image });
  await pipeline.close();
  return [...(await decodeMask(made[0]!.data!, { levels: 'as-is' })).mask.data];
}

const A = [255, 255, 255, 255, 0, 0, 0, 0];
const B = [0, 0, 255, 255, 255, 255, 0, 0];
const C = [255, 0, 0, 255, 0, 0, 0, 255];

describe('masks of several sources', () => {
  it('a source with its own combine is combined so with all before it', async () => {
    const sources: RecipeInput['sources'] = [
      { kind: 'file', path: 'a.png' },
      { kind: 'file', path: 'b.png' },
      { kind: 'file', path: 'c.png', combine: 'subtract' },
    ];
    // (A or B) and not C
    expect(await run({ 'a.png': A, 'b.png': B, 'c.png': C }, { sources })).toEqual([0, 255, 255, 0, 255, 255, 0, 0]);
  });

  it('intersect, then union, in the order of the sources', async () => {
    const sources: RecipeInput['sources'] = [
      { kind: 'file', path: 'a.png' },
      { kind: 'file', path: 'b.png', combine: 'intersect' },
      { kind: 'file', path: 'c.png', combine: 'union' },
    ];
    // (A and B) or C
    expect(await run({ 'a.png': A, 'b.png': B, 'c.png': C }, { sources })).toEqual([255, 0, 255, 255, 0, 0, 0, 255]);
  });
});

describe('retouch', () => {
  it('comes after the mask operations: what was erased goes, what was painted stays', async () => {
    const values = await run(
      { 'a.png': A, 'add.png': [0, 0, 0, 0, 0, 0, 80, 255], 'erase.png': [255, 100, 0, 0, 0, 0, 0, 255] },
      {
        sources: [{ kind: 'file', path: 'a.png' }],
        mask: { invert: true },
        retouch: { add: 'add.png', erase: 'erase.png' },
      },
    );
    // inverted: 0 0 0 0 255 255 255 255; minus erase: ... 255 255 255 0; with add: the last two are max(255, 80), 255
    expect(values).toEqual([0, 0, 0, 0, 255, 255, 255, 255]);
  });

  it('soft values: min(mask, 255 - erase), then max with add', async () => {
    const values = await run(
      { 'a.png': A, 'add.png': [0, 40, 200, 0, 0, 0, 0, 0], 'erase.png': [60, 255, 255, 0, 0, 0, 0, 0] },
      { sources: [{ kind: 'file', path: 'a.png' }], retouch: { add: 'add.png', erase: 'erase.png' } },
    );
    expect(values).toEqual([195, 40, 200, 255, 0, 0, 0, 0]);
  });
});
