import { boxSum } from './box-sum.js';
import type { ColorPlanes } from './color-planes.js';

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
  const { width, height, red, green, blue } = guide;
  const count = width * height;
  const scratch = new Float32Array(count);
  const sum = (plane: Float32Array, times?: Float32Array): Float32Array =>
    boxSum(plane, width, height, radius, times, scratch);
  const r = multiply(weights, red);
  const g = multiply(weights, green);
  const b = multiply(weights, blue);
  const [sw, sr, sg, sb, st] = [sum(weights), sum(r), sum(g), sum(b), sum(weights, target)];
  const [srr, srg, srb, str] = [sum(r, red), sum(r, green), sum(r, blue), sum(r, target)];
  const [sgg, sgb, stg] = [sum(g, green), sum(g, blue), sum(g, target)];
  const [sbb, stb] = [sum(b, blue), sum(b, target)];

  // The sums of the colors are not needed again: models take their place.
  const [ofRed, ofGreen, ofBlue, constant] = [sr, sg, sb, st];
  for (let i = 0; i < count; i++) {
    const scale = 1 / sw[i]!;
    const mr = sr[i]! * scale;
    const mg = sg[i]! * scale;
    const mb = sb[i]! * scale;
    const mt = st[i]! * scale;
    // The covariance of the colors (symmetric) and of each color with the target, then Cramer's rule.
    const rr = srr[i]! * scale - mr * mr + epsilon;
    const rg = srg[i]! * scale - mr * mg;
    const rb = srb[i]! * scale - mr * mb;
    const gg = sgg[i]! * scale - mg * mg + epsilon;
    const gb = sgb[i]! * scale - mg * mb;
    const bb = sbb[i]! * scale - mb * mb + epsilon;
    const tr = str[i]! * scale - mt * mr;
    const tg = stg[i]! * scale - mt * mg;
    const tb = stb[i]! * scale - mt * mb;
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
    ofRed[i] = ar;
    ofGreen[i] = ag;
    ofBlue[i] = ab;
    constant[i] = mt - ar * mr - ag * mg - ab * mb;
  }

  const covered = sum(new Float32Array(count).fill(1));
  const models = new Float32Array(count * 4);
  for (const [k, plane] of [ofRed, ofGreen, ofBlue, constant].entries()) {
    const sums = sum(plane);
    for (let i = 0; i < count; i++) {
      models[i * 4 + k] = sums[i]! / covered[i]!;
    }
  }
  return models;
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

function multiply(a: Float32Array, b: Float32Array): Float32Array {
  const out = new Float32Array(a.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = a[i]! * b[i]!;
  }
  return out;
}
