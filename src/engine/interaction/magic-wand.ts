import { assertInRange } from '../../errors.js';
import { createMask, type Mask, type Raster, sampleMaximum } from '../../raster/index.js';
import { connectedComponents } from '../components/connected-components.js';
import { assertSeeds } from './seeds.js';

/** How far the wand reaches. */
export interface MagicWandOptions {
  /** The largest difference of a channel that still counts as the same color, in percent of its range. */
  readonly tolerance?: number | undefined;
  /** Whether only pixels that are connected with the point are selected, by their sides, or all of its color. */
  readonly contiguous?: boolean | undefined;
}

/** The defaults of `magicWand`: 12.5 % are the 32 of 255 that Photoshop starts with. */
export const MAGIC_WAND_DEFAULTS = { tolerance: 12.5, contiguous: true } as const satisfies MagicWandOptions;

/**
 * Selects the pixels whose color is that of a point, as the magic wand of paint programs (GIMP's "fuzzy select" and
 * "select by color"). Alpha is ignored.
 *
 * Throws `OPTION_RANGE` for a point outside the image and a tolerance outside 0 to 100.
 *
 * @param point in pixels; (0, 0) is the top left corner
 * @returns 255 where selected, 0 elsewhere
 *
 * @example
 * import { magicWand, type Mask, type Raster } from 'maskwright/engine';
 *
 * const sky = (image: Raster): Mask => magicWand(image, { x: image.width / 2, y: 10 }, { tolerance: 8 });
 */
export function magicWand(
  image: Raster,
  point: { readonly x: number; readonly y: number },
  options: MagicWandOptions = {},
): Mask {
  assertSeeds({ points: [{ x: point.x, y: point.y }] }, image);
  const tolerance = assertInRange('the tolerance', options.tolerance ?? MAGIC_WAND_DEFAULTS.tolerance, 0, 100);
  const { width, height, channels, data } = image;
  const at = Math.floor(point.y) * width + Math.floor(point.x);
  const [r, g, b] = [data[at * channels]!, data[at * channels + 1]!, data[at * channels + 2]!];
  const limit = (tolerance / 100) * sampleMaximum(image);
  const similar = createMask(width, height);
  for (let i = 0, p = 0; p < data.length; i++, p += channels) {
    const isSimilar =
      Math.abs(data[p]! - r) <= limit && Math.abs(data[p + 1]! - g) <= limit && Math.abs(data[p + 2]! - b) <= limit;
    similar.data[i] = isSimilar ? 255 : 0;
  }
  if (!(options.contiguous ?? MAGIC_WAND_DEFAULTS.contiguous)) {
    return similar;
  }
  const { labels } = connectedComponents(similar, { connectivity: 4 });
  const label = labels[at]!;
  for (let i = 0; i < labels.length; i++) {
    similar.data[i] = labels[i] === label ? 255 : 0;
  }
  return similar;
}
