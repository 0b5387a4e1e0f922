import type { Mask } from '../../raster/index.js';
import { dilate } from './dilate.js';
import { erode } from './erode.js';
import type { MorphologyOptions } from './structuring-element.js';

/**
 * Morphological closing, a dilation and then an erosion: gaps narrower than the structuring element are
 * filled, everything else is kept. Idempotent.
 *
 * @param radiusPx 0 to 32767
 * @throws `OPTION_RANGE` for a radius out of range
 *
 * @example
 * import { closeMask, type Mask } from 'maskwright/engine';
 *
 * const withoutCracks = (mask: Mask): Mask => closeMask(mask, 3);
 */
export function closeMask(mask: Mask, radiusPx: number, options: MorphologyOptions = {}): Mask {
  return erode(dilate(mask, radiusPx, options), radiusPx, options);
}
