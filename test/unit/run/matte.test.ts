import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TRIMAP } from '../../../src/engine/index.js';
import { decodeImage } from '../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../src/io/image/encode-image.js';
import { createMask, createRaster, type Raster } from '../../../src/raster/index.js';
import { createPipeline, type PipelineRecipe } from '../../../src/run/pipeline.js';
import type { RecipeResult } from '../../../src/run/run-recipe.js';
import { temporaryFolder } from '../../support/folder.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);

const WIDTH = 96;
const HEIGHT = 64;

/** A disc whose edge fades over 12 pixels, of one color on a ground that changes: alpha and both colors are known. */
const FOREGROUND = [210, 60, 40];
const alpha = new Float32Array(WIDTH * HEIGHT);
const groundAt = (x: number, y: number): number[] => [30, 90 + x, 150 + y];
for (let i = 0; i < alpha.length; i++) {
  const distance = Math.hypot((i % WIDTH) - 48, Math.floor(i / WIDTH) - 32) - 20;
  alpha[i] = Math.min(Math.max(0.5 - distance / 12, 0), 1);
}

function draw(under: (x: number, y: number) => readonly number[]): Raster {
  const out = createRaster(WIDTH, HEIGHT, 3);
  for (let i = 0; i < alpha.length; i++) {
    const below = under(i % WIDTH, Math.floor(i / WIDTH));
    for (let c = 0; c < 3; c++) {
      out.data[i * 3 + c] = Math.round(FOREGROUND[c]! * alpha[i]! + below[c]! * (1 - alpha[i]!));
    }
  }
  return out;
}

async function run(recipe: PipelineRecipe): Promise<{ result: RecipeResult; images: Raster[] }> {
  const image = await encodeImage(draw(groundAt));
  writeFileSync(at('photo.png'), image);
  const hard = Uint8Array.from(alpha, (value) => (value >= 0.5 ? 255 : 0));
  writeFileSync(at('hard.png'), await encodeImage(createMask(WIDTH, HEIGHT, hard)));
  const soft = Uint8Array.from(alpha, (value) => (value === 0 ? 0 : value === 1 ? 255 : 128));
  writeFileSync(at('trimap.png'), await encodeImage(createMask(WIDTH, HEIGHT, soft)));
  const blue = createRaster(WIDTH, HEIGHT, 3);
  for (let i = 2; i < blue.data.length; i += 3) blue.data[i] = 255;
  writeFileSync(at('blue.png'), await encodeImage(blue));
  const pipeline = createPipeline(recipe, { folder: folder(), write: false });
  const result = await pipeline.runTask(at('photo.png'));
  await pipeline.close();
  const images = await Promise.all(result.files.map(async ({ data }) => (await decodeImage(data!)).raster));
  return { result, images };
}

/** The greatest difference of a channel from what it should be, and the mean. */
function difference(raster: Raster, expected: (i: number, c: number) => number): { most: number; mean: number } {
  let [most, sum, count] = [0, 0, 0];
  for (let i = 0; i < alpha.length; i++) {
    for (let c = 0; c < 3; c++) {
      const off = Math.abs(raster.data[i * raster.channels + c]! - expected(i, c));
      most = Math.max(most, off);
      sum += off;
      count++;
    }
  }
  return { most, mean: sum / count };
}

const fromMask: Pick<PipelineRecipe, 'sources'> = { sources: [{ kind: 'file', path: 'hard.png' }] };

describe('matte in a recipe', () => {
  it('makes the true alpha of a hard mask, between grow and feather', async () => {
    const { images, result } = await run({ ...fromMask, mask: { matte: 9 }, outputs: [{ kind: 'mask' }] });
    const { most, mean } = difference(images[0]!, (i) => alpha[i]! * 255);
    expect(mean).toBeLessThan(1);
    expect(most).toBeLessThan(26);
    expect(result.warnings).toEqual([]);
    const inverted = await run({ ...fromMask, mask: { invert: true, matte: 9 }, outputs: [{ kind: 'mask' }] });
    expect(difference(inverted.images[0]!, (i) => 255 - images[0]!.data[i * 3]!).most).toBe(0);
  });

  it('solves a trimap file instead, and writes the one that it solves', async () => {
    const outputs: PipelineRecipe['outputs'] = [{ kind: 'mask' }, { kind: 'trimap' }];
    const given = await run({ ...fromMask, trimap: 'trimap.png', mask: { matte: 'auto' }, outputs });
    expect(difference(given.images[0]!, (i) => alpha[i]! * 255).mean).toBeLessThan(1);
    expect(difference(given.images[1]!, (i) => (alpha[i] === 0 ? 0 : alpha[i] === 1 ? 255 : 128)).most).toBe(0);
    const made = await run({ ...fromMask, mask: { matte: 4 }, outputs });
    const values = new Set(made.images[1]!.data);
    expect(values).toEqual(new Set(Object.values(TRIMAP)));
    expect(made.result.files.map(({ kind }) => kind)).toEqual(['mask', 'trimap']);
  });

  it('leaves no halo of the old background where colors are separated', async () => {
    const outputs: PipelineRecipe['outputs'] = [{ kind: 'composite', overlay: 'blue.png' }];
    const recipe = { ...fromMask, mask: { matte: 9, invert: true }, outputs };
    const expected = (i: number, c: number): number =>
      FOREGROUND[c]! * alpha[i]! + (c === 2 ? 255 : 0) * (1 - alpha[i]!);
    const halo = difference((await run(recipe)).images[0]!, expected);
    const clean = difference((await run({ ...recipe, decontaminate: true })).images[0]!, expected);
    expect(clean.mean).toBeLessThan(1);
    expect(clean.mean).toBeLessThan(halo.mean / 3);
  });

  it('takes the thing out of the colors that stay in an image to inpaint', async () => {
    const recipe: PipelineRecipe = { ...fromMask, mask: { matte: 9 }, outputs: [{ kind: 'inpaint' }] };
    const [cleaned] = (await run({ ...recipe, decontaminate: true })).images;
    for (let i = 0; i < alpha.length; i++) {
      if (alpha[i]! > 0.6 || alpha[i] === 0) continue;
      const ground = groundAt(i % WIDTH, Math.floor(i / WIDTH));
      expect(Math.abs(cleaned!.data[i * 4]! - ground[0]!), `at ${i}`).toBeLessThan(24);
    }
    const kept = (await run(recipe)).images[0]!;
    const photo = draw(groundAt);
    expect(difference(kept, (i, c) => photo.data[i * 3 + c]!).most).toBe(0);
  });

  it('says which fields have no effect', async () => {
    const outputs: PipelineRecipe['outputs'] = [{ kind: 'mask' }];
    const idle = { threshold: 0.5, refine: 'fast', trimap: 'trimap.png', decontaminate: true };
    const { result } = await run({ ...fromMask, ...idle, outputs });
    expect(result.warnings.map((warning) => warning.split(' ')[0])).toEqual([
      'threshold',
      'refine',
      'trimap',
      'decontaminate',
    ]);
    const all = {
      sources: [{ kind: 'file', path: 'hard.png', mask: { grow: 200 } }],
      mask: { matte: 'auto' },
    } as const;
    const full = await run({ ...all, sources: [...all.sources], outputs });
    expect(full.result.warnings).toEqual([expect.stringMatching(/matte has no effect: the mask has no edge/)]);
    const none = await run({ ...fromMask, refine: 'off', outputs });
    expect(none.result.warnings).toEqual([]);
  });
});
