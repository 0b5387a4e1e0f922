import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthQuantile } from '../../src/depth/depth-quantile.js';
import type { GraySplits } from '../../src/depth/gray/gray-splits.js';
import { makeHistogram } from '../../src/depth/histogram.js';
import { mapGrays } from '../../src/depth/gray/map-grays.js';
import { createDepthMap, type DepthMap } from '../../src/raster/index.js';
import { graysOf } from './oracles/grays.js';
import { propertyRuns } from '../support/property-runs.js';

/** Depths with ties, both zeros, everything that is background, and values an ulp apart. */
const depth = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -40, max: 40 }).map((n) => n / 4) },
  { weight: 3, arbitrary: fc.float({ min: -12, max: 12, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e10, -1e38, -0, 1 + 2 ** -23, 1e-40) },
);

const map: fc.Arbitrary<DepthMap> = fc
  .tuple(
    fc.array(depth, { minLength: 1, maxLength: 80 }),
    fc.constantFrom('near-is-small' as const, 'near-is-large' as const),
  )
  .map(([values, depthOrder]) =>
    createDepthMap(values.length, 1, Float32Array.from(values), { depthOrder, unit: 'distance' }),
  );

const splits: fc.Arbitrary<GraySplits> = fc
  .uniqueArray(
    fc.integer({ min: -22, max: 22 }).map((n) => n / 2 + 0.1),
    { minLength: 2, maxLength: 5 },
  )
  .chain((borders) => {
    const sorted = borders.toSorted((a, b) => a - b);
    const count = sorted.length - 1;
    return fc
      .array(fc.integer({ min: 0, max: Math.floor(256 / count) }), { minLength: count, maxLength: count })
      .map((levels) => levels.map((own, i) => ({ start: sorted[i]!, end: sorted[i + 1]!, levels: own, flags: {} })));
  });

const options = fc.record(
  {
    cutoff: fc.oneof(
      fc.integer({ min: -40, max: 40 }).map((n) => n / 4),
      fc.double({ min: -12, max: 12, noNaN: true }),
    ),
    compress: fc.boolean(),
    polarity: fc.constantFrom('near-white' as const, 'near-black' as const),
    bits: fc.constantFrom(8 as const, 16 as const),
  },
  { requiredKeys: [] },
);

describe('mapGrays', () => {
  it('gives the levels of a direct computation', () => {
    fc.assert(
      fc.property(map, splits, options, (depths, plan, how) => {
        const before = depths.data.slice();
        const { data, inside } = mapGrays(depths, plan, how);
        const expected = graysOf(depths, plan, how);
        expect([...data]).toEqual(expected.grays);
        expect([...inside.data]).toEqual(expected.inside);
        expect(depths.data).toEqual(before);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

describe('makeHistogram', () => {
  it('counts what comparing with every edge counts', () => {
    fc.assert(
      fc.property(map, fc.integer({ min: 1, max: 30 }), ({ data }, slices) => {
        const values = [...data].filter((v) => Math.abs(v) < 1e10);
        fc.pre(values.length > 0);
        const range = { min: Math.min(...values), max: Math.max(...values) };
        const histogram = makeHistogram(data, range, { slices });
        const counted = histogram.slices.map(
          ({ from, to }, i) => values.filter((v) => v >= from && (i === slices - 1 ? true : v < to)).length,
        );
        // Where all values are alike, every slice begins there and the last one has them.
        const expected = range.min === range.max ? counted.map((n, i) => (i === slices - 1 ? n : 0)) : counted;
        expect(histogram.slices.map(({ count }) => count)).toEqual(expected);
        expect(histogram.count).toBe(values.length);
      }),
    );
  });
});

describe('depthQuantile', () => {
  it('is the value at that place when sorted from the camera', () => {
    fc.assert(
      fc.property(map, fc.double({ min: 0, max: 1, noNaN: true }), (depths, share) => {
        const sorted = [...depths.data].filter((v) => Math.abs(v) < 1e10).toSorted((a, b) => a - b);
        const fromNear = depths.depthOrder === 'near-is-small' ? sorted : sorted.toReversed();
        const expected = fromNear[Math.round(share * (fromNear.length - 1))];
        expect(depthQuantile(depths, share)! + 0).toBe(expected === undefined ? Number.NaN : expected + 0);
      }),
    );
  });
});
