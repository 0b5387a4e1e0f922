import { describe, expect, it } from 'vitest';
import { refineHeatmap } from '../../../../src/engine/filters/refine-heatmap.js';
import { thresholdHeatmap } from '../../../../src/engine/threshold/threshold-heatmap.js';
import {
  createHeatmap,
  createMask,
  createRaster,
  type Raster,
  resizeHeatmap,
  resizeMask,
} from '../../../../src/raster/index.js';
import { coarsen, drawScene } from '../../../support/drawn-scenes.mjs';
import { seededRandom } from '../../../support/random.js';
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

  it('keeps a constant heatmap constant', () => {
    for (const value of [0, 0.3, 0.5, 0.8, 1]) {
      const even = createHeatmap(8, 8, new Float32Array(64).fill(value));
      const { data } = refineHeatmap(even, image);
      expect(data.every((each) => each === Math.fround(value))).toBe(true);
    }
  });

  it("keeps a binary heatmap along true edges within 1 %, at the image's size and below", () => {
    const exact = createHeatmap(
      480,
      360,
      Float32Array.from(scene.mask, (value) => value / 255),
    );
    const half = createHeatmap(
      240,
      180,
      Float32Array.from(resizeMask(createMask(480, 360, scene.mask), { width: 240, height: 180 }).data, (v) => v / 255),
    );
    for (const heatmap of [exact, half]) {
      const found = thresholdHeatmap(refineHeatmap(heatmap, image), 0.5).data;
      expect(intersectionOverUnion(found, scene.mask)).toBeGreaterThan(0.99);
    }
  });

  it('lets the heatmap through unchanged where colors tell nothing', () => {
    const gray = createRaster(480, 360, 3, new Uint8Array(480 * 360 * 3).fill(128));
    expect(refineHeatmap(coarse, gray).data).toEqual(resizeHeatmap(coarse, gray).data);
    const random = seededRandom(3);
    const noise = createRaster(
      480,
      360,
      3,
      gray.data.map((value) => value + random() * 40),
    );
    const plain = resizeHeatmap(coarse, noise).data;
    const difference = refineHeatmap(coarse, noise).data.reduce(
      (sum, value, i) => sum + Math.abs(value - plain[i]!),
      0,
    );
    expect(difference / plain.length).toBeLessThan(0.005);
  });

  it('keeps the area of a thing of 0.5 % of the image within 10 %', () => {
    const small = drawScene(9, { width: 1200, height: 900, share: 0.005 });
    const heatmap = createHeatmap(352, 352, coarsen(small.mask, 1200, 900));
    const found = thresholdHeatmap(refineHeatmap(heatmap, createRaster(1200, 900, 3, small.rgb)), 0.5).data;
    const area = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + (value > 127 ? 1 : 0), 0);
    expect(area(found) / area(small.mask)).toBeGreaterThan(0.9);
    expect(area(found) / area(small.mask)).toBeLessThan(1.1);
  });

  it('selects nothing of a heatmap that stays below the pivot', () => {
    const faint = createHeatmap(
      352,
      352,
      coarse.data.map((value) => value * 0.35),
    );
    expect(refineHeatmap(faint, image).data).toEqual(resizeHeatmap(faint, image).data);
  });

  it('cuts alike at any threshold near the pivot', () => {
    const at = (threshold: number): Uint8Array => thresholdHeatmap(refined, threshold).data;
    expect(intersectionOverUnion(at(0.4), at(0.6))).toBeGreaterThan(0.97);
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
