import fc from 'fast-check';
import { describe, it } from 'vitest';
import { blurFixedInJavaScript, blurInFixedPoint } from '../../src/engine/filters/gaussian-rows.js';
import { gaussianBlur } from '../../src/engine/index.js';
import { createMask } from '../../src/raster/index.js';
import { arbitraryMask } from '../support/arbitrary-masks.js';
import { expectSamePixels, expectWithin } from '../support/same-pixels.js';
import { slowGaussian } from './oracles/gaussian.js';
import { propertyRuns } from '../support/property-runs.js';

const ONE_LEVEL = 1;
const ROUNDED = 0.55;

/** Masks whose parts of one value are larger than windows. */
const arbitraryRectangles = fc
  .record({
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 200 }),
    corners: fc.array(fc.tuple(fc.double({ max: 1, min: 0 }), fc.double({ max: 1, min: 0 }), fc.nat(255)), {
      maxLength: 3,
    }),
  })
  .map(({ width, height, corners }) => {
    const mask = createMask(width, height);
    for (const [left, top, value] of corners) {
      for (let y = Math.floor(top * height); y < height; y++) {
        mask.data.fill(value, y * width + Math.floor(left * width), (y + 1) * width);
      }
    }
    return mask;
  });

describe('the Gaussian', () => {
  it('is within one level of the true one', () => {
    const sigma = fc.oneof(fc.constantFrom(3.7, 3.71, 4, 5.55, 8), fc.double({ min: 3.7, max: 20, noNaN: true }));
    fc.assert(
      fc.property(arbitraryMask({ maxSide: 30 }), sigma, (mask, sigmaPx) => {
        expectWithin(gaussianBlur(mask, sigmaPx), slowGaussian(mask, sigmaPx), ONE_LEVEL);
      }),
      { numRuns: propertyRuns(400) },
    );
  });

  it('is within one level where it is wide, and the mask no multiple of anything', () => {
    fc.assert(
      fc.property(arbitraryMask({ maxSide: 110 }), fc.double({ min: 20, max: 140, noNaN: true }), (mask, sigmaPx) => {
        expectWithin(gaussianBlur(mask, sigmaPx), slowGaussian(mask, sigmaPx), ONE_LEVEL);
      }),
      { numRuns: propertyRuns(25) },
    );
  });

  it('is the same where there is no WebAssembly', () => {
    const masks = fc.oneof(arbitraryMask({ maxSide: 30 }), arbitraryMask({ maxSide: 170 }), arbitraryRectangles);
    fc.assert(
      fc.property(masks, fc.double({ min: 0.1, max: 14.8, noNaN: true }), (mask, sigmaPx) => {
        const [fast, plain] = [blurInFixedPoint, blurFixedInJavaScript].map((blur) =>
          createMask(mask.width, mask.height, blur(mask, sigmaPx)),
        );
        expectSamePixels(fast!, plain!);
      }),
      { numRuns: propertyRuns(200) },
    );
  });

  it('is rounded, where it is small', () => {
    fc.assert(
      fc.property(arbitraryMask({ maxSide: 20 }), fc.double({ min: 0.1, max: 3.69, noNaN: true }), (mask, sigmaPx) => {
        expectWithin(gaussianBlur(mask, sigmaPx), slowGaussian(mask, sigmaPx), ROUNDED);
      }),
      { numRuns: propertyRuns(700) },
    );
  });

  it.each([3.72, 6, 11, 14.7, 15, 40])('is within one level on stripes, the hardest case, at sigma %d', (sigmaPx) => {
    for (const period of [1, 2, 3, 4, 5, 6, 8, 11, 23, 60]) {
      const width = 200;
      const mask = createMask(
        width,
        3,
        Uint8Array.from({ length: width * 3 }, (_, i) => (Math.floor((i % width) / period) % 2 === 0 ? 255 : 0)),
      );
      expectWithin(gaussianBlur(mask, sigmaPx), slowGaussian(mask, sigmaPx), ONE_LEVEL);
    }
  });
});
