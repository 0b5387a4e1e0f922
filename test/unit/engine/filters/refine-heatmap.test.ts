import { describe, expect, it } from 'vitest';
import { refineHeatmap } from '../../../../src/engine/filters/refine-heatmap.js';
import { thresholdHeatmap } from '../../../../src/engine/threshold/threshold-heatmap.js';
import { createHeatmap, createRaster, type Raster, resizeHeatmap } from '../../../../src/raster/index.js';
import { coarsen, drawScene } from '../../../support/drawn-scenes.mjs';
import { boundaryScore, intersectionOverUnion } from '../../../support/measure-edges.mjs';

const scene = drawScene(4, { width: 480, height: 360 });
const image = createRaster(480, 360, 3, scene.rgb);
const coarse = createHeatmap(352, 352, coarsen(scene.mask, 480, 360));
const refined = refineHeatmap(coarse, image);

describe('refineHeatmap', { timeout: 60_000 }, () => {
  it('brings a coarse mask back to the edges of the image', () => {
    const plain = thresholdHeatmap(resizeHeatmap(coarse, image), 0.5).data;
    const found = thresholdHeatmap(refined, 0.5).data;
    const score = (mask: Uint8Array): number => boundaryScore(mask, scene.mask, 480, 360);
    expect(score(found)).toBeGreaterThan(score(plain) + 0.15);
    expect(intersectionOverUnion(found, scene.mask)).toBeGreaterThan(intersectionOverUnion(plain, scene.mask));
  });

  it('keeps to the image, whatever its samples are', () => {
    const wide = Uint16Array.from(image.data, (value) => value * 257);
    const withAlpha = new Uint8Array(480 * 360 * 4);
    for (let i = 0; i < 480 * 360; i++) {
      withAlpha.set(image.data.subarray(i * 3, i * 3 + 3), i * 4);
    }
    for (const other of [createRaster(480, 360, 3, wide), createRaster(480, 360, 4, withAlpha)]) {
      const { data } = refineHeatmap(coarse, other);
      expect(data.every((value, i) => Math.abs(value - refined.data[i]!) < 1e-4)).toBe(true);
    }
  });

  it('leaves an even heatmap as it is, and any other where the image is of one color within its range', () => {
    const even = createHeatmap(8, 8, new Float32Array(64).fill(0.3));
    expect(refineHeatmap(even, image).data.every((value) => Math.abs(value - 0.3) < 1e-3)).toBe(true);
    const gray = createRaster(480, 360, 3, new Uint8Array(480 * 360 * 3).fill(128));
    const { data } = refineHeatmap(coarse, gray);
    expect(data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('takes images of any size', () => {
    const tiny = (width: number, height: number): Raster =>
      createRaster(width, height, 3, new Uint8Array(width * height * 3).fill(9));
    for (const raster of [tiny(1, 1), tiny(1, 900), tiny(900, 1), tiny(3, 2)]) {
      const out = refineHeatmap(coarse, raster);
      expect([out.width, out.height]).toEqual([raster.width, raster.height]);
      expect(out.data.every(Number.isFinite)).toBe(true);
    }
  });
});
