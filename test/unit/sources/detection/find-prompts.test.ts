import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeImage } from '../../../../src/io/image/encode-image.js';
import { findInImage } from '../../../../src/run/library.js';
import type { FoundMask } from '../../../../src/sources/source.js';
import { createRaster } from '../../../../src/raster/index.js';
import { temporaryFolder } from '../../../support/folder.js';
import { writeModel } from '../../../support/toy-clipseg.js';

const folder = temporaryFolder();
let model: string;
let image: Uint8Array;

beforeEach(async () => {
  model = writeModel(join(folder(), 'model'));
  vi.stubEnv('MASKWRIGHT_CACHE', join(folder(), 'cache'));
  // Bright on the left: there the toy model is sure.
  const data = Uint8Array.from({ length: 96 * 48 * 3 }, (_, i) => (Math.floor(i / 3) % 96 < 40 ? 230 : 20));
  image = await encodeImage(createRaster(96, 48, 3, data), { format: 'png' });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('findPrompts', { timeout: 120_000 }, () => {
  it('detects phrases that are not cached in one inference', async () => {
    const first = await findInImage(image, ['red OR blue', 'red@0.7'], { model });
    expect(first.map(({ facts }) => facts?.['inferences'])).toEqual([1, 1]);
    expect(readdirSync(join(folder(), 'cache', 'heatmaps'))).toHaveLength(2);
    const again = await findInImage(image, 'red AND NOT blue', { model, threshold: 0.3 });
    expect(again[0]!.facts?.['inferences']).toBe(0);
    const [anew] = await findInImage(image, 'red OR blue', { model, cache: false });
    expect(anew!.facts?.['inferences']).toBe(1);
    expect(anew!.heatmap).toEqual(first[0]!.heatmap);
    const [padded] = await findInImage(image, 'red OR blue', { model, fit: 'pad' });
    expect(padded!.facts?.['inferences']).toBe(1);
  });

  it('combines phrases and mask files', async () => {
    const data = Uint8Array.from({ length: 96 * 48 * 3 }, (_, i) => (Math.floor(i / 3) < 96 * 24 ? 255 : 0));
    const file = join(folder(), 'upper half.png');
    writeFileSync(file, await encodeImage(createRaster(96, 48, 3, data), { format: 'png' }));
    const [blue, lower] = await findInImage(image, ['blue', `blue - @"${file}"`], { model });
    const share = (values: Uint8Array): number => values.reduce((sum, value) => sum + (value >> 7), 0) / values.length;
    expect(share(blue!.mask.data)).toBeGreaterThan(0.3);
    expect(lower!.mask.data.every((value, i) => value === (i < 96 * 24 ? 0 : blue!.mask.data[i]))).toBe(true);
  });

  it('reports detection statistics of each phrase', async () => {
    const [found] = await findInImage(image, 'blue AND NOT red', { model });
    const detections = found!.provenance['detections'] as Readonly<Record<string, object>>;
    expect(Object.keys(detections)).toEqual(['blue', 'red']);
    expect(detections['blue']).toMatchObject({
      presence: expect.any(String),
      peak: expect.any(Number),
      threshold: 0.5,
    });
  });

  it('statistics of a phrase use the threshold in the prompt', async () => {
    const share = ({ mask }: FoundMask): number =>
      mask.data.reduce((sum, value) => sum + (value >> 7), 0) / mask.data.length;
    for (const threshold of [0.5, 'auto'] as const) {
      const [own, other] = await findInImage(image, ['blue@0.2', 'blue@0.2 AND NOT red'], { model, threshold });
      expect(own!.provenance['detections']).toMatchObject({ blue: { threshold: 0.2, share: share(own!) } });
      expect(other!.provenance['detections']).toMatchObject({ blue: { threshold: 0.2 } });
      const [asked] = await findInImage(image, 'blue', { model, threshold: 0.2 });
      expect(own!.mask).toEqual(asked!.mask);
    }
  });

  it('a selector that names no instance selects nothing, with a warning; the others are as without it', async () => {
    const [missing, first] = await findInImage(image, ['blue#40', 'blue#1'], { model });
    expect(missing!.mask.data.every((value) => value === 0)).toBe(true);
    expect(missing!.warnings).toContainEqual(
      expect.stringMatching(/^blue#40 is absent: there (is 1|are \d+) instance/),
    );
    expect(first!.mask.data).toContain(255);
    expect(first!.warnings).toEqual([]);
  });

  it('a phrase above the largest share counts as absent, with a warning; NOT of it does not select everything', async () => {
    const [all] = await findInImage(image, 'blue', { model, maxShare: '100%' });
    expect(all!.mask.data).toContain(255);
    const [blue, rest] = await findInImage(image, ['blue', 'NOT blue'], { model, maxShare: '5%' });
    for (const found of [blue!, rest!]) {
      expect(found.mask.data.every((value) => value === 0)).toBe(true);
      expect(found.warnings).toContainEqual(expect.stringContaining('of the image, more than 5%: it counts as absent'));
    }
    await expect(findInImage(image, 'blue', { model, maxShare: '0%' })).rejects.toThrow('"0%" is not a share');
  });

  it('warns where the cache cannot be written, and goes on', async () => {
    mkdirSync(join(folder(), 'cache'));
    writeFileSync(join(folder(), 'cache', 'heatmaps'), 'a file in the way');
    const [found] = await findInImage(image, 'blue', { model });
    expect(found!.warnings).toEqual([expect.stringContaining('heatmaps could not be kept')]);
  });

  it('detail: tiles adds inferences, and the heatmap covers the image', async () => {
    const [tiles] = await findInImage(image, 'blue', { model, detail: { tiles: 2 }, cache: false });
    expect(tiles!.facts?.['inferences']).toBeGreaterThanOrEqual(5);
    expect([tiles!.heatmap!.width, tiles!.heatmap!.height]).toEqual([96, 48]);
  });
});
