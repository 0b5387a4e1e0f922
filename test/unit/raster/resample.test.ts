import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentInSquare,
  createHeatmap,
  createMask,
  cropToContent,
  resizeHeatmap,
  resizeMask,
} from '../../../src/raster/index.js';
import { randomMask } from '../../support/images.js';
import { propertyRuns } from '../../support/property-runs.js';

const side = fc.integer({ min: 1, max: 12 });

/** Bilinear interpolation as its definition says, one pixel at a time. */
function slowBilinear(data: ArrayLike<number>, width: number, height: number, x: number, y: number): number {
  const at = (column: number, row: number): number =>
    data[Math.min(Math.max(row, 0), height - 1) * width + Math.min(Math.max(column, 0), width - 1)]!;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [dx, dy] = [x - left, y - top];
  return (
    at(left, top) * (1 - dx) * (1 - dy) +
    at(left + 1, top) * dx * (1 - dy) +
    at(left, top + 1) * (1 - dx) * dy +
    at(left + 1, top + 1) * dx * dy
  );
}

describe('resizeHeatmap', () => {
  it('is bilinear with half-pixel centers', () => {
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.infiniteStream(fc.float({ min: 0, max: 1, noNaN: true })),
        (w, h, fw, fh, values) => {
          const source = createHeatmap(
            w,
            h,
            Float32Array.from({ length: w * h }, () => values.next().value),
          );
          const [width, height] = [w * fw, h * fh];
          const out = resizeHeatmap(source, { width, height });
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              const expected = slowBilinear(
                source.data,
                w,
                h,
                ((x + 0.5) * w) / width - 0.5,
                ((y + 0.5) * h) / height - 0.5,
              );
              expect(out.data[y * width + x]).toBeCloseTo(expected, 5);
            }
          }
        },
      ),
      { numRuns: propertyRuns(60) },
    );
  });
});

describe('resizeMask', () => {
  it('averages areas when it shrinks by a whole number', () => {
    const mask = randomMask(1, 12, 8);
    const out = resizeMask(mask, { width: 3, height: 4 });
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 3; x++) {
        let sum = 0;
        for (let i = 0; i < 8; i++) {
          sum += mask.data[(y * 2 + (i >> 2)) * 12 + x * 4 + (i & 3)]!;
        }
        expect(Math.abs(out.data[y * 3 + x]! - sum / 8)).toBeLessThanOrEqual(0.51);
      }
    }
  });

  it('keeps a flat mask flat at any size', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (w, h, width, height, value) => {
        const out = resizeMask(createMask(w, h, new Uint8Array(w * h).fill(value)), { width, height });
        expect(out.data.every((v) => v === value)).toBe(true);
      }),
    );
  });
});

describe('the square', () => {
  it('is all content when stretched, and the long side when padded', () => {
    expect(contentInSquare({ width: 1500, height: 1000 }, 352, 'stretch')).toEqual({
      x: 0,
      y: 0,
      width: 352,
      height: 352,
    });
    expect(contentInSquare({ width: 1500, height: 1000 }, 352, 'pad')).toEqual({ x: 0, y: 0, width: 352, height: 235 });
    expect(contentInSquare({ width: 1, height: 5000 }, 352, 'pad')).toEqual({ x: 0, y: 0, width: 1, height: 352 });
  });

  it('gives back the part of a heatmap that shows the image', () => {
    const heatmap = createHeatmap(
      4,
      4,
      Float32Array.from({ length: 16 }, (_, i) => i / 16),
    );
    const out = cropToContent(heatmap, { x: 0, y: 0, width: 8, height: 4 }, 8);
    expect([out.width, out.height]).toEqual([4, 2]);
    expect([...out.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((v) => v / 16));
  });

  it('ends where the image ends, within a pixel of the heatmap too', () => {
    // The height of each pixel’s center, in pixels.
    const heatmap = createHeatmap(
      1,
      8,
      Float32Array.from({ length: 8 }, (_, y) => y + 0.5),
    );
    const out = cropToContent(heatmap, { x: 0, y: 0, width: 2, height: 10.8 }, 2);
    // Five pixels for 5.4: their centers are 1.08 apart.
    expect(out.data).toHaveLength(5);
    out.data.forEach((value, y) => expect(value).toBeCloseTo((y + 0.5) * 1.08, 5));
  });
});
