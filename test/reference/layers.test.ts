import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandWeights, edgePixels, featherKernel, WEIGHT_TOTAL } from '../../src/depth/layers/layers-feather.js';
import { featureTransform } from '../../src/engine/distance/feature-transform.js';
import { ellipseHalfWidths, openBands } from '../../src/depth/layers/slice-clean.js';
import { type Bands, sliceDepth } from '../../src/depth/layers/slice-depth.js';
import { sortDepths, splitDepth } from '../../src/depth/layers/split-depth.js';
import { createDepthMap } from '../../src/raster/index.js';
import { randomDepth } from '../support/depths.js';
import { seededRandom } from '../support/random.js';
import { blurredBand, leastCost, squaredDistance, survivesOpening } from './oracles/depth.js';
import { propertyRuns } from '../support/property-runs.js';

const size = { width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 24 }) };
const seed = fc.integer({ min: 0, max: 1e6 });

function randomBands(number: number, width: number, height: number): Bands {
  return sliceDepth(randomDepth(number, width, height), [0.3, 0.5, 0.8]);
}

describe('featureTransform', () => {
  it('finds a pixel as near as any', () => {
    fc.assert(
      fc.property(fc.record({ ...size, seed, density: fc.constantFrom(0, 0.02, 0.2, 0.9) }), (item) => {
        const random = seededRandom(item.seed);
        const isSource = Uint8Array.from({ length: item.width * item.height }, () => (random() < item.density ? 1 : 0));
        const nearest = featureTransform(isSource, item.width, item.height);
        nearest.forEach((place, i) => {
          const [x, y] = [i % item.width, Math.floor(i / item.width)];
          const least = squaredDistance(isSource, item.width, x, y);
          if (place === -1) {
            expect(least).toBe(Infinity);
          } else {
            expect(isSource[place]).toBe(1);
            expect(((place % item.width) - x) ** 2 + (Math.floor(place / item.width) - y) ** 2).toBe(least);
          }
        });
      }),
    );
  });
});

describe('openBands', () => {
  it('keeps what the opening of each band by the ellipse keeps', () => {
    fc.assert(
      fc.property(
        fc.record({ ...size, seed, radiusPx: fc.integer({ min: 1, max: 6 }) }),
        ({ width, height, seed, radiusPx }) => {
          const bands = randomBands(seed, width, height);
          const offsets = [...ellipseHalfWidths(radiusPx)].flatMap((half, dy) =>
            Array.from({ length: 2 * half + 1 }, (_, k): [number, number][] =>
              dy === 0
                ? [[k - half, 0]]
                : [
                    [k - half, dy],
                    [k - half, -dy],
                  ],
            ).flat(),
          );
          const kept = openBands(bands, radiusPx);
          const expected = Uint8Array.from(kept, (_, i) =>
            survivesOpening(bands, offsets, i % width, Math.floor(i / width)) ? 1 : 0,
          );
          expect(kept).toEqual(expected);
        },
      ),
    );
  });
});

describe('bandWeights', () => {
  it('is the whole convolution, which changes no pixel outside the edges', () => {
    fc.assert(
      fc.property(
        fc.record({ ...size, seed, radiusPx: fc.integer({ min: 1, max: 9 }) }),
        ({ width, height, seed, radiusPx }) => {
          const bands = randomBands(seed, width, height);
          const kernel = featherKernel(radiusPx);
          const edges = edgePixels(bands, radiusPx);
          const weights = new Int32Array(edges.length);
          const isEdge = new Set(edges);
          for (let band = 0; band < bands.count; band++) {
            bandWeights(bands, band, kernel, edges, new Uint16Array(width * height), weights);
            edges.forEach((i, k) => {
              expect(weights[k]).toBe(blurredBand(bands, band, kernel, i % width, Math.floor(i / width)));
            });
            bands.data.forEach((value, i) => {
              if (!isEdge.has(i)) {
                const whole = blurredBand(bands, band, kernel, i % width, Math.floor(i / width));
                expect(whole).toBe(value === band ? WEIGHT_TOTAL : 0);
              }
            });
          }
        },
      ),
      { numRuns: propertyRuns(40) },
    );
  });
});

const squaredSize = (run: readonly number[]): number => run.length ** 2;
const squaredDeviation = (run: readonly number[]): number => {
  const mean = run.reduce((a, b) => a + b, 0) / run.length;
  return run.reduce((sum, value) => sum + (value - mean) ** 2, 0);
};

describe('splitDepth', () => {
  it.each([
    ['quantile', squaredSize],
    ['kmeans', squaredDeviation],
  ] as const)('%s cuts at the least cost of all ways to cut', (kind, cost) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 16 }), { minLength: 1, maxLength: 14 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, layers) => {
          const data = Float32Array.from(steps, (step) => step / 16);
          const sorted = sortDepths({ data });
          expect([...sorted]).toEqual([...data].sort((a, b) => a - b));
          const cuts = splitDepth(sorted, { kind, layers });
          const parts = Math.min(layers, new Set(data).size);
          expect(cuts).toHaveLength(parts - 1);
          const depth = createDepthMap(data.length, 1, sorted, { depthOrder: 'near-is-large', unit: 'relative' });
          const bands = sliceDepth(depth, cuts);
          const runs = Array.from({ length: parts }, (_, band) => [...sorted].filter((_, i) => bands.data[i] === band));
          expect(runs.every((run) => run.length > 0)).toBe(true);
          const total = runs.reduce((sum, run) => sum + cost(run), 0);
          expect(total).toBeCloseTo(leastCost([...sorted], parts, cost), 9);
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });
});
