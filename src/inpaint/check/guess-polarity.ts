import type { Mask } from '../../raster/index.js';

/** What a gray mask seems to select, and with which confidence. */
export interface PolarityGuess {
  /** What the mask seems to mean by "paint here". */
  readonly paints: 'white' | 'black';
  /** Agreement of the border and the area, 0..1. */
  readonly confidence: number;
}

/** A guess of less confidence is only a note. */
export const CONFIDENT_FROM = 0.6;

/**
 * Guesses which of black and white selects, for a mask whose convention is unknown. A selection seldom covers
 * most of the image's border, and seldom most of the image.
 */
export function guessPolarity({ width, height, data }: Mask): PolarityGuess {
  let area = 0;
  for (const value of data) {
    area += value;
  }
  let border = 0;
  for (let x = 0; x < width; x++) {
    border += data[x]! + data[(height - 1) * width + x]!;
  }
  for (let y = 0; y < height; y++) {
    border += data[y * width]! + data[y * width + width - 1]!;
  }
  const areaShare = area / (255 * data.length);
  const borderShare = border / (255 * 2 * (width + height));
  const lean = 1 - (2 * areaShare + 4 * borderShare) / 3;
  return { paints: lean >= 0 ? 'white' : 'black', confidence: Math.min(Math.abs(lean), 1) };
}
