import type { Bounds, Heatmap, Mask } from '../../raster/index.js';
import { connectedComponents } from '../components/connected-components.js';

/** Every `Presence`. */
export const PRESENCES = ['present', 'weak', 'absent'] as const;

/**
 * Whether the thing that a phrase names is in the image: `absent` where nothing is selected; `present` where the
 * mean probability of the selection is at least `threshold + 0.6 (1 - threshold)`; `weak` otherwise.
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

/** The least position of the mean between the threshold and 1 for `present`. */
const PRESENT_MARGIN = 0.6;
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
  const { components } = connectedComponents(mask);
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
    presence: selected === 0 ? 'absent' : mean >= threshold + (1 - threshold) * PRESENT_MARGIN ? 'present' : 'weak',
  };
}
