import type { ColorPlanes } from './color-planes.js';
import { fitInWebAssembly, squareSide } from './square-rows.js';

export interface GuidedFitOptions {
  /** Half the side of the square that a fit looks at, in pixels of the planes. */
  readonly radius: number;
  /** How much color must vary before it counts: added to each channel's variance. */
  readonly epsilon: number;
}

/**
 * For each pixel the linear model of color that explains `target` best around it:
 * `target ≈ red * m[0] + green * m[1] + blue * m[2] + m[3]`, least squares over a square, each pixel counting
 * by its weight, and then the mean of all models whose squares cover the pixel. It is the color guided filter
 * (He, Sun, Tang 2013) with weights.
 *
 * @param weights above 0
 * @returns four values a pixel, interleaved
 */
export function guidedFit(
  guide: ColorPlanes,
  target: Float32Array,
  weights: Float32Array,
  { radius, epsilon }: GuidedFitOptions,
): Float32Array {
  const fitted = fitInWebAssembly(guide, target, weights, radius, epsilon);
  return fitted ?? fitInJavaScript(guide, target, weights, { radius, epsilon });
}

/** As `guidedFit`, without WebAssembly. */
export function fitInJavaScript(
  guide: ColorPlanes,
  target: Float32Array,
  weights: Float32Array,
  { radius, epsilon }: GuidedFitOptions,
): Float32Array {
  const { width, height } = guide;
  const own = ownModels(guide, target, weights, radius, epsilon);
  const models = new Float32Array(own.length);
  const columns = new Float64Array(width * MODEL);
  for (let y = -radius; y < height; y++) {
    if (y + radius < height) addModels(columns, own, (y + radius) * width * MODEL, 1);
    if (y < 0) continue;
    if (y > radius) addModels(columns, own, (y - radius - 1) * width * MODEL, -1);
    meanModels(columns, width, radius, squareSide(y, radius, height), models, y * width * MODEL);
  }
  return models;
}

/** Coefficients of a model: red, green, blue, constant. */
const MODEL = 4;

/** Sums that a fit takes: weights, colors, target, products of colors, and of colors and target, all weighted. */
const MOMENTS = 14;

/** The model of the square around each pixel. */
function ownModels(
  guide: ColorPlanes,
  target: Float32Array,
  weights: Float32Array,
  radius: number,
  epsilon: number,
): Float32Array {
  const { width, height } = guide;
  const out = new Float32Array(width * height * MODEL);
  const columns = new Float64Array(width * MOMENTS);
  for (let y = -radius; y < height; y++) {
    if (y + radius < height) addMoments(columns, guide, target, weights, (y + radius) * width, 1);
    if (y < 0) continue;
    if (y > radius) addMoments(columns, guide, target, weights, (y - radius - 1) * width, -1);
    solveRow(columns, width, radius, epsilon, out, y * width * MODEL);
  }
  return out;
}

/** Adds the moments of a row's pixels, or with a `sign` of -1 takes them away. */
function addMoments(
  columns: Float64Array,
  { width, red, green, blue }: ColorPlanes,
  target: Float32Array,
  weights: Float32Array,
  row: number,
  sign: 1 | -1,
): void {
  for (let i = row, at = 0; i < row + width; i++, at += MOMENTS) {
    const r = red[i]!;
    const g = green[i]!;
    const b = blue[i]!;
    const t = target[i]!;
    const w = weights[i]! * sign;
    const wr = w * r;
    const wg = w * g;
    const wb = w * b;
    columns[at]! += w;
    columns[at + 1]! += wr;
    columns[at + 2]! += wg;
    columns[at + 3]! += wb;
    columns[at + 4]! += w * t;
    columns[at + 5]! += wr * r;
    columns[at + 6]! += wr * g;
    columns[at + 7]! += wr * b;
    columns[at + 8]! += wg * g;
    columns[at + 9]! += wg * b;
    columns[at + 10]! += wb * b;
    columns[at + 11]! += wr * t;
    columns[at + 12]! += wg * t;
    columns[at + 13]! += wb * t;
  }
}

/** Slides the square along a row of sums of columns and fits a model at each pixel. */
function solveRow(
  columns: Float64Array,
  width: number,
  radius: number,
  epsilon: number,
  out: Float32Array,
  row: number,
): void {
  const sums = new Float64Array(MOMENTS);
  for (let x = 0; x < Math.min(radius, width); x++) {
    for (let k = 0; k < MOMENTS; k++) sums[k]! += columns[x * MOMENTS + k]!;
  }
  for (let x = 0, to = row; x < width; x++, to += MODEL) {
    if (x + radius < width) {
      for (let k = 0, at = (x + radius) * MOMENTS; k < MOMENTS; k++) sums[k]! += columns[at + k]!;
    }
    if (x > radius) {
      for (let k = 0, at = (x - radius - 1) * MOMENTS; k < MOMENTS; k++) sums[k]! -= columns[at + k]!;
    }
    const scale = 1 / sums[0]!;
    const mr = sums[1]! * scale;
    const mg = sums[2]! * scale;
    const mb = sums[3]! * scale;
    const mt = sums[4]! * scale;
    // The covariance of the colors (symmetric) and of each color with the target, then Cramer's rule.
    const rr = sums[5]! * scale - mr * mr + epsilon;
    const rg = sums[6]! * scale - mr * mg;
    const rb = sums[7]! * scale - mr * mb;
    const gg = sums[8]! * scale - mg * mg + epsilon;
    const gb = sums[9]! * scale - mg * mb;
    const bb = sums[10]! * scale - mb * mb + epsilon;
    const tr = sums[11]! * scale - mt * mr;
    const tg = sums[12]! * scale - mt * mg;
    const tb = sums[13]! * scale - mt * mb;
    const c00 = gg * bb - gb * gb;
    const c01 = rb * gb - rg * bb;
    const c02 = rg * gb - rb * gg;
    const c11 = rr * bb - rb * rb;
    const c12 = rg * rb - rr * gb;
    const c22 = rr * gg - rg * rg;
    const inverse = 1 / (rr * c00 + rg * c01 + rb * c02);
    const ar = (c00 * tr + c01 * tg + c02 * tb) * inverse;
    const ag = (c01 * tr + c11 * tg + c12 * tb) * inverse;
    const ab = (c02 * tr + c12 * tg + c22 * tb) * inverse;
    out[to] = ar;
    out[to + 1] = ag;
    out[to + 2] = ab;
    out[to + 3] = mt - ar * mr - ag * mg - ab * mb;
  }
}

function addModels(columns: Float64Array, models: Float32Array, row: number, sign: 1 | -1): void {
  for (let k = 0; k < columns.length; k++) columns[k]! += sign * models[row + k]!;
}

/** Slides the square along a row of sums of models; `rows` are summed in it. */
function meanModels(
  columns: Float64Array,
  width: number,
  radius: number,
  rows: number,
  out: Float32Array,
  row: number,
): void {
  let [red, green, blue, constant] = [0, 0, 0, 0];
  const limit = columns.length;
  for (let k = 0; k < Math.min(radius, width) * MODEL; k += MODEL) {
    red += columns[k]!;
    green += columns[k + 1]!;
    blue += columns[k + 2]!;
    constant += columns[k + 3]!;
  }
  const [ahead, behind] = [radius * MODEL, (radius + 1) * MODEL];
  for (let x = 0, at = 0; x < width; x++, at += MODEL) {
    const entering = at + ahead;
    if (entering < limit) {
      red += columns[entering]!;
      green += columns[entering + 1]!;
      blue += columns[entering + 2]!;
      constant += columns[entering + 3]!;
    }
    const leaving = at - behind;
    if (leaving >= 0) {
      red -= columns[leaving]!;
      green -= columns[leaving + 1]!;
      blue -= columns[leaving + 2]!;
      constant -= columns[leaving + 3]!;
    }
    const scale = 1 / (rows * squareSide(x, radius, width));
    out[row + at] = red * scale;
    out[row + at + 1] = green * scale;
    out[row + at + 2] = blue * scale;
    out[row + at + 3] = constant * scale;
  }
}

/** The value of each pixel's model at its own color, in [0, 1]. */
export function applyModels(models: Float32Array, { red, green, blue }: ColorPlanes): Float32Array {
  const out = new Float32Array(red.length);
  for (let i = 0, m = 0; i < out.length; i++, m += 4) {
    const value = models[m]! * red[i]! + models[m + 1]! * green[i]! + models[m + 2]! * blue[i]! + models[m + 3]!;
    out[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
  return out;
}
