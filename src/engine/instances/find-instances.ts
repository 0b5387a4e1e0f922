import { assertInRange } from '../../errors.js';
import type { Bounds, Heatmap } from '../../raster/index.js';
import { connectedComponents } from '../components/connected-components.js';
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
  const { labels, components } = connectedComponents(thresholdHeatmap(heatmap, threshold));
  let parts: { readonly labels: Int32Array; readonly count: number } = { labels, count: components.length };
  if (options.splitTouching ?? INSTANCE_DEFAULTS.splitTouching) {
    parts = splitTouching(heatmap, parts, threshold);
  }
  return sortBySize(heatmap, parts, minShare);
}

function sortBySize(
  { width, height, data }: Heatmap,
  parts: { readonly labels: Int32Array; readonly count: number },
  minShare: number,
): Instances {
  const areas = new Float64Array(parts.count + 1);
  for (const label of parts.labels) {
    areas[label]!++;
  }
  areas[0] = 0;
  const largest = areas.reduce((max, area) => Math.max(max, area), 0);
  // Part labels are numbered in the order of first pixels, and the sort is stable.
  const order = Array.from({ length: parts.count }, (_, k) => k + 1)
    .filter((label) => areas[label]! > 0 && areas[label]! >= minShare * largest)
    .sort((a, b) => areas[b]! - areas[a]!);
  const rank = new Int32Array(parts.count + 1);
  for (const [k, label] of order.entries()) {
    rank[label] = k + 1;
  }
  // In place: nobody else has the labels of the parts.
  const { labels } = parts;
  const stats = order.map(() => ({ x0: width, x1: 0, y0: height, y1: 0, x: 0, y: 0, sum: 0, peak: -1, peakIndex: 0 }));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const label = rank[labels[i]!]!;
      labels[i] = label;
      if (label === 0) {
        continue;
      }
      const s = stats[label - 1]!;
      const value = data[i]!;
      s.x0 = x < s.x0 ? x : s.x0;
      s.x1 = x > s.x1 ? x : s.x1;
      s.y0 = y < s.y0 ? y : s.y0;
      s.y1 = y;
      s.x += x;
      s.y += y;
      s.sum += value;
      if (value > s.peak) {
        s.peak = value;
        s.peakIndex = i;
      }
    }
  }
  const instances = stats.map((s, k): Instance => {
    const area = areas[order[k]!]!;
    return {
      label: k + 1,
      area,
      bounds: { x: s.x0, y: s.y0, width: s.x1 - s.x0 + 1, height: s.y1 - s.y0 + 1 },
      centroid: { x: s.x / area + 0.5, y: s.y / area + 0.5 },
      mean: s.sum / area,
      peak: s.peak,
      peakAt: { x: s.peakIndex % width, y: Math.floor(s.peakIndex / width) },
    };
  });
  return { width, height, labels, instances };
}
