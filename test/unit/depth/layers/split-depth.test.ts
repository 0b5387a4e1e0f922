import { describe, expect, it } from 'vitest';
import { bandShares, sliceDepth } from '../../../../src/depth/layers/slice-depth.js';
import {
  sortDepths,
  splitDepth,
  splitDepthCompat,
  type SplitMethod,
} from '../../../../src/depth/layers/split-depth.js';
import { createDepthMap } from '../../../../src/raster/index.js';
import { seededRandom } from '../../../support/random.js';

function depthOf(values: Iterable<number>): ReturnType<typeof createDepthMap> {
  const data = Float32Array.from(values);
  return createDepthMap(data.length, 1, data, { depthOrder: 'near-is-large', unit: 'relative' });
}

function sharesOf(values: Iterable<number>, method: SplitMethod): number[] {
  const depth = depthOf(values);
  return bandShares(sliceDepth(depth, splitDepth(sortDepths(depth), method)));
}

/** 40 % of one depth in front of (or behind) a ramp. */
const withTie = (tie: number): number[] => [
  ...Array.from({ length: 400 }, () => tie),
  ...Array.from({ length: 600 }, (_, i) => (i + 1) / 601),
];

describe('quantile', () => {
  it('makes layers of equal size where no depths are equal', () => {
    expect(
      sharesOf(
        Array.from({ length: 1000 }, (_, i) => i / 999),
        { kind: 'quantile', layers: 4 },
      ),
    ).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('shares what a large flat area leaves fairly, where image-to-layers leaves a layer empty', () => {
    expect(sharesOf(withTie(0), { kind: 'quantile', layers: 5 })).toEqual([0.4, 0.15, 0.15, 0.15, 0.15]);
    expect(sharesOf(withTie(1), { kind: 'quantile', layers: 5 })).toEqual([0.15, 0.15, 0.15, 0.15, 0.4]);
    const depth = depthOf(withTie(0));
    expect(bandShares(sliceDepth(depth, splitDepthCompat(sortDepths(depth), 5)))[0]).toBe(0);
  });

  it('makes no more layers than there are depths', () => {
    expect(sharesOf([0.5, 0.5, 0.5], { kind: 'quantile', layers: 5 })).toEqual([1]);
    expect(sharesOf([0, 1, 1, 0.25], { kind: 'quantile', layers: 200 })).toEqual([0.25, 0.25, 0.5]);
  });

  it('makes 200 layers of a large image, all within a hundredth of a percent', () => {
    const random = seededRandom(3);
    const shares = sharesOf(Float32Array.from({ length: 300_000 }, random), { kind: 'quantile', layers: 200 });
    expect(shares).toHaveLength(200);
    for (const share of shares) {
      expect(Math.abs(share - 1 / 200)).toBeLessThan(1e-4);
    }
  });
});

describe('even, kmeans, valleys and at', () => {
  const two = [
    ...Array.from({ length: 700 }, (_, i) => 0.1 + (i % 50) / 1000),
    ...Array.from({ length: 300 }, (_, i) => 0.8 + (i % 50) / 1000),
  ];

  it('even cuts in equal steps of depth, empty or not', () => {
    expect(splitDepth(depthOf(two).data, { kind: 'even', layers: 4 })).toEqual([0.25, 0.5, 0.75]);
    expect(sharesOf(two, { kind: 'even', layers: 4 })).toEqual([0.7, 0, 0, 0.3]);
  });

  it('kmeans and valleys separate two groups between them', () => {
    for (const kind of ['kmeans', 'valleys'] as const) {
      expect(sharesOf(two, { kind, layers: 2 })).toEqual([0.7, 0.3]);
    }
  });

  it('valleys takes the deepest first, and makes no cut where there is no valley', () => {
    const three = [...two, ...Array.from({ length: 300 }, (_, i) => 0.45 + (i % 50) / 1000)];
    const cuts = splitDepth(sortDepths(depthOf(three)), { kind: 'valleys', layers: 9 });
    expect(cuts).toHaveLength(2);
    expect(cuts[0]).toBeGreaterThan(0.15);
    expect(cuts[0]).toBeLessThan(0.45);
    expect(cuts[1]).toBeGreaterThan(0.5);
    expect(cuts[1]).toBeLessThan(0.8);
    expect(
      sharesOf(
        Array.from({ length: 5000 }, (_, i) => i / 4999),
        { kind: 'valleys', layers: 4 },
      ),
    ).toEqual([1]);
    expect(sharesOf([0.5, 0.5], { kind: 'valleys', layers: 4 })).toEqual([1]);
  });

  it('cuts at the given depths; a depth at a cut belongs to the nearer layer', () => {
    expect(sharesOf([0, 0.25, 0.5, 0.75], { kind: 'at', cuts: [0.25, 0.75] })).toEqual([0.25, 0.5, 0.25]);
  });

  it.each([[[]], [[0]], [[1]], [[0.5, 0.5]], [[0.6, 0.2]], [[Number.NaN]]])('at refuses %j', (cuts) => {
    expect(() => splitDepth(new Float32Array(1), { kind: 'at', cuts })).toThrow(/rising numbers/);
  });
});
