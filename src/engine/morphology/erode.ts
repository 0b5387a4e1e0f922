import type { Mask } from '../../raster/index.js';
import { dilate } from './dilate.js';
import { invertMask } from '../tone/invert-mask.js';
import { type MorphologyOptions, assertRadius } from './structuring-element.js';

/**
 * Morphological erosion: each pixel takes the smallest value under the structuring element. Pixels outside
 * the image do not count, so that the border does not erode the mask. The dual of `dilate`.
 *
 * @param radiusPx 0 to 32767; below 1 nothing changes
 * @throws `OPTION_RANGE` for a radius out of range
 */
export function erode(mask: Mask, radiusPx: number, options: MorphologyOptions = {}): Mask {
  assertRadius(radiusPx);
  return radiusPx < 1 ? mask : invertMask(dilate(invertMask(mask), radiusPx, options));
}
