import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refineHeatmap } from '../../src/engine/filters/refine-heatmap.js';
import { createHeatmap, createRaster } from '../../src/raster/index.js';
import { seededRandom } from '../support/random.js';
import { refineHeatmapOracle } from './oracles/refine-heatmap.js';
import { propertyRuns } from '../support/property-runs.js';

describe('refineHeatmap', { timeout: 60_000 }, () => {
  it.each([
    ['uneven', 0],
    ['even in places', 0.7],
  ])('applies to each pixel what its four models say, within the range there: heatmaps that are %s', (_, evenness) => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: 1, max: 40 }),
          height: fc.integer({ min: 1, max: 40 }),
          channels: fc.constantFrom(3 as const, 4 as const),
          fitSide: fc.integer({ min: 1, max: 24 }),
          fitRadius: fc.integer({ min: 1, max: 3 }),
          rounds: fc.integer({ min: 1, max: 2 }),
          pivot: fc.constantFrom(0.3, 0.5),
          seed: fc.nat(),
        }),
        ({ width, height, channels, seed, ...own }) => {
          const options = { ...own, epsilon: 1e-2 };
          const random = seededRandom(seed);
          const samples = Uint8Array.from({ length: width * height * channels }, () => Math.floor(random() * 256));
          const image = createRaster(width, height, channels, samples);
          const values = Float32Array.from({ length: 64 }, (_value, i) =>
            i < 64 * evenness ? 0.2 + random() / 2000 : random(),
          );
          const heatmap = createHeatmap(8, 8, values);
          const { data } = refineHeatmap(heatmap, image, options);
          for (const [i, { value, least, most }] of refineHeatmapOracle(heatmap, image, options).entries()) {
            // Where the heatmap says one thing all around, color is not asked.
            const tolerance = (most - least < 1 / 512 ? most - least : 0) + 1e-4;
            expect(Math.abs(data[i]! - value), `pixel ${i}`).toBeLessThan(tolerance);
            expect(data[i]!).toBeGreaterThan(least - 1e-5);
            expect(data[i]!).toBeLessThan(most + 1e-5);
          }
        },
      ),
      { numRuns: propertyRuns(150) },
    );
  });
});
