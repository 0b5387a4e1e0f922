import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutInJavaScript, gridMinCut } from '../../src/engine/segmentation/grid-min-cut.js';
import { seededRandom } from '../support/random.js';
import { cutCost, leastCutCost, maximumFlow } from './oracles/grid-min-cut.js';

describe('gridMinCut', { timeout: 60_000 }, () => {
  it('costs as little as the best of all labelings', () => {
    fc.assert(
      fc.property(graphs(4, 3), (graph) => {
        expect(cutCost(graph, gridMinCut(graph))).toBe(leastCutCost(graph));
      }),
      { numRuns: 200 },
    );
  });

  it('costs as much as the maximum flow on large grids, so that no cut costs less', () => {
    fc.assert(
      fc.property(graphs(30, 30), (graph) => {
        expect(cutCost(graph, gridMinCut(graph))).toBe(maximumFlow(graph));
      }),
      { numRuns: 60 },
    );
  });

  it('is the same where there is no WebAssembly, of several cuts of one cost as well', () => {
    fc.assert(
      fc.property(graphs(30, 30), (graph) => {
        expect(gridMinCut(graph)).toEqual(cutInJavaScript(graph));
      }),
      { numRuns: 60 },
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
