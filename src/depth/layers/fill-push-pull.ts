import type { Mask } from '../../raster/index.js';

/** Colors times weights, and weights, of an image at some halving of its size. */
interface Level {
  readonly width: number;
  readonly height: number;
  /** Four values a pixel: red, green, blue (all straight) and the weight 0..1. */
  readonly data: Float32Array;
}

/**
 * Paints the pixels of `occlusion` from those that `known` marks, in place: averages over ever larger squares are
 * taken on the way up (pull), and on the way down each square that knows nothing gets what lies above it,
 * smoothly interpolated (push). After Gortler and others, "The Lumigraph" (1996), with weights that saturate.
 *
 * @param data four samples a pixel, the last (alpha) is left alone.
 */
export function pushPull(data: Uint8Array | Uint16Array, occlusion: Mask, known: Uint8Array): void {
  const { width, height } = occlusion;
  const levels = [
    halve({ width, height }, (pixel, channel) => (channel === 3 ? known[pixel]! : data[pixel * 4 + channel]!)),
  ];
  while (levels.at(-1)!.width > 1 || levels.at(-1)!.height > 1) {
    const finer = levels.at(-1)!;
    levels.push(halve(finer, (pixel, channel) => finer.data[pixel * 4 + channel]!));
  }
  for (let level = levels.length - 2; level >= 0; level--) {
    push(levels[level]!, levels[level + 1]!);
  }
  const [half] = levels;
  const color = new Float32Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (occlusion.data[i] !== 0) {
        sampleDoubled(half!, x, y, color);
        data[i * 4] = color[0]! + 0.5;
        data[i * 4 + 1] = color[1]! + 0.5;
        data[i * 4 + 2] = color[2]! + 0.5;
      }
    }
  }
}

/** Weighted averages of squares of 2 x 2 pixels; a square that one whole pixel is known of is fully known. */
function halve(
  finer: { readonly width: number; readonly height: number },
  sample: (pixel: number, channel: number) => number,
): Level {
  const width = (finer.width + 1) >> 1;
  const height = (finer.height + 1) >> 1;
  const data = new Float32Array(width * height * 4);
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++, k += 4) {
      let total = 0;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let fy = 2 * y; fy < Math.min(2 * y + 2, finer.height); fy++) {
        for (let fx = 2 * x; fx < Math.min(2 * x + 2, finer.width); fx++) {
          const pixel = fy * finer.width + fx;
          const weight = sample(pixel, 3);
          if (weight > 0) {
            total += weight;
            red += weight * sample(pixel, 0);
            green += weight * sample(pixel, 1);
            blue += weight * sample(pixel, 2);
          }
        }
      }
      if (total > 0) {
        data[k] = red / total;
        data[k + 1] = green / total;
        data[k + 2] = blue / total;
        data[k + 3] = Math.min(1, total);
      }
    }
  }
  return { width, height, data };
}

/** Completes the colors of a level, where their weight is below 1, from the next coarser one. */
function push(level: Level, coarser: Level): void {
  const { width, height, data } = level;
  const color = new Float32Array(3);
  for (let y = 0, k = 0; y < height; y++) {
    for (let x = 0; x < width; x++, k += 4) {
      const weight = data[k + 3]!;
      if (weight < 1) {
        sampleDoubled(coarser, x, y, color);
        for (let c = 0; c < 3; c++) {
          data[k + c] = color[c]! + (data[k + c]! - color[c]!) * weight;
        }
      }
    }
  }
}

/** The level's color at a pixel of the image twice its size: bilinear between pixel centers. */
function sampleDoubled(level: Level, x: number, y: number, color: Float32Array): void {
  const { width, height, data } = level;
  const x0 = x >> 1;
  const y0 = y >> 1;
  const x1 = Math.min(width - 1, Math.max(0, x0 + ((x & 1) === 0 ? -1 : 1)));
  const y1 = Math.min(height - 1, Math.max(0, y0 + ((y & 1) === 0 ? -1 : 1)));
  const a = (y0 * width + x0) * 4;
  const b = (y0 * width + x1) * 4;
  const c = (y1 * width + x0) * 4;
  const d = (y1 * width + x1) * 4;
  for (let channel = 0; channel < 3; channel++) {
    color[channel] =
      (9 * data[a + channel]! + 3 * data[b + channel]! + 3 * data[c + channel]! + data[d + channel]!) / 16;
  }
}
