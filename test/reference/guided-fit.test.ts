import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxMean, meanInJavaScript } from '../../src/engine/filters/box-sum.js';
import { fitInJavaScript, guidedFit } from '../../src/engine/filters/guided-filter.js';
import { seededRandom } from '../support/random.js';
import { guidedFitOracle } from './oracles/guided-fit.js';
import { propertyRuns } from '../support/property-runs.js';

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 12 }),
  height: fc.integer({ min: 1, max: 12 }),
  radius: fc.integer({ min: 0, max: 15 }),
  seed: fc.nat(),
});

function randomPlane(count: number, random: () => number): Float32Array {
  return Float32Array.from({ length: count }, random);
}

describe('boxMean', () => {
  it('is the mean over each square', () => {
    fc.assert(
      fc.property(sizes, ({ width, height, radius, seed }) => {
        const plane = randomPlane(width * height, seededRandom(seed));
        const means = boxMean(plane, width, height, radius);
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            let [sum, count] = [0, 0];
            for (let sy = Math.max(y - radius, 0); sy <= Math.min(y + radius, height - 1); sy++) {
              for (let sx = Math.max(x - radius, 0); sx <= Math.min(x + radius, width - 1); sx++) {
                sum += plane[sy * width + sx]!;
                count++;
              }
            }
            expect(means[y * width + x], `at ${x},${y}`).toBeCloseTo(sum / count, 5);
          }
        }
      }),
    );
  });

  it('is the same where there is no WebAssembly', () => {
    fc.assert(
      fc.property(sizes, ({ width, height, radius, seed }) => {
        const plane = randomPlane(width * height, seededRandom(seed));
        expect(boxMean(plane, width, height, radius)).toEqual(meanInJavaScript(plane, width, height, radius));
      }),
    );
  });
});

describe('guidedFit', () => {
  it('agrees with least squares solved for each square by itself', () => {
    fc.assert(
      fc.property(sizes, ({ width, height, radius, seed }) => {
        const random = seededRandom(seed);
        const plane = (): Float32Array => randomPlane(width * height, random);
        const guide = { width, height, red: plane(), green: plane(), blue: plane() };
        const [target, weights] = [plane(), plane().map((value) => value + 0.01)];
        const options = { radius, epsilon: 0.01 };
        const models = guidedFit(guide, target, weights, options);
        const expected = guidedFitOracle(guide, target, weights, options);
        for (const [i, value] of models.entries()) {
          expect(Math.abs(value - expected[i]!), `value ${i}`).toBeLessThan(2e-3);
        }
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  it('is the same where there is no WebAssembly', () => {
    fc.assert(
      fc.property(sizes, ({ width, height, radius, seed }) => {
        const random = seededRandom(seed);
        const plane = (): Float32Array => randomPlane(width * height, random);
        const guide = { width, height, red: plane(), green: plane(), blue: plane() };
        const [target, weights] = [plane(), plane().map((value) => value + 0.01)];
        const options = { radius, epsilon: 1e-5 };
        expect(guidedFit(guide, target, weights, options)).toEqual(fitInJavaScript(guide, target, weights, options));
      }),
    );
  });

  it('finds the exact model where there is one', () => {
    const random = seededRandom(5);
    const plane = (): Float32Array => randomPlane(400, random);
    const guide = { width: 20, height: 20, red: plane(), green: plane(), blue: plane() };
    const target = guide.red.map((red, i) => 0.1 + 0.5 * red - 0.2 * guide.green[i]! + 0.3 * guide.blue[i]!);
    const models = guidedFit(guide, target, new Float32Array(400).fill(1), { radius: 4, epsilon: 1e-9 });
    for (let i = 0; i < 400; i++) {
      expect(models[i * 4]).toBeCloseTo(0.5, 3);
      expect(models[i * 4 + 1]).toBeCloseTo(-0.2, 3);
      expect(models[i * 4 + 2]).toBeCloseTo(0.3, 3);
      expect(models[i * 4 + 3]).toBeCloseTo(0.1, 3);
    }
  });
});
