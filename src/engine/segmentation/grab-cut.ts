import { createMask, type Mask, type Raster } from '../../raster/index.js';
import { MaskwrightError } from '../../errors.js';
import { type ColorPlanes, toColorPlanes } from '../filters/color-planes.js';
import { type ColorPalette, quantizeColors } from './color-palette.js';
import { type ContrastLinks, contrastLinks } from './contrast-links.js';
import { fitGaussianMixture, logDensities } from './gaussian-mixture.js';
import { gridMinCut } from './grid-min-cut.js';

/** What is known of a pixel: the values of OpenCV's `GC_BGD`, `GC_FGD`, `GC_PR_BGD` and `GC_PR_FGD`. */
export const GRAB_CUT_LABELS = {
  background: 0,
  foreground: 1,
  probableBackground: 2,
  probableForeground: 3,
} as const;

/** Parameters of `grabCut`. */
export interface GrabCutOptions {
  /** Rounds of fitting colors and cutting, at most; it ends where a round changes nothing. */
  readonly iterations?: number | undefined;
  /** Gaussians of each color model. */
  readonly components?: number | undefined;
  /** Weight of smooth borders against colors: the cost of a border between two equal colors. */
  readonly smoothness?: number | undefined;
  /** For each pixel log(p / (1 - p)) of a probability `p` known from elsewhere, added to what colors say. */
  readonly logOdds?: Float32Array | undefined;
}

/** Defaults of `grabCut`. */
export const GRAB_CUT_DEFAULTS = {
  iterations: 5,
  components: 5,
  smoothness: 50,
} as const satisfies GrabCutOptions;

/** Capacities are integers: a cost of 1 is this many. */
const COST_SCALE = 1000;

/** Costs above this cannot decide anything, and sums of capacities must stay below 2^31. */
const MAX_COST = 1e4;

/**
 * Separates a thing from its surroundings: color models of both are learned from the pixels labeled as either, the
 * cheapest border is cut along contrasts, and both are repeated (Rother, Kolmogorov and Blake, "GrabCut", 2004).
 * Pixels labeled `foreground` and `background` keep their label; probable ones may change.
 *
 * @param image 8 or 16 bit; alpha is ignored
 * @param labels one of `GRAB_CUT_LABELS` for each pixel, row by row
 * @returns 255 where the thing is, 0 elsewhere
 * @throws `SIZE_MISMATCH` unless there is one label a pixel
 * @example
 * import { GRAB_CUT_LABELS, grabCut, type Mask, type Raster } from 'maskwright/engine';
 *
 * // Columns 30 to 89 of rows 20 to 79 probably show the thing, all else is background.
 * const inBox = (image: Raster): Mask => {
 *   const labels = new Uint8Array(image.width * image.height);
 *   for (let y = 20; y < 80; y++) {
 *     labels.fill(GRAB_CUT_LABELS.probableForeground, y * image.width + 30, y * image.width + 90);
 *   }
 *   return grabCut(image, labels);
 * };
 */
export function grabCut(image: Raster, labels: Uint8Array, options: GrabCutOptions = {}): Mask {
  const { width, height } = image;
  if (labels.length !== width * height) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `grabCut has ${labels.length} labels for an image of ${width} x ${height} pixels`,
      { hint: 'give one label a pixel' },
    );
  }
  const planes = toColorPlanes(image);
  const { iterations = GRAB_CUT_DEFAULTS.iterations, smoothness = GRAB_CUT_DEFAULTS.smoothness } = options;
  const scene = { palette: quantizeColors(planes), links: contrastLinks(planes) };
  let selected: Uint8Array = labels.map((label) => label & 1);
  for (let round = 0; round < iterations; round++) {
    const odds = colorLogOdds(scene.palette, selected, options.components);
    if (odds === undefined) break;
    if (options.logOdds !== undefined) {
      for (let i = 0; i < odds.length; i++) odds[i]! += options.logOdds[i]!;
    }
    const next = cutAlongContrasts(planes, odds, labels, scene.links, smoothness);
    const changed = next.some((value, i) => value !== selected[i]);
    selected = next;
    if (!changed) break;
  }
  return createMask(
    width,
    height,
    selected.map((value) => (value === 0 ? 0 : 255)),
  );
}

/** log(p(color | selected) / p(color | not selected)) of each pixel; undefined where either holds no pixel. */
export function colorLogOdds(
  palette: ColorPalette,
  selected: Uint8Array,
  components: number | undefined,
): Float32Array | undefined {
  const { colors, indexes } = palette;
  const inside = new Float32Array(colors.length / 3);
  const outside = new Float32Array(colors.length / 3);
  let count = 0;
  for (let i = 0; i < indexes.length; i++) {
    if (selected[i] === 0) {
      outside[indexes[i]!]!++;
    } else {
      inside[indexes[i]!]!++;
      count++;
    }
  }
  if (count === 0 || count === indexes.length) return undefined;
  const of = logDensities(fitGaussianMixture(colors, inside, { components }), colors);
  const against = logDensities(fitGaussianMixture(colors, outside, { components }), colors);
  const out = new Float32Array(indexes.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = of[indexes[i]!]! - against[indexes[i]!]!;
  }
  return out;
}

/**
 * The selection that costs least: minus the log odds of its pixels, plus `smoothness` times the ties that its border
 * cuts. Pixels whose label is certain are no nodes: their ties are costs of their neighbors.
 */
export function cutAlongContrasts(
  { width, height }: ColorPlanes | Raster,
  logOdds: Float32Array,
  labels: Uint8Array,
  links: ContrastLinks,
  smoothness: number,
): Uint8Array {
  const count = width * height;
  const terminals = new Int32Array(count);
  const { foreground } = GRAB_CUT_LABELS;
  for (let i = 0; i < count; i++) {
    if (labels[i]! > foreground) {
      terminals[i] = COST_SCALE * Math.min(Math.max(logOdds[i]!, -MAX_COST), MAX_COST);
    }
  }
  const scale = smoothness * COST_SCALE;
  const weigh = (ties: Float32Array, step: number): Int32Array => weighLinks(ties, step, scale, labels, terminals);
  const sourceSide = gridMinCut({
    width,
    height,
    right: weigh(links.right, 1),
    down: weigh(links.down, width),
    downRight: weigh(links.downRight, width + 1),
    downLeft: weigh(links.downLeft, width - 1),
    terminals,
  });
  for (let i = 0; i < count; i++) {
    if (labels[i]! <= foreground) sourceSide[i] = labels[i]!;
  }
  return sourceSide;
}

/** Capacities of the links by `step` between undecided pixels; those to certain pixels are added to the terminals. */
function weighLinks(
  ties: Float32Array,
  step: number,
  scale: number,
  labels: Uint8Array,
  terminals: Int32Array,
): Int32Array {
  const { background, foreground } = GRAB_CUT_LABELS;
  const out = new Int32Array(ties.length);
  for (let i = 0; i < out.length; i++) {
    const one = labels[i]!;
    const other = labels[i + step]!;
    if (one <= foreground && !(other > foreground)) continue;
    const value = Math.round(ties[i]! * scale);
    if (value === 0) continue;
    if (one > foreground && other > foreground) {
      out[i] = value;
    } else if (one > foreground) {
      terminals[i]! += other === background ? -value : value;
    } else {
      terminals[i + step]! += one === background ? -value : value;
    }
  }
  return out;
}
