import { histogram } from '../../engine/tone/value-histogram.js';
import { MaskwrightError } from '../../errors.js';
import type { DepthMap } from '../../raster/index.js';

/** How depth is cut into layers. */
export type SplitMethod =
  | {
      /**
       * `quantile`: layers of as equal size as ties allow. `kmeans`: depths within a layer as alike as possible.
       * `even`: equal steps of depth. `valleys`: where few pixels are, between the humps of the histogram.
       */
      readonly kind: 'quantile' | 'kmeans' | 'even' | 'valleys';
      readonly layers: number;
    }
  /** Cuts at these depths, 0 = farthest, 1 = nearest, ascending. */
  | { readonly kind: 'at'; readonly cuts: readonly number[] };

/** Every kind of `SplitMethod`. */
export const SPLIT_KINDS = [
  'quantile',
  'even',
  'kmeans',
  'valleys',
  'at',
] as const satisfies readonly SplitMethod['kind'][];

/** Three layers of equal size. */
export const SPLIT_DEFAULTS = { kind: 'quantile', layers: 3 } as const satisfies SplitMethod;

/** Bands are counted in a byte, and nobody places more sheets than this by hand. */
export const MAX_LAYERS = 200;

/** How many layers are asked for. There are fewer where depths do not suffice. */
export function layerCount(split: SplitMethod): number {
  return split.kind === 'at' ? split.cuts.length + 1 : split.layers;
}

/**
 * Where to cut normalized depth (0 far, 1 near): ascending thresholds, one fewer than layers; a depth equal to a
 * threshold belongs to the nearer layer.
 *
 * `quantile`, `kmeans` and `valleys` make no layer that would be empty, so they give fewer cuts where there are
 * fewer different depths (or humps) than layers. `even` and `at` cut at the depths they name.
 *
 * @param sorted depths in ascending order, from `sortDepths`; a fair sample will do.
 */
export function splitDepth(sorted: Float32Array, method: SplitMethod): number[] {
  if (method.kind === 'at') {
    return assertCuts(method.cuts);
  }
  const { kind, layers } = method;
  if (kind === 'even') {
    return Array.from({ length: layers - 1 }, (_, i) => (i + 1) / layers);
  }
  return kind === 'valleys' ? cutAtValleys(sorted, layers) : cutByCost(sorted, layers, kind);
}

/**
 * The thresholds of image-to-layers: percentiles `100 i / N` with linear interpolation, as NumPy computes them
 * on float32. A depth that many pixels share can leave layers empty.
 */
export function splitDepthCompat(sorted: Float32Array, layers: number): number[] {
  const last = sorted.length - 1;
  return Array.from({ length: layers - 1 }, (_, i) => {
    const position = ((i + 1) / layers) * last;
    const low = Math.floor(position);
    const a = sorted[low]!;
    const b = sorted[Math.min(low + 1, last)]!;
    const step = Math.fround(b - a);
    const t = position - low;
    return t >= 0.5 ? b - step * (1 - t) : a + step * t;
  });
}

/** Depths by which large maps are judged: their shares come out within a tenth of a percent. */
export const SORT_DEFAULTS = { max: 1 << 21 } as const;

/**
 * The depths (0 or more) in ascending order; of more than `max`, a sample spread evenly.
 * Radix sort, in a fifth of the time of a comparing one.
 */
export function sortDepths(
  { data }: Pick<DepthMap, 'data'>,
  { max }: { readonly max: number } = SORT_DEFAULTS,
): Float32Array {
  const depths = new Float32Array(Math.min(data.length, max));
  const step = data.length / depths.length;
  for (let k = 0; k < depths.length; k++) {
    depths[k] = data[Math.floor((k + 0.5) * step)]!;
  }
  // The bits of floats that are not negative stand in the floats' order.
  let source = new Uint32Array(depths.buffer);
  let target = new Uint32Array(source.length);
  for (const shift of [0, 11, 22]) {
    const starts = new Uint32Array(2049);
    for (let i = 0; i < source.length; i++) {
      starts[((source[i]! >>> shift) & 2047) + 1]!++;
    }
    for (let digit = 0; digit < 2048; digit++) {
      starts[digit + 1]! += starts[digit]!;
    }
    for (let i = 0; i < source.length; i++) {
      const value = source[i]!;
      target[starts[(value >>> shift) & 2047]!++] = value;
    }
    [source, target] = [target, source];
  }
  return new Float32Array(source.buffer);
}

export function assertCuts(cuts: readonly number[]): number[] {
  const ascending = cuts.every((cut, i) => cut > 0 && cut < 1 && (i === 0 || cut > cuts[i - 1]!));
  if (!ascending || cuts.length === 0 || cuts.length >= MAX_LAYERS) {
    throw new MaskwrightError(
      'OPTION_RANGE',
      `the cuts ${cuts.join(',')} are not 1 to ${MAX_LAYERS - 1} rising numbers between 0 and 1`,
      { hint: '0 is farthest, 1 nearest: at=0.2,0.6 makes three layers' },
    );
  }
  return [...cuts];
}

/** Finest share of the pixels that cuts are placed by, where depths allow. */
const MOST_GROUPS = 16_384;

/**
 * The partition of sorted depths into layers, none empty, with the smallest total cost: squared size for `quantile`,
 * squared deviation from the layer's mean for `kmeans`. Equal depths are never parted. Exact over groups of
 * 1/16384 of the pixels, by dynamic programming with monotone choices (both costs obey the quadrangle inequality).
 */
function cutByCost(sorted: Float32Array, layers: number, kind: 'quantile' | 'kmeans'): number[] {
  const starts = groupStarts(sorted);
  const groups = starts.length - 1;
  const parts = Math.min(layers, groups);
  const sums = kind === 'kmeans' ? momentsAt(sorted, starts) : undefined;
  const cost = (i: number, j: number): number => {
    const size = starts[j]! - starts[i]!;
    if (sums === undefined) {
      return size * size;
    }
    const sum = sums.first[j]! - sums.first[i]!;
    return sums.second[j]! - sums.second[i]! - (sum * sum) / size;
  };
  let best = Float64Array.from({ length: groups + 1 }, (_, j) => (j === 0 ? Infinity : cost(0, j)));
  const choices: Int32Array[] = [];
  for (let part = 2; part <= parts; part++) {
    const next = new Float64Array(groups + 1).fill(Infinity);
    const choice = new Int32Array(groups + 1);
    chooseStarts(best, next, choice, cost, { from: part, to: groups, min: part - 1, max: groups - 1 });
    choices.push(choice);
    best = next;
  }
  const cuts: number[] = [];
  let end = groups;
  for (const choice of choices.reverse()) {
    end = choice[end]!;
    const rank = starts[end]!;
    // Midway, in doubles: strictly between two different floats.
    cuts.push((sorted[rank - 1]! + sorted[rank]!) / 2);
  }
  return cuts.reverse();
}

/** For ends `from`..`to`, the best start of the last part, knowing that starts rise with ends. */
function chooseStarts(
  best: Float64Array,
  next: Float64Array,
  choice: Int32Array,
  cost: (i: number, j: number) => number,
  span: { readonly from: number; readonly to: number; readonly min: number; readonly max: number },
): void {
  const { from, to, min, max } = span;
  if (from > to) {
    return;
  }
  const middle = (from + to) >> 1;
  for (let start = min; start <= Math.min(max, middle - 1); start++) {
    const total = best[start]! + cost(start, middle);
    if (total < next[middle]!) {
      next[middle] = total;
      choice[middle] = start;
    }
  }
  chooseStarts(best, next, choice, cost, { from, to: middle - 1, min, max: choice[middle]! });
  chooseStarts(best, next, choice, cost, { from: middle + 1, to, min: choice[middle]!, max });
}

/** Ranks at which groups start, and the end: never inside a run of equal depths. */
function groupStarts(sorted: Float32Array): number[] {
  const starts = [0];
  for (let group = 1; group < MOST_GROUPS; group++) {
    const value = sorted[Math.floor((group * sorted.length) / MOST_GROUPS)]!;
    for (const rank of [firstRank(sorted, (other) => other >= value), firstRank(sorted, (other) => other > value)]) {
      if (rank > starts.at(-1)! && rank < sorted.length) {
        starts.push(rank);
      }
    }
  }
  starts.push(sorted.length);
  return starts;
}

function firstRank(sorted: Float32Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle]!)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

function momentsAt(
  sorted: Float32Array,
  starts: readonly number[],
): { readonly first: Float64Array; readonly second: Float64Array } {
  const first = new Float64Array(starts.length);
  const second = new Float64Array(starts.length);
  for (let group = 1; group < starts.length; group++) {
    let sum = 0;
    let squares = 0;
    for (let rank = starts[group - 1]!; rank < starts[group]!; rank++) {
      sum += sorted[rank]!;
      squares += sorted[rank]! * sorted[rank]!;
    }
    first[group] = first[group - 1]! + sum;
    second[group] = second[group - 1]! + squares;
  }
  return { first, second };
}

const VALLEY_BINS = 256;
/** Together a Gaussian of five bins: depths of few steps must not look like a comb. */
const SMOOTHING_PASSES = 16;
/** A valley counts where it is deeper than these shares of the highest hump, and of the lower of its two. */
const LEAST_DROP = { ofHighest: 0.02, ofLower: 0.15 };

/**
 * The deepest valleys of the smoothed histogram, at most `layers - 1`: the shallowest is given up, and its
 * two humps become one, until all that are left count.
 */
function cutAtValleys(sorted: Float32Array, layers: number): number[] {
  const heights = smooth(histogram(sorted, VALLEY_BINS));
  const { humps, valleys } = findHumps(heights);
  const highest = Math.max(...humps);
  while (valleys.length > 0) {
    const lower = valleys.map((_, i) => Math.min(humps[i]!, humps[i + 1]!));
    const drops = valleys.map((valley, i) => lower[i]! - valley.height);
    const shallowest = drops.indexOf(Math.min(...drops));
    const counts =
      drops[shallowest]! >= LEAST_DROP.ofHighest * highest &&
      drops.every((drop, i) => drop >= LEAST_DROP.ofLower * lower[i]!);
    if (counts && valleys.length < layers) {
      break;
    }
    valleys.splice(shallowest, 1);
    humps.splice(shallowest, 2, Math.max(humps[shallowest]!, humps[shallowest + 1]!));
  }
  return valleys.map(({ position }) => position / VALLEY_BINS);
}

function smooth(counts: Uint32Array): Float64Array {
  const weights = [1, 6, 15, 20, 15, 6, 1];
  let heights = Float64Array.from(counts);
  for (let pass = 0; pass < SMOOTHING_PASSES; pass++) {
    heights = heights.map((_, i, all) => {
      let sum = 0;
      for (let k = -3; k <= 3; k++) {
        sum += weights[k + 3]! * (all[i + k] ?? 0);
      }
      return sum / 64;
    });
  }
  return heights;
}

interface Valley {
  readonly height: number;
  /** Middle of the lowest bins, in bins. */
  readonly position: number;
}

/** Heights of the humps from left to right, and the valleys between each two. */
function findHumps(heights: Float64Array): { humps: number[]; valleys: Valley[] } {
  const humps: number[] = [];
  const valleys: Valley[] = [];
  let start = 0;
  let rising = true;
  for (let i = 1; i <= heights.length; i++) {
    const height = i < heights.length ? heights[i]! : -1;
    const level = heights[start]!;
    if (height === level) {
      continue;
    }
    if (rising && height < level) {
      humps.push(level);
      rising = false;
    } else if (!rising && height > level) {
      valleys.push({ height: level, position: (start + i) / 2 });
      rising = true;
    }
    start = i;
  }
  return { humps, valleys };
}
