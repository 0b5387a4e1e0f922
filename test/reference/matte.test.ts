import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matte } from '../../src/engine/matting/matte.js';
import { createMask, createRaster } from '../../src/raster/index.js';
import { seededRandom } from '../support/random.js';
import { mattingLaplacianOracle, solveDense } from './oracles/matting-laplacian.js';

describe('matte', { timeout: 60_000 }, () => {
  it('solves the equations of closed-form matting', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 14 }), fc.integer({ min: 5, max: 10 }), fc.nat(), (width, height, seed) => {
        // What is known for certain lies left and right, or above and below: the band reaches the other borders.
        const isUpright = seed % 2 === 0;
        const random = seededRandom(seed);
        const image = createRaster(width, height, 3);
        for (let i = 0; i < image.data.length; i++) image.data[i] = Math.floor(random() * 256);
        const trimap = createMask(width, height);
        for (let i = 0; i < trimap.data.length; i++) {
          const [position, last] = isUpright ? [Math.floor(i / width), height - 1] : [i % width, width - 1];
          trimap.data[i] =
            position === 0 ? 0 : position === last ? 255 : random() < 0.8 ? 128 : random() < 0.5 ? 0 : 255;
        }
        const epsilon = 1e-3;
        const found = matte(image, trimap, { epsilon, tolerance: 1e-9, iterations: 1000 }).data;
        const colors = Array.from(image.data, (value) => value / 255);
        const matrix = mattingLaplacianOracle(colors, width, height, epsilon);
        const unknown = [...trimap.data.keys()].filter((i) => trimap.data[i] === 128);
        const known = [...trimap.data.keys()].filter((i) => trimap.data[i] === 255);
        const solution = solveDense(
          unknown.map((i) => unknown.map((j) => matrix[i]![j]!)),
          unknown.map((i) => -known.reduce((sum, j) => sum + matrix[i]![j]!, 0)),
        );
        for (const [n, i] of unknown.entries()) {
          const expected = Math.min(Math.max(solution[n]!, 0), 1) * 255;
          expect(Math.abs(found[i]! - expected)).toBeLessThan(0.51);
        }
      }),
      { numRuns: 40 },
    );
  });
});
