import { type Heatmap, heatmapToMask } from '../../raster/index.js';
import { chooseThreshold } from './threshold-mask.js';

/** Every `AutoThresholdMethod`. */
export const AUTO_THRESHOLD_METHODS = ['otsu', 'stable'] as const;
/** How `autoThreshold` chooses. */
export type AutoThresholdMethod = (typeof AUTO_THRESHOLD_METHODS)[number];

/** How to choose; `otsu` where nothing is said. */
export interface AutoThresholdOptions {
  readonly method?: AutoThresholdMethod | undefined;
}

export const AUTO_THRESHOLD_DEFAULTS = { method: 'otsu', least: 0.25, most: 0.9 } as const;

/**
 * A threshold chosen by the heatmap itself, between 0.25 and 0.9: what is nowhere that likely is not selected.
 *
 * `otsu` parts the probabilities into two groups that are each as alike as can be (Otsu 1979), and takes the
 * middle between their means. `stable` takes the threshold round which the selection changes the least, as a
 * share of what is selected. `test/bench/thresholds.md` compares them.
 */
export function autoThreshold(heatmap: Heatmap, options: AutoThresholdOptions = {}): number {
  const { least, most } = AUTO_THRESHOLD_DEFAULTS;
  const method = options.method ?? AUTO_THRESHOLD_DEFAULTS.method;
  const threshold = method === 'otsu' ? middleOfGroups(heatmap) : stableThreshold(heatmap);
  return Math.min(Math.max(Math.round(threshold * 100) / 100, least), most);
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
/** How many hundredths a threshold is judged over. */
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
  let least = Infinity;
  for (let step = SPAN; step <= STEPS - SPAN; step++) {
    const change = (selected[step - SPAN / 2]! - selected[step + SPAN / 2]!) / selected[step]!;
    if (selected[step]! > 0 && change < least) {
      least = change;
      best = step;
    }
  }
  return best / STEPS;
}
