import { createDepthMap, type DepthMap } from '../raster/index.js';
import { BACKGROUND_FROM } from './normalize-depth.js';

/**
 * Which values mean that a pixel has no depth. `auto`: those that programs write for it and that stand apart from
 * all depths, see `markNoData`; `none`: every finite value is a depth; else these values, and no others.
 */
export type NoData = 'auto' | 'none' | readonly number[];

/** A map whose missing depths are NaN, and what they were. */
export interface MarkedDepth {
  readonly map: DepthMap;
  /** The values taken as missing that occur in the map. */
  readonly values: readonly number[];
  /** How many pixels have one of them. */
  readonly missing: number;
}

/** Written for missing depth by GDAL and by scanners, where no depth is near them. */
const SENTINELS = new Set([-9999, -32768, -1]);

/** A distance of 0 is missing where the nearest real one is at least this share of the farthest. */
const CLEAR_DISTANCE = 1 / 32;

/**
 * The map with NaN, which is background, where depth is missing.
 *
 * `auto` takes the lowest value as missing where it is -9999, -32768 or -1 and farther from the next depth than
 * the depths are from each other, or less than any depth can be; and 0 in a map of distances (near is small)
 * where the nearest other depth is clearly larger, as depth cameras write it. A ramp that begins at 0 stays whole.
 *
 * @example
 * const { map, missing } = markNoData(depth, [-9999]);
 */
export function markNoData(map: DepthMap, noData: NoData = 'auto'): MarkedDepth {
  const values = noData === 'none' ? [] : noData === 'auto' ? findMissing(map) : noData.filter(Number.isFinite);
  // Values are stored as floats: 0.1 in the map is not the number 0.1.
  const wanted = new Set(values.flatMap((value) => [value, Math.fround(value)]));
  const found = new Set<number>();
  let missing = 0;
  if (wanted.size > 0) {
    for (const value of map.data) {
      if (wanted.has(value)) {
        missing++;
        found.add(value);
      }
    }
  }
  if (missing === 0) {
    return { map, values: [], missing };
  }
  const data = map.data.map((value) => (wanted.has(value) ? Number.NaN : value));
  return { map: createDepthMap(map.width, map.height, data, map), values: [...found], missing };
}

function findMissing({ data, depthOrder }: DepthMap): number[] {
  const values: number[] = [];
  let floor = -Infinity;
  for (;;) {
    const { lowest, next, highest } = lowestDepths(data, floor);
    if (next === undefined || !isMissing(lowest, next, highest, depthOrder === 'near-is-small')) {
      return values;
    }
    values.push(lowest);
    floor = lowest;
  }
}

function isMissing(lowest: number, next: number, highest: number, distances: boolean): boolean {
  if (lowest === 0) {
    return distances && next >= highest * CLEAR_DISTANCE;
  }
  if (!SENTINELS.has(lowest)) {
    return false;
  }
  return (distances && next >= 0) || next - lowest > highest - next;
}

/** The lowest depth above `floor`, the next one, and the highest. */
function lowestDepths(
  data: Float32Array,
  floor: number,
): { readonly lowest: number; readonly next: number | undefined; readonly highest: number } {
  let lowest = Infinity;
  let next = Infinity;
  let highest = -Infinity;
  for (const value of data) {
    // NaN fails the comparisons.
    if (value > floor && value > -BACKGROUND_FROM && value < BACKGROUND_FROM) {
      if (value < lowest) {
        next = lowest;
        lowest = value;
      } else if (value > lowest && value < next) {
        next = value;
      }
      if (value > highest) highest = value;
    }
  }
  // -0 equals 0.
  return { lowest: lowest + 0, next: next === Infinity ? undefined : next, highest };
}
