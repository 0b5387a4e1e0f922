import { describe, expect, it } from 'vitest';
import { depthRange, gradientDepth, normalizeDepth } from '../../../src/depth/normalize-depth.js';
import { createDepthMap } from '../../../src/raster/index.js';

const distance = (...values: number[]): ReturnType<typeof createDepthMap> =>
  createDepthMap(values.length, 1, Float32Array.from(values), { depthOrder: 'near-is-small', unit: 'distance' });

describe('normalizeDepth', () => {
  it('gives 0 to the farthest and 1 to the nearest, whichever way the values run', () => {
    expect([...normalizeDepth(distance(2, 4, 6)).data]).toEqual([1, 0.5, 0]);
    expect([...normalizeDepth({ ...distance(2, 4, 6), depthOrder: 'near-is-large' }).data]).toEqual([0, 0.5, 1]);
  });

  it('leaves background out of the range and puts it farthest', () => {
    expect([...normalizeDepth(distance(2, Number.NaN, Infinity, 3.4e38, 1e10, 4)).data]).toEqual([1, 0, 0, 0, 0, 0]);
    expect(depthRange(distance(Number.NaN, Infinity))).toBeUndefined();
    expect([...normalizeDepth(distance(Number.NaN, Infinity)).data]).toEqual([0, 0]);
  });

  it('a map of one depth is 0 throughout, and depths are clamped to a given range', () => {
    expect([...normalizeDepth(distance(7, 7)).data]).toEqual([0, 0]);
    expect([...normalizeDepth(distance(1, 3, 9), { min: 2, max: 6 }).data]).toEqual([1, 0.75, 0]);
  });
});

describe('gradientDepth', () => {
  it('runs from the top row to the bottom row', () => {
    expect([...gradientDepth(2, 3).data]).toEqual([0, 0, 0.5, 0.5, 1, 1]);
    expect([...gradientDepth(2, 1).data]).toEqual([0, 0]);
  });
});
