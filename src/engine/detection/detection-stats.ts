import type { Bounds, Heatmap, Mask } from '../../raster/index.js';
import { listComponents } from '../components/connected-components.js';

/** Every `Presence`. */
export const PRESENCES = ['present', 'weak', 'absent'] as const;

/**
 * Whether the thing that a phrase names is in the image: `absent` where nothing is selected; `present` where the peak
 * is at least half way from the threshold to 1, and the mean probability of the selection at least 0.6 of the way from
 * the threshold to the peak; `weak` otherwise. The mean is held against the peak, as networks differ in how high they
 * reach: CLIPSeg often stays below 0.8 on a thing that fills half of the image.
 */
export type Presence = (typeof PRESENCES)[number];

/** Statistics of a heatmap and its mask. */
export interface DetectionStats {
  /** The highest probability there is. */
  readonly peak: number;
  /** Mean probability where it reaches the threshold; 0 where it does nowhere. */
  readonly mean: number;
  readonly threshold: number;
  /** Share of the pixels that are selected, 0..1. */
  readonly share: number;
  /** Number of connected components. */
  readonly parts: number;
  /** The largest of them first, at most eight; `share` is of the image. */
  readonly components: readonly { readonly share: number; readonly bounds: Bounds }[];
  readonly presence: Presence;
}

/** For `present`: the least position of the peak between the threshold and 1, and of the mean up to the peak. */
const PRESENT_PEAK = 0.5;
const PRESENT_MEAN = 0.6;
const MAX_COMPONENTS = 8;

/**
 * Measures a heatmap and the mask that was thresholded from it, which may have another size.
 *
 * @param threshold the threshold of the mask, 0..1
 */
export function measureDetection(heatmap: Heatmap, mask: Mask, threshold: number): DetectionStats {
  const limit = Math.fround(threshold);
  let peak = 0;
  let sum = 0;
  let count = 0;
  for (const value of heatmap.data) {
    if (value > peak) {
      peak = value;
    }
    if (value >= limit) {
      sum += value;
      count++;
    }
  }
  const components = listComponents(mask);
  const pixels = mask.data.length;
  const selected = components.reduce((total, { area }) => total + area, 0);
  const mean = count === 0 ? 0 : sum / count;
  return {
    peak,
    mean,
    threshold,
    share: selected / pixels,
    parts: components.length,
    components: components
      .toSorted((a, b) => b.area - a.area)
      .slice(0, MAX_COMPONENTS)
      .map(({ area, bounds }) => ({ share: area / pixels, bounds })),
    presence: selected === 0 ? 'absent' : isPresent(peak, mean, threshold) ? 'present' : 'weak',
  };
}

function isPresent(peak: number, mean: number, threshold: number): boolean {
  return peak >= threshold + PRESENT_PEAK * (1 - threshold) && mean >= threshold + PRESENT_MEAN * (peak - threshold);
}
