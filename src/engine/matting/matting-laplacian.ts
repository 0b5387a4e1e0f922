import { type Raster, sampleMaximum, type Size } from '../../raster/index.js';
import type { BandCells } from './band-cells.js';
import { BAND_REACH, type BandMatrix } from './band-matrix.js';

/** The equations of the unknown pixels, over the cells of their band. */
export interface MattingSystem {
  readonly matrix: BandMatrix;
  readonly rightSide: Float64Array;
}

/** Pixels of a window of 3 x 3. */
const WINDOW = 9;

/** For each pair of a window's pixels, in reading order, where the entry stands among those of the first of them. */
const PAIR_SLOTS = Int32Array.from({ length: WINDOW * WINDOW }, (_, pair) => {
  const [first, second] = [Math.floor(pair / WINDOW), pair % WINDOW];
  const dx = (second % 3) - (first % 3);
  const dy = Math.floor(second / 3) - Math.floor(first / 3);
  return dy === 0 ? dx - 1 : dy * 5 + dx - 1;
});

/**
 * The closed-form matting Laplacian (Levin, Lischinski and Weiss, "A closed-form solution to natural image matting",
 * 2008) over windows of 3 x 3, restricted to the unknown pixels: known ones go to the right side.
 *
 * @param foreground 1 where alpha is known to be 1
 * @param epsilon variance of color, of values in [0, 1], below which a window counts as of one color
 */
export function mattingLaplacian(
  image: Raster,
  foreground: Uint8Array,
  cells: BandCells,
  epsilon: number,
): MattingSystem {
  const { count, below, belowTwo } = cells;
  const matrix = {
    diagonal: new Float64Array(count),
    entries: new Float32Array(count * BAND_REACH),
    below,
    belowTwo,
  };
  const rightSide = new Float64Array(count);
  const centers = windowCenters(cells, image);
  const colors = new Float64Array(WINDOW * 3);
  const projected = new Float64Array(WINDOW * 3);
  const members = new Int32Array(WINDOW);
  for (let center = centers.indexOf(1); center >= 0; center = centers.indexOf(1, center + 1)) {
    readWindow(image, foreground, cells, center, colors, members);
    projectColors(colors, epsilon, projected);
    addWindow(matrix, rightSide, colors, projected, members);
  }
  // Cells that no window holds keep the first guess.
  for (let cell = 0; cell < count; cell++) {
    if (matrix.diagonal[cell] !== 0) continue;
    matrix.diagonal[cell] = 1;
    rightSide[cell] = 0.5 * cells.unknown[cell]!;
  }
  return { matrix, rightSide };
}

/** 1 at the centers of all windows inside the image that hold an unknown pixel. */
function windowCenters({ count, unknown, pixels }: BandCells, { width, height }: Size): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let cell = 0; cell < count; cell++) {
    if (unknown[cell] === 0) continue;
    const x = pixels[cell]! % width;
    const y = (pixels[cell]! - x) / width;
    const left = Math.max(x - 1, 1);
    const right = Math.min(x + 1, width - 2);
    for (let row = Math.max(y - 1, 1); row <= Math.min(y + 1, height - 2); row++) {
      for (let i = row * width + left; i <= row * width + right; i++) out[i] = 1;
    }
  }
  return out;
}

/** Members that are no unknown pixels. */
const KNOWN_BACKGROUND = -1;
const KNOWN_FOREGROUND = -2;

/** The colors of a window, and the cell of each pixel, or what is known of it. */
function readWindow(
  image: Raster,
  foreground: Uint8Array,
  { unknown, numbers }: BandCells,
  center: number,
  colors: Float64Array,
  members: Int32Array,
): void {
  const { width, channels, data } = image;
  const toUnit = 1 / sampleMaximum(image);
  for (let k = 0, row = center - width; row <= center + width; row += width) {
    for (let i = row - 1; i <= row + 1; i++, k++) {
      const cell = numbers[i]!;
      members[k] = unknown[cell] === 1 ? cell : foreground[i] === 1 ? KNOWN_FOREGROUND : KNOWN_BACKGROUND;
      colors[k * 3] = data[i * channels]! * toUnit;
      colors[k * 3 + 1] = data[i * channels + 1]! * toUnit;
      colors[k * 3 + 2] = data[i * channels + 2]! * toUnit;
    }
  }
}

/** Takes the mean from a window's colors; `projected` are they times the inverse covariance, over the pixels' number. */
function projectColors(colors: Float64Array, epsilon: number, projected: Float64Array): void {
  let mr = 0;
  let mg = 0;
  let mb = 0;
  for (let k = 0; k < WINDOW * 3; k += 3) {
    mr += colors[k]!;
    mg += colors[k + 1]!;
    mb += colors[k + 2]!;
  }
  mr /= WINDOW;
  mg /= WINDOW;
  mb /= WINDOW;
  let rr = epsilon;
  let rg = 0;
  let rb = 0;
  let gg = epsilon;
  let gb = 0;
  let bb = epsilon;
  for (let k = 0; k < WINDOW * 3; k += 3) {
    const r = (colors[k]! -= mr);
    const g = (colors[k + 1]! -= mg);
    const b = (colors[k + 2]! -= mb);
    rr += r * r;
    rg += r * g;
    rb += r * b;
    gg += g * g;
    gb += g * b;
    bb += b * b;
  }
  // Sums instead of means: the number of pixels cancels out.
  const c00 = gg * bb - gb * gb;
  const c01 = rb * gb - rg * bb;
  const c02 = rg * gb - rb * gg;
  const c11 = rr * bb - rb * rb;
  const c12 = rg * rb - rr * gb;
  const c22 = rr * gg - rg * rg;
  const scale = 1 / (rr * c00 + rg * c01 + rb * c02);
  for (let k = 0; k < WINDOW * 3; k += 3) {
    const r = colors[k]!;
    const g = colors[k + 1]!;
    const b = colors[k + 2]!;
    projected[k] = (c00 * r + c01 * g + c02 * b) * scale;
    projected[k + 1] = (c01 * r + c11 * g + c12 * b) * scale;
    projected[k + 2] = (c02 * r + c12 * g + c22 * b) * scale;
  }
}

function addWindow(
  { diagonal, entries }: BandMatrix,
  rightSide: Float64Array,
  colors: Float64Array,
  projected: Float64Array,
  members: Int32Array,
): void {
  for (let a = 0; a < WINDOW; a++) {
    const first = members[a]!;
    const r = projected[a * 3]!;
    const g = projected[a * 3 + 1]!;
    const b = projected[a * 3 + 2]!;
    if (first >= 0) {
      diagonal[first]! += 1 - 1 / WINDOW - (r * colors[a * 3]! + g * colors[a * 3 + 1]! + b * colors[a * 3 + 2]!);
    }
    for (let c = a + 1; c < WINDOW; c++) {
      const second = members[c]!;
      const value = -1 / WINDOW - (r * colors[c * 3]! + g * colors[c * 3 + 1]! + b * colors[c * 3 + 2]!);
      if (first >= 0) {
        if (second >= 0) entries[first * BAND_REACH + PAIR_SLOTS[a * WINDOW + c]!]! += value;
        else if (second === KNOWN_FOREGROUND) rightSide[first]! -= value;
      } else if (first === KNOWN_FOREGROUND && second >= 0) {
        rightSide[second]! -= value;
      }
    }
  }
}
