import type { Mask } from '../../raster/index.js';
import { dilate } from './dilate.js';
import { erode } from './erode.js';
import type { MorphologyOptions } from './structuring-element.js';

/**
 * Dilated, then eroded: gaps that the structuring element does not fit into are closed, the rest stays. Doing
 * it again changes nothing. Throws `OPTION_RANGE` for a negative radius.
 */
export function closeMask(mask: Mask, radiusPx: number, options: MorphologyOptions = {}): Mask {
  return erode(dilate(mask, radiusPx, options), radiusPx, options);
}
