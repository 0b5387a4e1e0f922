import { createMask, type DepthMap, type Mask } from '../../raster/index.js';
import { type GraySplits, assertLevels, TOTAL_LEVELS } from './gray-splits.js';
import { BACKGROUND_FROM } from '../normalize-depth.js';
import {
  countBelow,
  keyOfBits,
  labelWords,
  rankOfBits,
  rankValues,
  type ValueRanks,
  type WordTable,
} from './value-ranks.js';

/** Every `DepthPolarity`. */
export const POLARITIES = ['near-white', 'near-black'] as const satisfies readonly DepthPolarity[];

/** Which gray stands for near. */
export type DepthPolarity = 'near-white' | 'near-black';

/** How `mapGrays` turns depth into gray. */
export interface GrayOptions {
  /** Depths at and beyond this one count as this one, and as beyond the range. */
  readonly cutoff?: number | undefined;
  /** Spread the levels of a split evenly over the different depths in it, instead of over its span. */
  readonly compress?: boolean | undefined;
  /** Which gray is near the camera in the image. */
  readonly polarity?: DepthPolarity | undefined;
  readonly bits?: 8 | 16 | undefined;
}

/** What `mapGrays` takes for what was left out. */
export const GRAY_DEFAULTS = { compress: false, polarity: 'near-white', bits: 8 } as const satisfies GrayOptions;

/** An image of depth in gray levels, and where it has any. */
export interface GrayMap {
  readonly width: number;
  readonly height: number;
  /** 8- or 16-bit gray, as asked for. */
  readonly data: Uint8Array | Uint16Array;
  /** 255 within the range; 0 for background, beyond the cutoff, and in splits without levels. */
  readonly inside: Mask;
}

/**
 * Depth as gray levels, as daz_depthmap_processor gives them out: a split with n levels behind m others turns
 * its span into the levels m to m + n, rounded half to even. Depths outside all splits are the farthest level,
 * or the nearest on the near side, which only a fixed range can leave out. NaN, infinities and 1e10 and more are
 * background.
 *
 * Throws `USAGE` where the splits hold more than 256 levels.
 */
export function mapGrays(map: DepthMap, splits: GraySplits, options: GrayOptions = {}): GrayMap {
  const { compress, polarity, bits } = { ...GRAY_DEFAULTS, ...withoutUndefined(options) };
  assertLevels(splits);
  const { width, height, data } = map;
  const distances = map.depthOrder === 'near-is-small';
  const cutoff = options.cutoff ?? (distances ? Infinity : -Infinity);
  const shades = bits === 16 ? 256 : 1;
  const top = TOTAL_LEVELS * shades - 1;
  const farLevel = distances ? top : 0;
  const turned = distances === (polarity === 'near-white');
  const out = bits === 16 ? new Uint16Array(data.length) : new Uint8Array(data.length);
  const inside = new Uint8Array(data.length);
  const starts = Float64Array.from(splits, ({ start }) => start);
  const ends = Float64Array.from(splits, ({ end }) => end);
  const shadesOf = Float64Array.from(splits, ({ levels }) => levels * shades);
  let allocated = 0;
  const offsets = Float64Array.from(shadesOf, (own) => (allocated += own) - own);
  const first = starts[0]!;
  const last = ends.at(-1)!;
  const levelOf = (split: number, share: number): number => {
    const exact = share * shadesOf[split]!;
    const rounded = Math.round(exact);
    // Python rounds halves to even.
    const even = rounded - exact === 0.5 && (rounded & 1) === 1 ? rounded - 1 : rounded;
    return Math.min(offsets[split]! + even, top);
  };
  const floatBits = new Int32Array(data.buffer, data.byteOffset, data.length);
  const ranked = compress ? rankInSplits(data, splits, cutoff, distances) : undefined;
  const words = ranked && labelLevels(ranked, (split, share) => (shadesOf[split] === 0 ? -1 : levelOf(split, share)));
  let split = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    let level = farLevel;
    if (value > -BACKGROUND_FROM && value < BACKGROUND_FROM) {
      const cut = distances ? value >= cutoff : value <= cutoff;
      const depth = cut ? cutoff : value;
      let known = -1;
      if (words !== undefined && !cut) {
        const key = keyOfBits(floatBits[i]!);
        known = words[key >>> 16]?.[(key & 0xffff) >>> 5] ?? -1;
      }
      if (known >= 0) {
        level = known % LABEL_STEP;
        inside[i] = 255;
      } else if (depth >= first && depth < last) {
        // Neighbors are mostly in the same split, so the search starts where the last one ended.
        while (depth < starts[split]!) split--;
        while (depth >= ends[split]!) split++;
        if (shadesOf[split]! > 0) {
          const share =
            ranked === undefined
              ? (depth - starts[split]!) / (ends[split]! - starts[split]!)
              : shareOfRank(
                  ranked,
                  split,
                  cut ? ranked.cutoffRank : rankOfBits(ranked.ranks, floatBits[i]!) + ranked.shift,
                );
          level = levelOf(split, share);
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

interface RankedSplits {
  readonly ranks: ValueRanks;
  /** Rank of the cutoff, which need not be a float of the map; it is behind, or before, all that are left. */
  readonly cutoffRank: number;
  /** Added to the rank of every float: 1 where the cutoff comes before them. */
  readonly shift: number;
  /** Rank of the first value in each split. */
  readonly begins: Float64Array;
  /** Different values in each split less one, at least 1: one alone gets the first level. */
  readonly steps: Float64Array;
}

function rankInSplits(data: Float32Array, splits: GraySplits, cutoff: number, distances: boolean): RankedSplits {
  const from = Math.max(splits[0]!.start, -BACKGROUND_FROM);
  const to = Math.min(splits.at(-1)!.end, BACKGROUND_FROM);
  const ranks = rankValues(
    data,
    distances ? from : Math.max(from, nextUp(cutoff)),
    distances ? Math.min(to, cutoff) : to,
  );
  const anyCut = Number.isFinite(cutoff) && hasCut(data, cutoff, distances);
  const shift = anyCut && !distances ? 1 : 0;
  const rankAt = (depth: number): number => countBelow(ranks, depth) + (anyCut && cutoff < depth ? 1 : 0);
  const begins = Float64Array.from(splits, ({ start }) => rankAt(start));
  return {
    ranks,
    cutoffRank: distances ? ranks.count : 0,
    shift,
    begins,
    steps: Float64Array.from(splits, ({ end }, index) => Math.max(rankAt(end) - begins[index]! - 1, 1)),
  };
}

function shareOfRank({ begins, steps }: RankedSplits, split: number, rank: number): number {
  return (rank - begins[split]!) / steps[split]!;
}

/** More than there are levels: a label is the split's number times this, plus the level. */
const LABEL_STEP = 65536;

function labelLevels(ranked: RankedSplits, levelOf: (split: number, share: number) => number): WordTable {
  const { ranks, begins, shift } = ranked;
  return labelWords(ranks, (unshifted) => {
    const rank = unshifted + shift;
    let split = 0;
    while (split + 1 < begins.length && rank >= begins[split + 1]!) split++;
    const level = levelOf(split, shareOfRank(ranked, split, rank));
    return level < 0 ? -1 : split * LABEL_STEP + level;
  });
}

function hasCut(data: Float32Array, cutoff: number, distances: boolean): boolean {
  return distances
    ? data.some((value) => value >= cutoff && value < BACKGROUND_FROM)
    : data.some((value) => value <= cutoff && value > -BACKGROUND_FROM);
}

/** The smallest float above a number. */
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
