import { boxMean } from '../filters/box-sum.js';
import type { ColorPlanes } from '../filters/color-planes.js';
import { applyModels, guidedFit } from '../filters/guided-filter.js';
import { type ColorPalette, quantizeColors } from './color-palette.js';
import { contrastLinks } from './contrast-links.js';
import { inParts } from '../in-parts.js';
import { fitGaussianMixture, logDensities } from './gaussian-mixture.js';
import { cutAlongContrasts, GRAB_CUT_LABELS } from './grab-cut.js';

/** A heatmap over the same pixels as the colors, and how to read it. */
export interface Likelihood {
  /** Probability of each pixel, 0..1. */
  readonly values: Float32Array;
  /** Probability at which a pixel is as likely selected as not. */
  readonly pivot: number;
  /** What the heatmap has where nothing is, and at its highest. */
  readonly floor: number;
  readonly peak: number;
  /** Pixels that one step of a heatmap of 352 pixels covers: lengths below are in such steps. */
  readonly unitPx: number;
  /** How many times sharper than usual its edges are, 1 or more: its log odds count as much more. */
  readonly sharpness: number;
}

export interface ColorSelection {
  /** 1 where the thing is, 0 elsewhere. */
  readonly selected: Uint8Array;
  /** For each pixel 0..1: how far colors tell the thing from its surroundings there. */
  readonly certainty: Float32Array;
  /** Linear models of color that reproduce the selection: four values a pixel, see `guidedFit`. */
  readonly models: Float32Array;
}

/** Chosen by cross-validation on photographs: `test/bench/photographs.md`. */
const LOCAL_RADIUS = 5;
const CONTRAST_RADIUS = 12;
const CERTAIN_RADIUS = 8;
const SURROUNDINGS = 24;
const EDGE_RADIUS = 3;
const COLOR_WEIGHT = 0.55;
const BIAS = 0.3;
const SMOOTHNESS = 5;
const MAX_COLOR_ODDS = 5;
const ROUNDS = 2;
/** Means below this hold nothing but what rounding left. */
const NEARLY_NONE = 1e-6;

const { background, foreground, probableForeground } = GRAB_CUT_LABELS;

/**
 * Selects the thing that a coarse heatmap shows, along the image's edges. The log odds of a pixel are the sum of what
 * three witnesses say: linear models of color fitted to the heatmap around the pixel (guided filter), the heatmap
 * against its own local mean, which undoes its blur, and Gaussian mixtures of the thing's and the surroundings' colors
 * (GrabCut), fitted once more to what they select. A minimum cut along contrasts decides.
 *
 * @param components Gaussians of each color model
 * @returns undefined where nothing or everything is selected
 */
export function selectAlongColors(
  planes: ColorPlanes,
  likelihood: Likelihood,
  components?: number,
): ColorSelection | undefined {
  const { values, pivot, floor, peak, sharpness } = likelihood;
  const { width, height } = planes;
  const radiusOf = (steps: number): number => Math.max(1, Math.round(steps * likelihood.unitPx));
  const mean = (plane: Float32Array, steps: number): Float32Array => boxMean(plane, width, height, radiusOf(steps));

  const smooth = mean(values, CERTAIN_RADIUS);
  const lowest = floor + 0.08 * (peak - floor);
  const highest = floor + 0.94 * (peak - floor);
  const labels = new Uint8Array(smooth.length);
  inParts(labels.length, (begin, end) => labelPart(smooth, lowest, highest, labels, begin, end));

  const level = 0.9 * pivot;
  const local = applyModels(
    guidedFit(planes, values, doubtWeights(values, level), { radius: radiusOf(LOCAL_RADIUS), epsilon: 1e-5 }),
    planes,
  );
  const around = mean(values, CONTRAST_RADIUS);
  const prior = priorLogOdds(values, local, around, labels, sharpness, BIAS - Math.log(odds(pivot)));

  const palette = quantizeColors(planes);
  const links = contrastLinks(planes);
  const inside = new Float32Array(values.length);
  const outside = new Float32Array(values.length);
  inParts(values.length, (begin, end) => markAbove(values, level, outside, begin, end));
  const near = mean(outside, SURROUNDINGS);
  inParts(values.length, (begin, end) => divideByLevel(values, level, near, inside, outside, begin, end));
  let selected: Uint8Array = new Uint8Array(0);
  let colorOdds: Float32Array = new Float32Array(0);
  const total = new Float32Array(values.length);
  for (let round = 0; round < ROUNDS; round++) {
    const found = mixtureLogOdds(palette, inside, outside, components);
    if (found === undefined) return undefined;
    colorOdds = found;
    inParts(total.length, (begin, end) => addColors(prior, found, total, begin, end));
    // The cut takes longest and changes little for the colors to come: what is selected at first is what most pixels
    // around say.
    selected =
      round === ROUNDS - 1
        ? cutAlongContrasts(planes, total, labels, links, SMOOTHNESS)
        : selectBySign(boxMean(total, width, height, 1), labels);
    const sides = selected;
    inParts(total.length, (begin, end) => divideBySelection(sides, near, inside, outside, begin, end));
  }

  const target = new Float32Array(selected);
  const radius = Math.max(radiusOf(EDGE_RADIUS), 3);
  const models = guidedFit(planes, target, new Float32Array(target.length).fill(1), { radius, epsilon: 1e-5 });
  const explained = explainedShare(target, applyModels(models, planes), planes, radius);
  const separation = meanDifference(colorOdds, selected, labels);
  const informative = ramp(separation, 0.3, 1.5);
  inParts(explained.length, (begin, end) => toCertainty(explained, colorOdds, informative, begin, end));
  return { selected, certainty: mean(explained, 1), models };
}

function labelPart(
  smooth: Float32Array,
  lowest: number,
  highest: number,
  labels: Uint8Array,
  begin: number,
  end: number,
): void {
  for (let i = begin; i < end; i++) {
    const value = smooth[i]!;
    labels[i] = value < lowest ? background : value > highest ? foreground : probableForeground;
  }
}

function markAbove(values: Float32Array, level: number, out: Float32Array, begin: number, end: number): void {
  for (let i = begin; i < end; i++) out[i] = values[i]! > level ? 1 : 0;
}

/** How far pixels count for the colors of the thing and of its surroundings, at first. */
function divideByLevel(
  values: Float32Array,
  level: number,
  near: Float32Array,
  inside: Float32Array,
  outside: Float32Array,
  begin: number,
  end: number,
): void {
  for (let i = begin; i < end; i++) {
    inside[i] = Math.max(values[i]! - level, 0);
    outside[i] = near[i]! > NEARLY_NONE ? Math.max(level - values[i]!, 0) : 0;
  }
}

/** As `divideByLevel`, by what is selected. */
function divideBySelection(
  selected: Uint8Array,
  near: Float32Array,
  inside: Float32Array,
  outside: Float32Array,
  begin: number,
  end: number,
): void {
  for (let i = begin; i < end; i++) {
    inside[i] = selected[i]!;
    outside[i] = near[i]! > NEARLY_NONE ? 1 - selected[i]! : 0;
  }
}

function addColors(prior: Float32Array, found: Float32Array, total: Float32Array, begin: number, end: number): void {
  for (let i = begin; i < end; i++) total[i] = prior[i]! + COLOR_WEIGHT * found[i]!;
}

/** Pixels above 0, and those that are certain. */
function selectBySign(logOdds: Float32Array, labels: Uint8Array): Uint8Array {
  const out = new Uint8Array(labels.length);
  inParts(out.length, (begin, end) => selectPart(logOdds, labels, out, begin, end));
  return out;
}

function selectPart(logOdds: Float32Array, labels: Uint8Array, out: Uint8Array, begin: number, end: number): void {
  for (let i = begin; i < end; i++) {
    out[i] = labels[i] === foreground || (labels[i] === probableForeground && logOdds[i]! > 0) ? 1 : 0;
  }
}

function toCertainty(
  explained: Float32Array,
  colorOdds: Float32Array,
  informative: number,
  begin: number,
  end: number,
): void {
  for (let i = begin; i < end; i++) {
    explained[i] = Math.max(ramp(explained[i]!, 0.1, 0.4), informative * ramp(Math.abs(colorOdds[i]!), 0, 2));
  }
}

/** What the heatmap alone says of each undecided pixel. The local mean counts twice; the sum of logarithms is one of a product. */
function priorLogOdds(
  values: Float32Array,
  local: Float32Array,
  around: Float32Array,
  labels: Uint8Array,
  sharpness: number,
  bias: number,
): Float32Array {
  const out = new Float32Array(values.length);
  inParts(out.length, (begin, end) => {
    for (let i = begin; i < end; i++) {
      if (labels[i] !== probableForeground) continue;
      const contrast = odds(values[i]!) / odds(around[i]!);
      out[i] = sharpness * (Math.log(odds(local[i]!) * contrast * contrast) + bias);
    }
  });
  return out;
}

/** p / (1 - p), of probabilities kept away from 0 and 1. */
function odds(probability: number): number {
  const p = probability < 0.005 ? 0.005 : probability > 0.995 ? 0.995 : probability;
  return p / (1 - p);
}

function ramp(value: number, from: number, to: number): number {
  return Math.min(Math.max((value - from) / (to - from), 0), 1);
}

/** The square of the distance from the pivot, as a share of the greatest on that side: doubtful pixels learn from others. */
function doubtWeights(values: Float32Array, pivot: number): Float32Array {
  const below = 1 / Math.max(pivot, 1e-3);
  const above = 1 / Math.max(1 - pivot, 1e-3);
  const out = new Float32Array(values.length);
  inParts(out.length, (begin, end) => weighDoubt(values, pivot, below, above, out, begin, end));
  return out;
}

function weighDoubt(
  values: Float32Array,
  pivot: number,
  below: number,
  above: number,
  out: Float32Array,
  begin: number,
  end: number,
): void {
  for (let i = begin; i < end; i++) {
    const value = values[i]!;
    const share = (value - pivot) * (value < pivot ? below : above);
    out[i] = share * share + 1e-3;
  }
}

function mixtureLogOdds(
  { colors, indexes }: ColorPalette,
  inside: Float32Array,
  outside: Float32Array,
  components: number | undefined,
): Float32Array | undefined {
  const of = new Float32Array(colors.length / 3);
  const against = new Float32Array(colors.length / 3);
  let [insideSum, outsideSum] = [0, 0];
  for (let i = 0; i < indexes.length; i++) {
    of[indexes[i]!]! += inside[i]!;
    against[indexes[i]!]! += outside[i]!;
    insideSum += inside[i]!;
    outsideSum += outside[i]!;
  }
  if (insideSum === 0 || outsideSum === 0) return undefined;
  const odds = logDensities(fitGaussianMixture(colors, of, { components }), colors);
  const others = logDensities(fitGaussianMixture(colors, against, { components }), colors);
  for (let k = 0; k < odds.length; k++) {
    odds[k] = Math.min(Math.max(odds[k]! - others[k]!, -MAX_COLOR_ODDS), MAX_COLOR_ODDS);
  }
  const out = new Float32Array(indexes.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = odds[indexes[i]!]!;
  }
  return out;
}

/**
 * How much smaller the errors of a fit to color are around each pixel than those of a fit without color, which is a
 * blur: 0 where color explains nothing, 1 where it explains everything.
 */
function explainedShare(
  target: Float32Array,
  fitted: Float32Array,
  { width, height }: ColorPlanes,
  radius: number,
): Float32Array {
  const mean = (plane: Float32Array): Float32Array => boxMean(plane, width, height, radius);
  const blurred = mean(mean(target));
  const squares = (guess: Float32Array): Float32Array => {
    const out = new Float32Array(target.length);
    for (let i = 0; i < out.length; i++) {
      const error = target[i]! - guess[i]!;
      out[i] = error * error;
    }
    return mean(out);
  };
  const errors = squares(fitted);
  const most = squares(blurred);
  for (let i = 0; i < most.length; i++) most[i] = most[i]! < 1e-3 ? 0 : Math.max(1 - errors[i]! / most[i]!, 0);
  return most;
}

/** Mean of `values` over undecided pixels that were selected, less the mean over those that were not. */
function meanDifference(values: Float32Array, selected: Uint8Array, labels: Uint8Array): number {
  const sums = [0, 0];
  const counts = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (labels[i] !== probableForeground) continue;
    sums[selected[i]!]! += values[i]!;
    counts[selected[i]!]!++;
  }
  return counts[0] === 0 || counts[1] === 0 ? 0 : sums[1]! / counts[1]! - sums[0]! / counts[0]!;
}
