import { gaussianOrLinear } from '../../raster/axis-weights.js';
import type { Size } from '../../raster/index.js';
import { resample } from '../../raster/resample.js';
import type { Owlv2Config } from './owlv2-config.js';

/**
 * The input of OWLv2 for 8-bit RGB pixels: black is added to the right or below until the image is square, the square is
 * scaled with a Gaussian against aliasing, and normalized. Planes of `side` x `side`, red first. The rule of transformers'
 * `Owlv2ImageProcessor`.
 */
export function toOwlv2Pixels(
  rgb: Uint8Array,
  { width, height }: Size,
  { side, mean, std }: Owlv2Config,
): Float32Array {
  const square = Math.max(width, height);
  const out = new Float32Array(3 * side * side);
  const plane = new Float32Array(square * square);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0, from = 3 * y * width + c, to = y * square; x < width; x++, from += 3) {
        plane[to + x] = rgb[from]!;
      }
    }
    const samples = { width: square, height: square, channels: 1, data: plane } as const;
    const scaled = resample(samples, { width: side, height: side }, gaussianOrLinear);
    const begin = c * side * side;
    for (let i = 0; i < scaled.length; i++) {
      out[begin + i] = (scaled[i]! / 255 - mean[c]!) / std[c]!;
    }
  }
  return out;
}
