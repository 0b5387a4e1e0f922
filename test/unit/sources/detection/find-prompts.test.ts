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

describe('finding words', { timeout: 120_000 }, () => {
  it('asks the network for what is not known yet, all in one run', async () => {
    const first = await findInImage(image, ['red OR blue', 'red@0.7'], { model });
    expect(first.map(({ provenance }) => provenance['inferences'])).toEqual([1, 1]);
    expect(readdirSync(join(folder(), 'cache', 'heatmaps'))).toHaveLength(2);
    const again = await findInImage(image, 'red AND NOT blue', { model, threshold: 0.3 });
    expect(again[0]!.provenance['inferences']).toBe(0);
    const [anew] = await findInImage(image, 'red OR blue', { model, cache: false });
    expect(anew!.provenance['inferences']).toBe(1);
    expect(anew!.heatmap).toEqual(first[0]!.heatmap);
    const [padded] = await findInImage(image, 'red OR blue', { model, fit: 'pad' });
    expect(padded!.provenance['inferences']).toBe(1);
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

  it('says what was found of each phrase', async () => {
    const [found] = await findInImage(image, 'blue AND NOT red', { model });
    const evidence = found!.provenance['evidence'] as Readonly<Record<string, object>>;
    expect(Object.keys(evidence)).toEqual(['blue', 'red']);
    expect(evidence['blue']).toMatchObject({ presence: expect.any(String), peak: expect.any(Number), threshold: 0.5 });
  });

  it('measures a phrase with a threshold of its own at that', async () => {
    const share = ({ mask }: FoundMask): number =>
      mask.data.reduce((sum, value) => sum + (value >> 7), 0) / mask.data.length;
    for (const threshold of [0.5, 'auto'] as const) {
      const [own, other] = await findInImage(image, ['blue@0.2', 'blue@0.2 AND NOT red'], { model, threshold });
      expect(own!.provenance['evidence']).toMatchObject({ blue: { threshold: 0.2, share: share(own!) } });
      expect(other!.provenance['evidence']).toMatchObject({ blue: { threshold: 0.2 } });
      const [asked] = await findInImage(image, 'blue', { model, threshold: 0.2 });
      expect(own!.mask).toEqual(asked!.mask);
    }
  });

  it('works without a cache that it can write to, and says so', async () => {
    mkdirSync(join(folder(), 'cache'));
    writeFileSync(join(folder(), 'cache', 'heatmaps'), 'a file in the way');
    const [found] = await findInImage(image, 'blue', { model });
    expect(found!.warnings).toEqual([expect.stringContaining('heatmaps could not be kept')]);
  });

  it('looks at parts and tiles', async () => {
    const [tiles] = await findInImage(image, 'blue', { model, detail: { tiles: 2 }, cache: false });
    expect(tiles!.provenance['inferences']).toBeGreaterThanOrEqual(5);
    expect([tiles!.heatmap!.width, tiles!.heatmap!.height]).toEqual([96, 48]);
  });
});
