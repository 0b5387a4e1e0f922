import { assertSameSize, type Raster, sampleMaximum, toEightBit } from '../../raster/index.js';

/** How the color under an image's transparency differs from that of its original. */
export interface HiddenColorDifference {
  /** Pixels that are not fully opaque. */
  readonly hidden: number;
  /** Those of them whose color differs by more than the tolerance. */
  readonly changed: number;
  /** `changed` as a share of `hidden`, 0..1. */
  readonly share: number;
  /** Mean difference of the samples of the hidden pixels, in levels of 255. */
  readonly difference: number;
}

/** A mean difference of this many levels of 255 in a pixel is rounding or recompression, not loss. */
export const HIDDEN_COLOR_TOLERANCE = 6;

/**
 * Compares the color of pixels that are not fully opaque with an original of the same size.
 *
 * @param tolerance in levels of 255, the mean of a pixel's three samples.
 * Throws `SIZE_MISMATCH`.
 */
export function compareHiddenColor(
  image: Raster,
  original: Raster,
  tolerance: number = HIDDEN_COLOR_TOLERANCE,
): HiddenColorDifference {
  assertSameSize('the image', image, 'the original', original);
  if (image.channels === 3) {
    return { hidden: 0, changed: 0, share: 0, difference: 0 };
  }
  const opaque = sampleMaximum(image);
  const { data } = toEightBit(image);
  const { data: from, channels } = toEightBit(original);
  let hidden = 0;
  let changed = 0;
  let sum = 0;
  for (let a = 0, b = 0; a < data.length; a += 4, b += channels) {
    if (image.data[a + 3] === opaque) continue;
    hidden++;
    const off =
      (Math.abs(data[a]! - from[b]!) + Math.abs(data[a + 1]! - from[b + 1]!) + Math.abs(data[a + 2]! - from[b + 2]!)) /
      3;
    sum += off;
    if (off > tolerance) changed++;
  }
  return {
    hidden,
    changed,
    share: hidden === 0 ? 0 : changed / hidden,
    difference: hidden === 0 ? 0 : sum / hidden,
  };
}
