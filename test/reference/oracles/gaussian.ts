import type { Mask } from '../../../src/raster/index.js';

/** The true Gaussian in double precision, out to six sigma, the border's values going on beyond it. */
export function slowGaussian({ width, height, data }: Mask, sigmaPx: number): Float64Array {
  const reach = Math.ceil(6 * sigmaPx);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * sigmaPx ** 2)));
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const blurLine = (read: (at: number) => number, length: number): number[] =>
    Array.from({ length }, (_, x) =>
      kernel.reduce((sum, weight, k) => sum + weight * read(Math.min(Math.max(x + k - reach, 0), length - 1)), 0),
    ).map((sum) => sum / total);
  const wide = new Float64Array(data.length);
  for (let y = 0; y < height; y++) {
    wide.set(
      blurLine((x) => data[y * width + x]!, width),
      y * width,
    );
  }
  const out = new Float64Array(data.length);
  for (let x = 0; x < width; x++) {
    blurLine((y) => wide[y * width + x]!, height).forEach((value, y) => (out[y * width + x] = value));
  }
  return out;
}
