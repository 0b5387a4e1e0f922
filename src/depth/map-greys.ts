import { createMask, type DepthMap, type Mask } from '../raster/index.js';
import { type GreySplits, requireLevels, TOTAL_LEVELS } from './grey-splits.js';
import { BACKGROUND_FROM } from './normalize-depth.js';
import { rankOfBits, rankValues, type ValueRanks } from './value-ranks.js';

export interface GreyOptions {
  /** Depths at and beyond this one count as this one, and as beyond the range. */
  readonly cutoff?: number | undefined;
  /** Spread the levels of a split evenly over the different depths in it, instead of over its span. */
  readonly compress?: boolean | undefined;
  /** Which end is near the camera in the picture. */
  readonly near?: 'white' | 'black' | undefined;
  readonly bits?: 8 | 16 | undefined;
}

export const GREY_DEFAULTS = { compress: false, near: 'white', bits: 8 } as const satisfies GreyOptions;

export interface GreyMap {
  readonly width: number;
  readonly height: number;
  /** 8- or 16-bit grey, as asked for. */
  readonly data: Uint8Array | Uint16Array;
  /** 255 within the range; 0 for background, beyond the cutoff, and in splits without levels. */
  readonly inside: Mask;
}

/**
 * Depth as grey levels, as daz_depthmap_processor gives them out: a split with n levels behind m others turns
 * its span into the levels m to m + n, rounded half to even. Depths outside all splits are the farthest level,
 * or the nearest on the near side, which only a fixed range can leave out. NaN, infinities and 1e10 and more are
 * background.
 *
 * Throws `USAGE` where the splits hold more than 256 levels.
 */
export function mapGreys(map: DepthMap, splits: GreySplits, options: GreyOptions = {}): GreyMap {
  const { compress, near, bits } = { ...GREY_DEFAULTS, ...withoutUndefined(options) };
  requireLevels(splits);
  const { width, height, data } = map;
  const distances = map.near === 'small';
  const cutoff = options.cutoff ?? (distances ? Infinity : -Infinity);
  const shades = bits === 16 ? 256 : 1;
  const top = TOTAL_LEVELS * shades - 1;
  const levelOf = compress ? compressedLevels(data, splits, cutoff, distances, shades) : linearLevels(splits, shades);
  const farLevel = distances ? top : 0;
  const turned = distances === (near === 'white');
  const out = bits === 16 ? new Uint16Array(data.length) : new Uint8Array(data.length);
  const inside = new Uint8Array(data.length);
  const { starts, ends, levels } = tablesOf(splits);
  const first = starts[0]!;
  const last = ends.at(-1)!;
  const floatBits = new Int32Array(data.buffer, data.byteOffset, data.length);
  let split = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    let level = farLevel;
    if (value > -BACKGROUND_FROM && value < BACKGROUND_FROM) {
      const cut = distances ? value >= cutoff : value <= cutoff;
      const depth = cut ? cutoff : value;
      if (depth >= first && depth < last) {
        // Neighbours are mostly in the same split, so the search starts where the last one ended.
        while (depth < starts[split]!) split--;
        while (depth >= ends[split]!) split++;
        if (levels[split]! > 0) {
          level = Math.min(levelOf(split, depth, cut ? undefined : floatBits[i]!), top);
          inside[i] = cut ? 0 : 255;
        }
      } else if (!cut && (distances ? depth < first : depth >= last)) {
        level = top - farLevel;
        inside[i] = 255;
      }
    }
    out[i] = turned ? top - level : level;
  }
  return { width, height, data: out, inside: createMask(width, height, inside) };
}

/** The level of a depth in a split; `bits` are those of its float, undefined for the cutoff itself. */
type LevelOf = (split: number, depth: number, bits: number | undefined) => number;

function linearLevels(splits: GreySplits, shades: number): LevelOf {
  const { starts, ends, levels, offsets } = tablesOf(splits);
  return (split, depth) => {
    const start = starts[split]!;
    const share = (depth - start) / (ends[split]! - start);
    return offsets[split]! * shades + roundHalfEven(share * (levels[split]! * shades));
  };
}

/** Each different depth of a split gets the same step; one alone gets the first level. */
function compressedLevels(
  data: Float32Array,
  splits: GreySplits,
  cutoff: number,
  distances: boolean,
  shades: number,
): LevelOf {
  const { levels, offsets } = tablesOf(splits);
  const isCut = distances ? (value: number) => value >= cutoff : (value: number) => value <= cutoff;
  const anyCut = Number.isFinite(cutoff) && data.some((value) => isCut(value) && Math.abs(value) < BACKGROUND_FROM);
  const ranks: ValueRanks[] = [];
  const steps = new Float64Array(splits.length);
  const shifts = new Float64Array(splits.length);
  splits.forEach(({ start, end }, index) => {
    const holdsCutoff = anyCut && cutoff >= start && cutoff < end;
    // The cutoff need not be a float of the map: it is one more value, behind (or before) those that are left.
    const from = distances ? start : Math.max(start, nextUp(cutoff));
    const to = distances ? Math.min(end, cutoff) : end;
    const own = rankValues(data, Math.max(from, -BACKGROUND_FROM), Math.min(to, BACKGROUND_FROM));
    ranks.push(own);
    shifts[index] = holdsCutoff && !distances ? 1 : 0;
    steps[index] = own.count + (holdsCutoff ? 1 : 0) - 1;
  });
  return (split, _depth, bits) => {
    const step = steps[split]!;
    const rank = bits === undefined ? (distances ? step : 0) : rankOfBits(ranks[split]!, bits) + shifts[split]!;
    const share = step > 0 ? rank / step : 0;
    return offsets[split]! * shades + roundHalfEven(share * (levels[split]! * shades));
  };
}

function tablesOf(splits: GreySplits): Readonly<Record<'starts' | 'ends' | 'levels' | 'offsets', Float64Array>> {
  let offset = 0;
  return {
    starts: Float64Array.from(splits, ({ start }) => start),
    ends: Float64Array.from(splits, ({ end }) => end),
    levels: Float64Array.from(splits, ({ levels }) => levels),
    offsets: Float64Array.from(splits, ({ levels }) => (offset += levels) - levels),
  };
}

/** Python's rounding, of numbers that are not negative. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

function nextUp(value: number): number {
  const float = Math.fround(value);
  if (float > value) {
    return float;
  }
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, float === 0 ? 0 : float);
  view.setInt32(0, view.getInt32(0) + (float < 0 ? -1 : 1));
  return view.getFloat32(0);
}

function withoutUndefined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
