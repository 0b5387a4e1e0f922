import type { Mask } from '../../raster/index.js';
import { dilate } from './dilate.js';
import { erode } from './erode.js';
import type { MorphologyOptions } from './structuring-element.js';

/**
 * Eroded, then dilated: what the structuring element does not fit into goes (specks, thin lines), the rest
 * stays. Doing it again changes nothing. Throws `OPTION_RANGE` for a negative radius.
 */
export function openMask(mask: Mask, radiusPx: number, options: MorphologyOptions = {}): Mask {
  return dilate(erode(mask, radiusPx, options), radiusPx, options);
}
