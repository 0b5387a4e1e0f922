import { assertInRange } from '../../errors.js';
import { type Bounds, type Heatmap, heatmapBands, type Mask, type Size } from '../../raster/index.js';
import { connectedComponents } from '../components/connected-components.js';
import { findRunLengths, type RunLengths } from '../components/run-lengths.js';
import { thresholdHeatmap } from '../threshold/threshold-heatmap.js';
import { splitTouching } from './split-touching.js';

/** One thing in a heatmap: a connected component of the pixels at or above the threshold, or a part of one. */
export interface Instance {
  /** Its value in `labels`, from 1, the largest first. */
  readonly label: number;
  /** In pixels. */
  readonly area: number;
  readonly bounds: Bounds;
  /** Mean position of its pixels; (0.5, 0.5) is the center of the first pixel of the image. */
  readonly centroid: { readonly x: number; readonly y: number };
  /** Mean probability of its pixels. */
  readonly mean: number;
  /** Highest probability of its pixels. */
  readonly peak: number;
  /** The pixel with the highest probability; of several the first, row by row. */
  readonly peakAt: { readonly x: number; readonly y: number };
}

/** The instances of a heatmap, and the instance of each pixel. */
export interface Instances {
  readonly width: number;
  readonly height: number;
  /** For each pixel the label of its instance, or 0. */
  readonly labels: Int32Array;
  /** Instance `k + 1` at index `k`: by area in descending order, equal areas in the order of their first pixels. */
  readonly instances: readonly Instance[];
}

/** How a heatmap is divided into instances. */
export interface InstanceOptions {
  /** Probability from which a pixel belongs to an instance, 0..1. */
  readonly threshold?: number | undefined;
  /** Whether touching instances are separated by a watershed. */
  readonly splitTouching?: boolean | undefined;
  /** Components with less than this share of the largest one's area are noise, not instances; 0..1. */
  readonly minShare?: number | undefined;
}

/** The defaults of `findInstances`. A `minShare` of 1/400 keeps a thing that is 20 times as far away. */
export const INSTANCE_DEFAULTS = {
  threshold: 0.5,
  splitTouching: false,
  minShare: 1 / 400,
} as const satisfies InstanceOptions;

/**
 * Divides a heatmap into instances: connected components (8-connectivity) of the pixels at or above the threshold.
 * With `splitTouching`, a component that consists of several things is divided along the valleys between their
 * peaks, see `splitTouching`.
 *
 * Throws `OPTION_RANGE` for a threshold or share outside [0, 1].
 *
 * @example
 * import { findInstances, type Heatmap } from 'maskwright/engine';
 *
 * const countOf = (heatmap: Heatmap): number => findInstances(heatmap, { threshold: 0.4 }).instances.length;
 */
export function findInstances(heatmap: Heatmap, options: InstanceOptions = {}): Instances {
  const threshold = options.threshold ?? INSTANCE_DEFAULTS.threshold;
  const minShare = assertInRange('the smallest share', options.minShare ?? INSTANCE_DEFAULTS.minShare, 0, 1);
  const mask = thresholdHeatmap(heatmap, threshold);
  if (!(options.splitTouching ?? INSTANCE_DEFAULTS.splitTouching)) {
    return findMaskInstances(mask, { heatmap, minShare });
  }
  const { labels, components } = connectedComponents(mask);
  const parts = splitTouching(heatmap, { labels, count: components.length }, threshold);
  return sortBySize(heatmap, parts.labels, measureAreas(parts.labels, heatmap, parts.count), minShare);
}

/** The heatmap behind a mask, and the share below which components are noise. */
export interface MaskInstanceOptions extends Pick<InstanceOptions, 'minShare'> {
  /** Without one the probability of every pixel is 1. */
  readonly heatmap?: Heatmap | undefined;
  /** Pixels of the mask count as at least as probable. */
  readonly atLeast?: number | undefined;
}

/**
 * The instances of a mask: connected components (8-connectivity) of its selected pixels (128 and more), as `findInstances` has them.
 * By run lengths: the labels, which take four bytes a pixel, are painted when they are first asked for.
 */
export function findMaskInstances(mask: Mask, options: MaskInstanceOptions = {}): Instances {
  const { heatmap, atLeast = 0, minShare = INSTANCE_DEFAULTS.minShare } = options;
  const { width, height } = mask;
  const runs = findRunLengths(mask, 'selected', 8);
  const areas = new Float64Array(runs.componentCount + 1);
  for (const [run, component] of runs.components.entries()) {
    areas[component + 1]! += runs.ends[run]! - runs.begins[run]!;
  }
  const { order, rank } = rankBySize(areas, minShare);
  const stats = createStats(order.length, width);
  const least = Math.fround(atLeast);
  let run = 0;
  if (heatmap === undefined) {
    measureRuns(runs, run, width * height, undefined, width, rank, least, stats);
  } else {
    for (const band of heatmapBands(heatmap)) {
      run = measureRuns(runs, run, band.begin + band.values.length, band, width, rank, least, stats);
    }
  }
  let painted: Int32Array | undefined;
  return {
    width,
    height,
    get labels() {
      return (painted ??= paintLabels(runs, rank, width * height));
    },
    instances: order.map((part, k) => toInstance(stats, k, areas[part]!, width)),
  };
}

/** Adds the runs from `run` on that begin before pixel `end` to their statistics; the first run that does not. */
function measureRuns(
  { begins, ends, components }: RunLengths,
  run: number,
  end: number,
  band: { readonly begin: number; readonly values: Float32Array } | undefined,
  width: number,
  rank: Int32Array,
  least: number,
  stats: Stats,
): number {
  let next = run;
  for (; next < components.length && begins[next]! < end; next++) {
    const ranked = rank[components[next]! + 1]!;
    if (ranked === 0) continue;
    const row = Math.floor(begins[next]! / width);
    addRun(begins[next]! - row * width, ends[next]! - row * width, row, ranked - 1, stats);
    if (band === undefined) addOnes(begins[next]!, ends[next]!, ranked - 1, stats);
    else
      addValues(
        band.values,
        begins[next]! - band.begin,
        ends[next]! - band.begin,
        band.begin,
        ranked - 1,
        least,
        stats,
      );
  }
  return next;
}

function paintLabels({ begins, ends, components }: RunLengths, rank: Int32Array, pixels: number): Int32Array {
  const labels = new Int32Array(pixels);
  for (const [run, component] of components.entries()) {
    labels.fill(rank[component + 1]!, begins[run], ends[run]);
  }
  return labels;
}

/** Pixels of each label; 0 for label 0. */
function measureAreas(labels: Int32Array, { width, height }: Size, count: number): Float64Array {
  const areas = new Float64Array(count + 1);
  for (let y = 0; y < height; y++) {
    countLabels(labels, y * width, (y + 1) * width, areas);
  }
  areas[0] = 0;
  return areas;
}

/** The labels become ranks in place: nobody else has them. */
function sortBySize(
  { width, height, data }: Heatmap,
  labels: Int32Array,
  areas: Float64Array,
  minShare: number,
): Instances {
  const { order, rank } = rankBySize(areas, minShare);
  const stats = createStats(order.length, width);
  for (let y = 0; y < height; y++) {
    measureRow(labels, data, width, y, rank, stats);
  }
  return { width, height, labels, instances: order.map((part, k) => toInstance(stats, k, areas[part]!, width)) };
}

/** Parts from 1 that are large enough, the largest first; and for each part its place among them from 1, or 0. */
function rankBySize(areas: Float64Array, minShare: number): { readonly order: number[]; readonly rank: Int32Array } {
  const largest = areas.reduce((max, area) => Math.max(max, area), 0);
  // Part labels are numbered in the order of first pixels, and the sort is stable.
  const order = Array.from({ length: areas.length - 1 }, (_, k) => k + 1)
    .filter((label) => areas[label]! > 0 && areas[label]! >= minShare * largest)
    .sort((a, b) => areas[b]! - areas[a]!);
  const rank = new Int32Array(areas.length);
  for (const [k, label] of order.entries()) {
    rank[label] = k + 1;
  }
  return { order, rank };
}

function toInstance(stats: Stats, k: number, area: number, width: number): Instance {
  const [x, y] = [stats.left[k]!, stats.top[k]!];
  const peakIndex = stats.peakIndex[k]!;
  return {
    label: k + 1,
    area,
    bounds: { x, y, width: stats.right[k]! - x, height: stats.bottom[k]! - y },
    centroid: { x: stats.x[k]! / area + 0.5, y: stats.y[k]! / area + 0.5 },
    mean: stats.sum[k]! / area,
    peak: stats.peak[k]!,
    peakAt: { x: peakIndex % width, y: Math.floor(peakIndex / width) },
  };
}

/** What is summed up for each instance. */
interface Stats {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly top: Int32Array;
  readonly bottom: Int32Array;
  /** Sums of positions and of probabilities. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly sum: Float64Array;
  readonly peak: Float32Array;
  readonly peakIndex: Int32Array;
}

function createStats(count: number, width: number): Stats {
  return {
    left: new Int32Array(count).fill(width),
    right: new Int32Array(count),
    top: new Int32Array(count).fill(-1),
    bottom: new Int32Array(count),
    x: new Float64Array(count),
    y: new Float64Array(count),
    sum: new Float64Array(count),
    peak: new Float32Array(count).fill(-1),
    peakIndex: new Int32Array(count),
  };
}

/** Adds the lengths of runs of one label to its area. */
function countLabels(labels: Int32Array, begin: number, end: number, areas: Float64Array): void {
  for (let i = begin; i < end;) {
    const label = labels[i]!;
    const start = i;
    while (i < end && labels[i] === label) i++;
    areas[label]! += i - start;
  }
}

/** Replaces the labels of a row by their ranks, and adds its runs to their statistics. */
function measureRow(
  labels: Int32Array,
  data: Float32Array,
  width: number,
  row: number,
  rank: Int32Array,
  stats: Stats,
): void {
  const begin = row * width;
  const end = begin + width;
  for (let i = begin; i < end;) {
    const label = labels[i]!;
    const start = i;
    while (i < end && labels[i] === label) i++;
    const ranked = rank[label]!;
    if (ranked !== label) labels.fill(ranked, start, i);
    if (ranked === 0) continue;
    const k = ranked - 1;
    addValues(data, start, i, 0, k, 0, stats);
    addRun(start - begin, i - begin, row, k, stats);
  }
}

/** A run from column `from` up to, not including, `to`. */
function addRun(from: number, to: number, row: number, k: number, stats: Stats): void {
  if (from < stats.left[k]!) stats.left[k] = from;
  if (to > stats.right[k]!) stats.right[k] = to;
  if (stats.top[k]! < 0) stats.top[k] = row;
  stats.bottom[k] = row + 1;
  stats.x[k]! += ((from + to - 1) * (to - from)) / 2;
  stats.y[k]! += row * (to - from);
}

/** Pixels whose probability is 1. */
function addOnes(begin: number, end: number, k: number, { sum, peak, peakIndex }: Stats): void {
  sum[k]! += end - begin;
  if (peak[k]! < 1) {
    peak[k] = 1;
    peakIndex[k] = begin;
  }
}

/** Values of a part of the image that begins at pixel `offset`, as `least` at least. */
function addValues(
  data: Float32Array,
  begin: number,
  end: number,
  offset: number,
  k: number,
  least: number,
  { sum, peak, peakIndex }: Stats,
): void {
  let total = sum[k]!;
  let most = peak[k]!;
  for (let i = begin; i < end; i++) {
    const value = data[i]! > least ? data[i]! : least;
    total += value;
    if (value > most) {
      most = value;
      peak[k] = value;
      peakIndex[k] = offset + i;
    }
  }
  sum[k] = total;
}
