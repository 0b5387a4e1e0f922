import { createHeatmap, type Heatmap, type Raster, resizeHeatmap, sampleMaximum, type Size } from '../raster/index.js';
import { type ColorPlanes, guidedFit } from './guided-fit.js';

/** Settings of `refineHeatmap`. The defaults are what measured best. */
export interface RefineOptions {
  /** Long side, in pixels, of the small copy of the picture that models are fitted on. */
  readonly fitSide?: number | undefined;
  /** How far around itself a pixel of that copy looks for the colours of what it belongs to. */
  readonly fitRadius?: number | undefined;
  /** Variance of colour (0..1 squared) below which differences are taken for noise. */
  readonly epsilon?: number | undefined;
  /** Rounds of fitting; each starts from what the one before found. */
  readonly rounds?: number | undefined;
  /** Probability where selected and not selected meet: pixels near it are doubtful, and learn from the others. */
  readonly pivot?: number | undefined;
}

/** What `refineHeatmap` takes for what was left out. */
export const REFINE_DEFAULTS = {
  fitSide: 352,
  fitRadius: 8,
  epsilon: 1e-5,
  rounds: 2,
  pivot: 0.5,
} as const satisfies RefineOptions;

/** What a pixel at the pivot still counts. */
const LEAST_WEIGHT = 1e-3;

/**
 * A coarse heatmap brought to the picture's size along the picture's own edges: around each place a linear
 * model of colour is fitted to the probabilities, on a small copy of the picture, and applied to the full
 * one (fast guided filter, He & Sun 2015, with a colour guide). Other than there, pixels count by how far
 * they are from the pivot, and fitting is repeated, so that sure pixels teach doubtful ones. What comes out
 * stays within what the heatmap says nearby: colour moves edges, it never adds certainty.
 *
 * Where colours tell nothing, what comes out is a smooth heatmap. `test/bench/edges.md` has it beside others.
 */
export function refineHeatmap(heatmap: Heatmap, picture: Raster, options: RefineOptions = {}): Heatmap {
  const {
    fitSide = REFINE_DEFAULTS.fitSide,
    fitRadius = REFINE_DEFAULTS.fitRadius,
    epsilon = REFINE_DEFAULTS.epsilon,
    rounds = REFINE_DEFAULTS.rounds,
    pivot = REFINE_DEFAULTS.pivot,
  } = options;
  const scale = Math.min(1, fitSide / Math.max(picture.width, picture.height));
  const size = {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
  const guide = shrinkToPlanes(picture, size);
  const fitOptions = { radius: fitRadius, epsilon };
  let target = resizeHeatmap(heatmap, size).data;
  const range = localRange(target, size, fitRadius);
  let models = guidedFit(guide, target, weightsAround(target, pivot), fitOptions);
  for (let round = 1; round < rounds; round++) {
    target = applyToPlanes(models, guide);
    models = guidedFit(guide, target, weightsAround(target, pivot), fitOptions);
  }
  return createHeatmap(picture.width, picture.height, applyToPicture(models, range, size, picture));
}

/** The square of the distance from the pivot, as a share of the greatest there is on that side. */
function weightsAround(target: Float32Array, pivot: number): Float32Array {
  const below = 1 / Math.max(pivot, 1e-3);
  const above = 1 / Math.max(1 - pivot, 1e-3);
  const out = new Float32Array(target.length);
  for (let i = 0; i < out.length; i++) {
    const distance = target[i]! - pivot;
    const share = distance * (distance < 0 ? below : above);
    out[i] = share * share + LEAST_WEIGHT;
  }
  return out;
}

function applyToPlanes(models: Float32Array, { red, green, blue }: ColorPlanes): Float32Array {
  const out = new Float32Array(red.length);
  for (let i = 0, m = 0; i < out.length; i++, m += 4) {
    const value = models[m]! * red[i]! + models[m + 1]! * green[i]! + models[m + 2]! * blue[i]! + models[m + 3]!;
    out[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
  return out;
}

/** Applies the models, interpolated between their pixels, to every pixel of the picture, within the range there. */
function applyToPicture(models: Float32Array, range: Float32Array, size: Size, picture: Raster): Float32Array {
  const { width, height, channels, data } = picture;
  const scale = 1 / sampleMaximum(picture);
  const out = new Float32Array(width * height);
  const row = new Float32Array((size.width + 1) * 6);
  const left = new Int32Array(width);
  const fraction = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const position = Math.min(Math.max(((x + 0.5) * size.width) / width - 0.5, 0), size.width - 1);
    left[x] = Math.floor(position) * 6;
    fraction[x] = position - Math.floor(position);
  }
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    const position = Math.min(Math.max(((y + 0.5) * size.height) / height - 0.5, 0), size.height - 1);
    const top = Math.floor(position) * size.width;
    const bottom = Math.min(top + size.width, (size.height - 1) * size.width);
    const weight = position - Math.floor(position);
    for (let x = 0, m = 0; x < size.width; x++, m += 6) {
      const a = top + x;
      const b = bottom + x;
      for (let k = 0; k < 4; k++) {
        const value = models[a * 4 + k]!;
        row[m + k] = value + (models[b * 4 + k]! - value) * weight;
      }
      for (let k = 0; k < 2; k++) {
        const value = range[a * 2 + k]!;
        row[m + 4 + k] = value + (range[b * 2 + k]! - value) * weight;
      }
    }
    for (let x = 0; x < width; x++, i++, p += channels) {
      const m = left[x]!;
      const t = fraction[x]!;
      const s = 1 - t;
      const value =
        ((row[m]! * s + row[m + 6]! * t) * data[p]! +
          (row[m + 1]! * s + row[m + 7]! * t) * data[p + 1]! +
          (row[m + 2]! * s + row[m + 8]! * t) * data[p + 2]!) *
          scale +
        row[m + 3]! * s +
        row[m + 9]! * t;
      const least = row[m + 4]! * s + row[m + 10]! * t;
      const most = row[m + 5]! * s + row[m + 11]! * t;
      out[i] = value < least ? least : value > most ? most : value;
    }
  }
  return out;
}

/** The least and the greatest value in the square around each pixel, interleaved. */
function localRange(plane: Float32Array, { width, height }: Size, radius: number): Float32Array {
  const rows = new Float32Array(plane.length * 2);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let least = plane[i]!;
      let most = least;
      const end = y * width + Math.min(x + radius, width - 1);
      for (let k = y * width + Math.max(x - radius, 0); k <= end; k++) {
        const value = plane[k]!;
        least = value < least ? value : least;
        most = value > most ? value : most;
      }
      rows[i * 2] = least;
      rows[i * 2 + 1] = most;
    }
  }
  const out = new Float32Array(plane.length * 2);
  for (let y = 0, i = 0; y < height; y++) {
    const begin = Math.max(y - radius, 0) * width;
    const end = Math.min(y + radius, height - 1) * width;
    for (let x = 0; x < width; x++, i++) {
      let least = 1;
      let most = 0;
      for (let k = (begin + x) * 2; k <= (end + x) * 2; k += width * 2) {
        least = rows[k]! < least ? rows[k]! : least;
        most = rows[k + 1]! > most ? rows[k + 1]! : most;
      }
      out[i * 2] = least;
      out[i * 2 + 1] = most;
    }
  }
  return out;
}

/** The picture's colours averaged over blocks; alpha is not looked at. */
function shrinkToPlanes(picture: Raster, { width, height }: Size): ColorPlanes {
  const { channels, data } = picture;
  const red = new Float32Array(width * height);
  const green = new Float32Array(width * height);
  const blue = new Float32Array(width * height);
  const maximum = sampleMaximum(picture);
  for (let y = 0, i = 0; y < height; y++) {
    const top = Math.floor((y * picture.height) / height);
    const bottom = Math.floor(((y + 1) * picture.height) / height);
    for (let x = 0; x < width; x++, i++) {
      const begin = Math.floor((x * picture.width) / width);
      const end = Math.floor(((x + 1) * picture.width) / width);
      let r = 0;
      let g = 0;
      let b = 0;
      for (let sy = top; sy < bottom; sy++) {
        const last = (sy * picture.width + end) * channels;
        for (let p = (sy * picture.width + begin) * channels; p < last; p += channels) {
          r += data[p]!;
          g += data[p + 1]!;
          b += data[p + 2]!;
        }
      }
      const scale = 1 / (maximum * (bottom - top) * (end - begin));
      red[i] = r * scale;
      green[i] = g * scale;
      blue[i] = b * scale;
    }
  }
  return { width, height, red, green, blue };
}
