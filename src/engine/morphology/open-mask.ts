import type { Mask } from '../../raster/index.js';
import { dilate } from './dilate.js';
import { erode } from './erode.js';
import type { MorphologyOptions } from './structuring-element.js';

/**
 * Morphological opening, an erosion and then a dilation: parts narrower than the structuring element (specks,
 * thin lines) are removed, everything else is kept. Idempotent.
 *
 * @param radiusPx 0 to 32767
 * @throws `OPTION_RANGE` for a radius out of range
 *
 * @example
 * import { type Mask, openMask } from 'maskwright/engine';
 *
 * const withoutSpecks = (mask: Mask): Mask => openMask(mask, 2);
 */
export function openMask(mask: Mask, radiusPx: number, options: MorphologyOptions = {}): Mask {
  return dilate(erode(mask, radiusPx, options), radiusPx, options);
}
