import { type Heatmap, heatmapToMask } from '../../raster/index.js';
import { chooseThreshold } from './threshold-mask.js';

/** Every `AutoThresholdMethod`. */
export const AUTO_THRESHOLD_METHODS = ['otsu', 'stable'] as const;
/** How `autoThreshold` chooses. */
export type AutoThresholdMethod = (typeof AUTO_THRESHOLD_METHODS)[number];

/** Options of `autoThreshold`. */
export interface AutoThresholdOptions {
  readonly method?: AutoThresholdMethod | undefined;
}

export const AUTO_THRESHOLD_DEFAULTS = { method: 'otsu', min: 0.25, max: 0.9 } as const;

/**
 * A threshold chosen from the heatmap's own values, limited to 0.25 to 0.9, in hundredths.
 *
 * `otsu` divides the probabilities into two classes of minimum variance (Otsu 1979) and takes the middle
 * between their means. `stable` takes the threshold around which the selected area changes least, relative
 * to its size. `test/bench/thresholds.md` compares them.
 */
export function autoThreshold(heatmap: Heatmap, options: AutoThresholdOptions = {}): number {
  const { min, max } = AUTO_THRESHOLD_DEFAULTS;
  const method = options.method ?? AUTO_THRESHOLD_DEFAULTS.method;
  const threshold = method === 'otsu' ? middleOfGroups(heatmap) : stableThreshold(heatmap);
  return Math.min(Math.max(Math.round(threshold * 100) / 100, min), max);
}

function middleOfGroups(heatmap: Heatmap): number {
  const limit = chooseThreshold(heatmapToMask(heatmap), 'otsu') / 255;
  const sums = [0, 0];
  const counts = [0, 0];
  for (const value of heatmap.data) {
    const group = value >= limit ? 1 : 0;
    sums[group]! += value;
    counts[group]!++;
  }
  return counts[0] === 0 || counts[1] === 0 ? 0.5 : (sums[0]! / counts[0]! + sums[1]! / counts[1]!) / 2;
}

const STEPS = 100;
/** The range around a threshold, in hundredths, over which the change is measured. */
const SPAN = 10;

function stableThreshold({ data }: Heatmap): number {
  const counts = new Uint32Array(STEPS + 1);
  for (const value of data) {
    counts[Math.floor(value * STEPS)]!++;
  }
  const selected = new Float64Array(STEPS + 1);
  let sum = 0;
  for (let step = STEPS; step >= 0; step--) {
    sum += counts[step]!;
    selected[step] = sum;
  }
  let best = STEPS / 2;
  let smallest = Infinity;
  for (let step = SPAN; step <= STEPS - SPAN; step++) {
    const change = (selected[step - SPAN / 2]! - selected[step + SPAN / 2]!) / selected[step]!;
    if (selected[step]! > 0 && change < smallest) {
      smallest = change;
      best = step;
    }
  }
  return best / STEPS;
}
