import type { PixelNormalization } from './pixel-normalization.js';

/**
 * Interleaved 8-bit RGB to planes of floats, red first: `(value / 255 - mean) / std`.
 * The formula of transformers' image processors.
 */
export function toPixelValues(rgb: Uint8Array, { mean, std }: PixelNormalization): Float32Array {
  const count = rgb.length / 3;
  const out = new Float32Array(rgb.length);
  for (let c = 0; c < 3; c++) {
    const scale = 1 / (255 * std[c]!);
    const offset = mean[c]! / std[c]!;
    for (let i = 0, j = c, k = c * count; i < count; i++, j += 3, k++) {
      out[k] = rgb[j]! * scale - offset;
    }
  }
  return out;
}
