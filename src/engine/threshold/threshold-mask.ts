import { assertInRange, invalidOption } from '../../errors.js';
import type { Mask } from '../../raster/index.js';
import { applyLut } from '../tone/apply-lut.js';
import { byteHistogram } from '../tone/value-histogram.js';
import { thresholdHysteresis } from './threshold-hysteresis.js';
import { thresholdLut } from './threshold-lut.js';

/**
 * The threshold of a soft mask: a value (0..255; selected from there on), a method that chooses the value by
 * the histogram, or two values for hysteresis: components of values from `low` that contain one from `high`.
 */
export type MaskThreshold = number | ThresholdMethod | { readonly low: number; readonly high: number };

/** Every `ThresholdMethod`. */
export const THRESHOLD_METHODS = ['otsu', 'triangle'] as const;
/** How `chooseThreshold` chooses. */
export type ThresholdMethod = (typeof THRESHOLD_METHODS)[number];

/** A binary mask, 0 and 255. Throws `OPTION_RANGE` for values out of range or out of order. */
export function thresholdMask(mask: Mask, threshold: MaskThreshold): Mask {
  if (typeof threshold === 'object') {
    const { low, high } = threshold;
    assertInRange('the low threshold', low, 0, 255);
    assertInRange('the high threshold', high, 0, 255);
    if (low > high) {
      throw invalidOption('the low threshold', `at most the high one, ${high}`, low);
    }
    return thresholdHysteresis(mask, low, high);
  }
  const limit =
    typeof threshold === 'string'
      ? chooseThreshold(mask, threshold)
      : assertInRange('the threshold', threshold, 0, 255);
  return applyLut(mask, thresholdLut(limit));
}

/**
 * The value from which a mask is selected, chosen by its histogram; 128 for a mask of one value.
 *
 * `otsu` maximizes the variance between the two classes (Otsu 1979): for masks with two clear groups.
 * `triangle` takes the value farthest from the line between the histogram's peak and the end of its longer
 * tail (Zack, Rogers and Latt 1977): for masks that are mostly one value.
 */
export function chooseThreshold(mask: Mask, method: ThresholdMethod): number {
  const counts = byteHistogram(mask.data);
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  if (first === last) {
    return 128;
  }
  return method === 'otsu' ? otsu(counts) : triangle(counts, first, last);
}

function otsu(counts: Uint32Array): number {
  let total = 0;
  let totalSum = 0;
  for (let value = 0; value < 256; value++) {
    total += counts[value]!;
    totalSum += value * counts[value]!;
  }
  let below = 0;
  let belowSum = 0;
  let best = 0;
  let bestVariance = -1;
  for (let value = 0; value < 255; value++) {
    below += counts[value]!;
    belowSum += value * counts[value]!;
    const above = total - below;
    if (below === 0 || above === 0) {
      continue;
    }
    const difference = belowSum / below - (totalSum - belowSum) / above;
    const variance = below * above * difference * difference;
    if (variance > bestVariance) {
      bestVariance = variance;
      best = value + 1;
    }
  }
  return best;
}

function triangle(counts: Uint32Array, first: number, last: number): number {
  const peak = counts.indexOf(counts.reduce((a, b) => Math.max(a, b)));
  const step = peak - first < last - peak ? 1 : -1;
  const end = step === 1 ? last : first;
  let best = peak;
  let farthest = -1;
  for (let value = peak; value !== end; value += step) {
    // Twice the area of the triangle over the line, which grows as the distance to it does.
    const distance = counts[peak]! * Math.abs(end - value) - counts[value]! * Math.abs(end - peak);
    if (distance > farthest) {
      farthest = distance;
      best = value;
    }
  }
  return step === 1 ? best + 1 : best;
}
