import fc from 'fast-check';
import { describe, it } from 'vitest';
import { gaussianBlur } from '../../src/engine/index.js';
import { createMask } from '../../src/raster/index.js';
import { arbitraryMask } from '../support/arbitrary-masks.js';
import { expectWithin } from '../support/same-pixels.js';
import { slowGaussian } from './oracles/gaussian.js';
import { propertyRuns } from '../support/property-runs.js';

const ONE_LEVEL = 1;
const ROUNDED = 0.55;

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

  it('is rounded, where it is small', () => {
    fc.assert(
      fc.property(arbitraryMask({ maxSide: 20 }), fc.double({ min: 0.1, max: 3.69, noNaN: true }), (mask, sigmaPx) => {
        expectWithin(gaussianBlur(mask, sigmaPx), slowGaussian(mask, sigmaPx), ROUNDED);
      }),
      { numRuns: propertyRuns(700) },
    );
  });

  it.each([3.72, 6, 11, 40])('is within one level on stripes, the hardest case, at sigma %d', (sigmaPx) => {
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
