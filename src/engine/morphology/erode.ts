import type { Mask } from '../../raster/index.js';
import { dilate } from './dilate.js';
import { invertMask } from '../tone/invert-mask.js';
import { type MorphologyOptions, assertRadius } from './structuring-element.js';

/**
 * The mask shrunk by `radiusPx`: each pixel takes the smallest value under the structuring element. The
 * image's border does not eat into it. The dual of `dilate`. Throws `OPTION_RANGE` for a negative radius.
 */
export function erode(mask: Mask, radiusPx: number, options: MorphologyOptions = {}): Mask {
  assertRadius(radiusPx);
  return radiusPx < 1 ? mask : invertMask(dilate(invertMask(mask), radiusPx, options));
}
