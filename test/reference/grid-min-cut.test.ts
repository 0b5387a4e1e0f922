import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridMinCut } from '../../src/engine/segmentation/grid-min-cut.js';
import { seededRandom } from '../support/random.js';
import { cutCost, leastCutCost } from './oracles/grid-min-cut.js';

describe('gridMinCut', { timeout: 60_000 }, () => {
  it('costs as little as the best of all labelings, and its flow is that cost', () => {
    fc.assert(
      fc.property(graphs(4, 3), (graph) => {
        const { sourceSide, flow } = gridMinCut(graph);
        const least = leastCutCost(graph);
        expect(cutCost(graph, sourceSide)).toBe(least);
        expect(flow).toBe(least);
      }),
      { numRuns: 200 },
    );
  });

  it('has a flow equal to the cost of its cut on large grids, which proves both optimal', () => {
    fc.assert(
      fc.property(graphs(60, 60), (graph) => {
        const { sourceSide, flow } = gridMinCut(graph);
        expect(flow).toBe(cutCost(graph, sourceSide));
      }),
      { numRuns: 100 },
    );
  });
});

/** Random graphs of up to `width` x `height`, many of whose capacities are 0. */
function graphs(maxWidth: number, maxHeight: number) {
  return fc
    .record({
      width: fc.integer({ min: 1, max: maxWidth }),
      height: fc.integer({ min: 1, max: maxHeight }),
      zeros: fc.constantFrom(0, 0.3, 0.8),
      strength: fc.constantFrom(2, 20, 1000),
      seed: fc.nat(),
    })
    .map(({ width, height, zeros, strength, seed }) => {
      const random = seededRandom(seed);
      const draw = (most: number): number => (random() < zeros ? 0 : Math.floor(random() * (most + 1)));
      const links = (): Int32Array => Int32Array.from({ length: width * height }, () => draw(strength));
      return {
        width,
        height,
        terminals: Int32Array.from({ length: width * height }, () => draw(100) * (random() < 0.5 ? 1 : -1)),
        right: links(),
        down: links(),
        downRight: links(),
        downLeft: links(),
      };
    });
}
