import { type Mask, toLuma, type Raster } from '../../raster/index.js';

/** What the pixels of one plane look like; `unclear` where they could be either. */
export type PlaneContent = 'mask' | 'photograph' | 'unclear';

/** Rows are skipped so that about so many pixels are read: shares do not change beyond. */
const ENOUGH_PIXELS = 200_000;
/** Values this near to black or white are an extreme. */
const EXTREME = 8;
/** A mask has nearly all of its pixels at the extremes, or few values in all. */
const MASK = { extremes: 0.9, values: 8 };
/** A photograph has many values, few of them extreme, and texture. */
const PHOTOGRAPH = { extremes: 0.5, values: 48, texture: 0.15 };
/** A value counts where this share of the pixels has it. */
const COUNTED_SHARE = 1 / 4000;
/** A pixel has texture where it is off the mean of its left and right neighbor by more than this. */
const TEXTURE_LEVELS = 1.5;

/**
 * Tells a mask from a photograph by the statistics of its luma. Soft masks, heatmaps and depth maps have many
 * values but no texture: they are `unclear`.
 */
export function classifyContent({ width, height, data }: Mask): PlaneContent {
  const step = Math.max(Math.floor((width * height) / ENOUGH_PIXELS), 1);
  const counts = new Uint32Array(256);
  let pixels = 0;
  let inner = 0;
  let textured = 0;
  for (let y = 0; y < height; y += step) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const value = data[row + x]!;
      counts[value]!++;
      pixels++;
      if (x > 0 && x < width - 1) {
        inner++;
        const mean = (data[row + x - 1]! + data[row + x + 1]!) / 2;
        if (Math.abs(value - mean) > TEXTURE_LEVELS) textured++;
      }
    }
  }
  const extreme = counts.reduce(
    (sum, count, value) => sum + (value <= EXTREME || value >= 255 - EXTREME ? count : 0),
    0,
  );
  const values = counts.filter((count) => count > pixels * COUNTED_SHARE).length;
  if (extreme >= MASK.extremes * pixels || values <= MASK.values) {
    return 'mask';
  }
  const isPhotograph =
    values >= PHOTOGRAPH.values &&
    extreme < PHOTOGRAPH.extremes * pixels &&
    textured >= PHOTOGRAPH.texture * Math.max(inner, 1);
  return isPhotograph ? 'photograph' : 'unclear';
}

/**
 * Warns where what was named as a mask looks like a photograph, and where the image looks like a mask then.
 * Without an image only the mask is looked at.
 */
export function warnOfContent(
  mask: { readonly name: string; readonly mask: Mask },
  image?: { readonly name: string; readonly raster: Raster },
): string[] {
  if (classifyContent(mask.mask) !== 'photograph') {
    return [];
  }
  return image !== undefined && classifyContent(toLuma(image.raster)) === 'mask'
    ? [`${mask.name} looks like a photograph and ${image.name} like a mask: the two seem to be swapped`]
    : [`${mask.name} looks like a photograph, not a mask: its bright parts are selected`];
}
