import { MaskwrightError } from '../errors.js';
import { createMask, type Mask } from '../raster/index.js';

/**
 * The mask blurred by a Gaussian of `sigmaPx`, rounded. Beyond the border the border's values go on. Throws
 * `OPTION_RANGE` for a negative sigma.
 */
export function gaussianBlur(mask: Mask, sigmaPx: number): Mask {
  if (!(sigmaPx >= 0 && sigmaPx <= 10000)) {
    throw new MaskwrightError('OPTION_RANGE', `the sigma of the blur is ${sigmaPx}`, {
      hint: 'in pixels, from 0 to 10000',
    });
  }
  if (sigmaPx < 0.1) {
    return mask;
  }
  const { width, height, data } = mask;
  const kernel = gaussianKernel(sigmaPx);
  const wide = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = kernel[0]! * data[y * width + x]!;
      for (let k = 1; k < kernel.length; k++) {
        sum += kernel[k]! * (data[y * width + Math.max(x - k, 0)]! + data[y * width + Math.min(x + k, width - 1)]!);
      }
      wide[y * width + x] = sum;
    }
  }
  const out = new Uint8Array(data.length);
  const sums = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(0.5);
    for (let k = 0; k < kernel.length; k++) {
      const above = Math.max(y - k, 0) * width;
      const below = Math.min(y + k, height - 1) * width;
      const weight = k === 0 ? kernel[0]! / 2 : kernel[k]!;
      for (let x = 0; x < width; x++) {
        sums[x] = sums[x]! + weight * (wide[above + x]! + wide[below + x]!);
      }
    }
    for (let x = 0; x < width; x++) {
      out[y * width + x] = sums[x]!;
    }
  }
  return createMask(width, height, out);
}

/** The right half of a normalised Gaussian, from its middle on. */
function gaussianKernel(sigmaPx: number): Float64Array {
  const reach = Math.ceil(4 * sigmaPx);
  const half = Float64Array.from({ length: reach + 1 }, (_, x) => Math.exp((-x * x) / (2 * sigmaPx * sigmaPx)));
  const total = half.reduce((sum, weight) => sum + 2 * weight, -half[0]!);
  return half.map((weight) => weight / total);
}
