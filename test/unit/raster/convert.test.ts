import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createHeatmap,
  createMask,
  createRaster,
  cropMask,
  cropRaster,
  flatten,
  heatmapToMask,
  transferAlpha,
  multiplyAlpha,
  toEightBit,
  toLuma,
} from '../../../src/raster/index.js';
import { randomRaster } from '../../support/images.js';

const byte = fc.integer({ min: 0, max: 255 });

describe('toLuma', () => {
  it('is ITU-R BT.601, rounded, of every color', () => {
    fc.assert(
      fc.property(byte, byte, byte, (r, g, b) => {
        const luma = toLuma(createRaster(1, 1, 3, Uint8Array.of(r, g, b))).data[0]!;
        expect(Math.abs(luma - (0.299 * r + 0.587 * g + 0.114 * b))).toBeLessThanOrEqual(0.502);
      }),
    );
  });

  it('keeps grays as they are', () => {
    const grays = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
    expect([...toLuma(createRaster(256, 1, 3, grays)).data]).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });
});

describe('toEightBit', () => {
  it('rounds every 16-bit value to the nearest of 256', () => {
    const data = Uint16Array.from({ length: 65536 * 3 }, (_, i) => Math.floor(i / 3));
    const narrow = toEightBit(createRaster(65536, 1, 3, data)).data;
    let wrong = 0;
    for (let value = 0; value < 65536; value++) {
      wrong += narrow[value * 3] === Math.round(value / 257) ? 0 : 1;
    }
    expect(wrong).toBe(0);
  });
});

describe('flatten', () => {
  it('lays straight alpha on white, within half a level', () => {
    fc.assert(
      fc.property(byte, byte, (value, alpha) => {
        const [flat] = flatten(createRaster(1, 1, 4, Uint8Array.of(value, value, value, alpha))).data;
        expect(Math.abs(flat! - (value * alpha + 255 * (255 - alpha)) / 255)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it('lets no hidden color through', () => {
    expect([...flatten(createRaster(1, 1, 4, Uint8Array.of(1, 2, 3, 0))).data]).toEqual([255, 255, 255]);
    expect([...flatten(createRaster(1, 1, 4, Uint16Array.of(1, 2, 3, 0))).data]).toEqual([65535, 65535, 65535]);
  });
});

describe('alpha', () => {
  it('is multiplied, and colors are left alone', () => {
    const raster = randomRaster(1, 16, 16, 4);
    const coverage = createMask(
      16,
      16,
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
    const out = multiplyAlpha(raster, coverage).data;
    for (let i = 0; i < 256; i++) {
      expect([...out.subarray(i * 4, i * 4 + 3)]).toEqual([...raster.data.subarray(i * 4, i * 4 + 3)]);
      expect(out[i * 4 + 3]).toBe(Math.round((raster.data[i * 4 + 3]! * i) / 255));
    }
  });

  it('of a 16-bit image keeps its precision where nothing is selected', () => {
    const raster = randomRaster(2, 8, 8, 4, 16);
    expect(multiplyAlpha(raster, createMask(8, 8, new Uint8Array(64).fill(255)))).toEqual(raster);
  });

  it('joins across bit depths', () => {
    const colors = createRaster(1, 1, 3, Uint16Array.of(1, 2, 3));
    const holes = createRaster(1, 1, 4, Uint8Array.of(9, 9, 9, 128));
    expect([...transferAlpha(colors, holes).data]).toEqual([1, 2, 3, 128 * 257]);
    const narrow = createRaster(1, 1, 3, Uint8Array.of(1, 2, 3));
    expect([...transferAlpha(narrow, createRaster(1, 1, 4, Uint16Array.of(9, 9, 9, 128 * 257))).data]).toEqual([
      1, 2, 3, 128,
    ]);
  });
});

describe('cropping', () => {
  it('takes the pixels of the rectangle', () => {
    const raster = randomRaster(3, 7, 5, 4);
    const bounds = { x: 2, y: 1, width: 3, height: 4 };
    const out = cropRaster(raster, bounds);
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 12; x++) {
        expect(out.data[y * 12 + x]).toBe(raster.data[(y + 1) * 28 + 8 + x]);
      }
    }
  });

  it('refuses a rectangle that is not inside', () => {
    const mask = createMask(4, 4);
    expect(() => cropMask(mask, { x: 1, y: 0, width: 4, height: 1 })).toThrow(RangeError);
    expect(() => cropMask(mask, { x: -1, y: 0, width: 2, height: 1 })).toThrow(RangeError);
    expect(() => cropMask(mask, { x: 0, y: 0, width: 0, height: 1 })).toThrow(RangeError);
  });
});

describe('heatmapToMask', () => {
  it('rounds probability to coverage', () => {
    expect([...heatmapToMask(createHeatmap(4, 1, Float32Array.of(0, 0.5, 0.999, 1))).data]).toEqual([0, 128, 255, 255]);
  });
});
