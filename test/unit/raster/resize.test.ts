import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRaster, transferAlpha, type Raster, resizeRaster } from '../../../src/raster/index.js';
import { resizeSlowly } from '../../reference/oracles/resize.js';
import { propertyRuns } from '../../support/property-runs.js';

const side = fc.integer({ min: 1, max: 24 });

function arbitraryRaster(channels: 3 | 4, wide: boolean): fc.Arbitrary<Raster> {
  return fc.tuple(side, side).chain(([width, height]) => {
    const length = width * height * channels;
    const samples = wide
      ? fc.uint16Array({ minLength: length, maxLength: length })
      : fc.uint8Array({ minLength: length, maxLength: length });
    return samples.map((data) => createRaster(width, height, channels, data));
  });
}

describe('resizeRaster', () => {
  it.each([
    [3, false],
    [4, false],
    [3, true],
    [4, true],
  ] as const)('agrees with the direct sum of the kernel: %i channels, 16-bit %s', (channels, wide) => {
    fc.assert(
      fc.property(arbitraryRaster(channels, wide), side, side, (raster, width, height) => {
        const before = raster.data.slice();
        const fast = resizeRaster(raster, { width, height });
        const slow = resizeSlowly(raster, { width, height });
        // Float32 sums of up to 24 x 24 products, then one rounding.
        const tolerance = wide ? 2 : 1;
        for (let i = 0; i < slow.length; i++) {
          expect(Math.abs(fast.data[i]! - slow[i]!)).toBeLessThanOrEqual(tolerance);
        }
        expect(fast.data.constructor).toBe(raster.data.constructor);
        expect(raster.data).toEqual(before);
      }),
      { numRuns: propertyRuns(150) },
    );
  });

  it('keeps color under transparency as if the image were opaque', () => {
    fc.assert(
      fc.property(arbitraryRaster(4, false), side, side, (raster, width, height) => {
        const opaque = raster.data.slice();
        for (let i = 3; i < opaque.length; i += 4) {
          opaque[i] = 255;
        }
        const resizedOpaque = resizeRaster(createRaster(raster.width, raster.height, 4, opaque), { width, height });
        const resized = resizeRaster(raster, { width, height });
        expect(resized).toEqual(transferAlpha(resizedOpaque, resized));
      }),
    );
  });

  it('keeps a constant image constant at any size', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 65535 }), (w, h, width, height, value) => {
        const resized = resizeRaster(createRaster(w, h, 3, new Uint16Array(w * h * 3).fill(value)), { width, height });
        for (const sample of resized.data) {
          expect(Math.abs(sample - value)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('averages by area when shrinking to one pixel', () => {
    const raster = createRaster(2, 2, 3, Uint8Array.of(0, 10, 20, 100, 30, 20, 200, 50, 20, 100, 70, 20));
    expect([...resizeRaster(raster, { width: 1, height: 1 }).data]).toEqual([100, 40, 20]);
  });

  it('returns the same image for the same size', () => {
    const raster = createRaster(3, 2, 3);
    expect(resizeRaster(raster, { width: 3, height: 2 })).toBe(raster);
  });
});
