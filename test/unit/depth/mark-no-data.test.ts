import { describe, expect, it } from 'vitest';
import { depthRange } from '../../../src/depth/normalize-depth.js';
import { markNoData, type NoData } from '../../../src/depth/mark-no-data.js';
import { createDepthMap, type DepthMap, type DepthOrder } from '../../../src/raster/index.js';

const mapOf = (values: readonly number[], depthOrder: DepthOrder = 'near-is-small'): DepthMap =>
  createDepthMap(values.length, 1, Float32Array.from(values), { depthOrder, unit: 'distance' });

describe('markNoData', () => {
  it('0 of a depth camera is no depth (case 10, kinect)', () => {
    const { map, values, missing } = markNoData(mapOf([0, 1000, 9650, 0, -0]));
    expect([...map.data]).toEqual([Number.NaN, 1000, 9650, Number.NaN, Number.NaN]);
    expect({ values, missing }).toEqual({ values: [0], missing: 3 });
    expect(depthRange(map)).toEqual({ min: 1000, max: 9650 });
  });

  it('-9999 is no depth (case 10, dt_nodata)', () => {
    const { map, missing } = markNoData(mapOf([-9999, 1, 9.65]));
    expect(missing).toBe(1);
    expect(depthRange(map)).toEqual({ min: 1, max: Math.fround(9.65) });
  });

  it.each<readonly [string, readonly number[], DepthOrder]>([
    ['a ramp that begins at 0', [0, 1, 2, 200, 255], 'near-is-small'],
    ['inverse depth, whose 0 is the farthest', [0, 1000, 9650], 'near-is-large'],
    ['coordinates on both sides of -1', [-3, -1, 0.5, 2], 'near-is-small'],
    ['depths around -9999', [-9999, -9998, -9000, -5], 'near-is-small'],
    ['a map of one value', [0, 0], 'near-is-small'],
    ['nothing but background', [Number.NaN, 1e38], 'near-is-small'],
  ])('auto keeps %s whole', (_, values, order) => {
    const map = mapOf(values, order);
    expect(markNoData(map)).toEqual({ map, values: [], missing: 0 });
  });

  it('auto finds several: below the depths -9999, and then 0', () => {
    const { values, missing } = markNoData(mapOf([-9999, 0, 0, 500, 4000]));
    expect({ values, missing }).toEqual({ values: [-9999, 0], missing: 3 });
  });

  it.each<readonly [NoData, readonly number[]]>([
    ['none', [-9999, 0, 0.1, 7]],
    [[7], [-9999, 0, 0.1, Number.NaN]],
    // 0.1 as a float is not the number 0.1.
    [
      [0.1, -9999],
      [Number.NaN, 0, Number.NaN, 7],
    ],
  ])('only what is named is missing: %j', (noData, expected) => {
    expect([...markNoData(mapOf([-9999, 0, 0.1, 7]), noData).map.data]).toEqual(
      expected.map((value) => Math.fround(value)),
    );
  });
});
