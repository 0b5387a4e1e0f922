import {
  createHeatmap,
  type Heatmap,
  type Raster,
  resizeHeatmap,
  sampleMaximum,
  type Size,
} from '../../raster/index.js';
import { type ColorPlanes, toColorPlanes } from './color-planes.js';
import { guidedFit } from './guided-filter.js';

/** Settings of `refineHeatmap`. The defaults are what measured best. */
export interface RefineOptions {
  /** Long side, in pixels, of the small copy of the image that models are fitted on. */
  readonly fitSide?: number | undefined;
  /** How far around itself a pixel of that copy looks for the colors of what it belongs to. */
  readonly fitRadius?: number | undefined;
  /** Variance of color (0..1 squared) below which differences are taken for noise. */
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

/** Where the heatmap says the same all around to less than this, half a step of a mask, color has nothing to move. */
const FLAT = 1 / 512;

/** What a pixel at the pivot still counts. */
const LEAST_WEIGHT = 1e-3;

/**
 * A coarse heatmap brought to the image's size along the image's own edges: around each place a linear
 * model of color is fitted to the probabilities, on a small copy of the image, and applied to the full
 * one (fast guided filter, He & Sun 2015, with a color guide). Other than there, pixels count by how far
 * they are from the pivot, and fitting is repeated, so that sure pixels teach doubtful ones. What comes out
 * stays within what the heatmap says nearby: color moves edges, it never adds certainty.
 *
 * Where colors tell nothing, what comes out is a smooth heatmap. `test/bench/edges.md` has it beside others.
 */
export function refineHeatmap(heatmap: Heatmap, image: Raster, options: RefineOptions = {}): Heatmap {
  const {
    fitSide = REFINE_DEFAULTS.fitSide,
    fitRadius = REFINE_DEFAULTS.fitRadius,
    epsilon = REFINE_DEFAULTS.epsilon,
    rounds = REFINE_DEFAULTS.rounds,
    pivot = REFINE_DEFAULTS.pivot,
  } = options;
  const scale = Math.min(1, fitSide / Math.max(image.width, image.height));
  const size = {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
  };
  const guide = toColorPlanes(image, size);
  const fitOptions = { radius: fitRadius, epsilon };
  let target = resizeHeatmap(heatmap, size).data;
  const range = localRange(target, size, fitRadius);
  let models = guidedFit(guide, target, weightsAround(target, pivot), fitOptions);
  for (let round = 1; round < rounds; round++) {
    target = applyToPlanes(models, guide);
    models = guidedFit(guide, target, weightsAround(target, pivot), fitOptions);
  }
  return createHeatmap(image.width, image.height, applyToImage(models, range, size, image));
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

/** Applies the models, interpolated between their pixels, to every pixel of the image, within the range there. */
function applyToImage(models: Float32Array, range: Float32Array, size: Size, image: Raster): Float32Array {
  const { width, height, channels, data } = image;
  const cells = joinCells(models, range, 1 / sampleMaximum(image));
  const out = new Float32Array(width * height);
  const row = new Float64Array((size.width + 1) * 6);
  const fraction = new Float64Array(width);
  // Where the pixels begin that lie between one pixel of the models and the next.
  const begins = new Int32Array(size.width + 1).fill(width);
  for (let x = width - 1; x >= 0; x--) {
    const position = Math.min(Math.max(((x + 0.5) * size.width) / width - 0.5, 0), size.width - 1);
    const left = Math.floor(position);
    fraction[x] = position - left;
    begins[left] = x;
  }
  for (let left = size.width - 1; left >= 0; left--) {
    begins[left] = Math.min(begins[left]!, begins[left + 1]!);
  }
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    const position = Math.min(Math.max(((y + 0.5) * size.height) / height - 0.5, 0), size.height - 1);
    const top = Math.floor(position) * size.width;
    const bottom = Math.min(top + size.width, (size.height - 1) * size.width);
    const weight = position - Math.floor(position);
    for (let k = 0, a = top * 6, b = bottom * 6; k < size.width * 6; k++, a++, b++) {
      const value = cells[a]!;
      row[k] = value + (cells[b]! - value) * weight;
    }
    for (let left = 0, m = 0, x = 0; left < size.width; left++, m += 6) {
      // What the values gain on the way to the next pixel of the models; behind the last there is none.
      const red = row[m]!;
      const green = row[m + 1]!;
      const blue = row[m + 2]!;
      const constant = row[m + 3]!;
      const least = row[m + 4]!;
      const most = row[m + 5]!;
      const moreRed = row[m + 6]! - red;
      const moreGreen = row[m + 7]! - green;
      const moreBlue = row[m + 8]! - blue;
      const moreConstant = row[m + 9]! - constant;
      const moreLeast = row[m + 10]! - least;
      const moreMost = row[m + 11]! - most;
      const end = begins[left + 1]!;
      if (most - least < FLAT && most + moreMost - least - moreLeast < FLAT) {
        for (; x < end; x++, i++, p += channels) {
          out[i] = least + moreLeast * fraction[x]!;
        }
        continue;
      }
      for (; x < end; x++, i++, p += channels) {
        const t = fraction[x]!;
        const value =
          (red + moreRed * t) * data[p]! +
          (green + moreGreen * t) * data[p + 1]! +
          (blue + moreBlue * t) * data[p + 2]! +
          (constant + moreConstant * t);
        const low = least + moreLeast * t;
        const high = most + moreMost * t;
        out[i] = value < low ? low : value > high ? high : value;
      }
    }
  }
  return out;
}

/** For each pixel of the models six values: its model, of samples in steps of `scale`, and its range. */
function joinCells(models: Float32Array, range: Float32Array, scale: number): Float32Array {
  const cells = new Float32Array((range.length / 2) * 6);
  for (let to = 0, m = 0, r = 0; to < cells.length; to += 6, m += 4, r += 2) {
    cells[to] = models[m]! * scale;
    cells[to + 1] = models[m + 1]! * scale;
    cells[to + 2] = models[m + 2]! * scale;
    cells[to + 3] = models[m + 3]!;
    cells[to + 4] = range[r]!;
    cells[to + 5] = range[r + 1]!;
  }
  return cells;
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
