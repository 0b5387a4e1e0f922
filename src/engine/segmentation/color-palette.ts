import type { ColorPlanes } from '../filters/color-planes.js';

/** The distinct colors of an image, quantized: statistics run over them instead of over pixels. */
export interface ColorPalette {
  /** Red, green and blue in [0, 1] of each color, the mean of its pixels; interleaved. */
  readonly colors: Float32Array;
  /** For each pixel the number of its color. */
  readonly indexes: Uint16Array;
}

const BITS = 5;
const LEVELS = 1 << BITS;

/** Quantizes each channel to 32 levels. A color is the mean of the pixels of its cell, so little precision is lost. */
export function quantizeColors({ red, green, blue }: ColorPlanes): ColorPalette {
  const cells = new Uint16Array(red.length);
  const numbers = new Uint16Array(LEVELS ** 3);
  const counts: number[] = [];
  const sums: number[] = [];
  for (let i = 0; i < cells.length; i++) {
    const cell = (level(red[i]!) << (2 * BITS)) | (level(green[i]!) << BITS) | level(blue[i]!);
    let number = numbers[cell]! - 1;
    if (number < 0) {
      number = counts.push(0) - 1;
      sums.push(0, 0, 0);
      numbers[cell] = number + 1;
    }
    counts[number]!++;
    sums[number * 3]! += red[i]!;
    sums[number * 3 + 1]! += green[i]!;
    sums[number * 3 + 2]! += blue[i]!;
    cells[i] = number;
  }
  return { colors: Float32Array.from(sums, (sum, k) => sum / counts[Math.floor(k / 3)]!), indexes: cells };
}

function level(value: number): number {
  return Math.min(Math.floor(value * LEVELS), LEVELS - 1);
}
