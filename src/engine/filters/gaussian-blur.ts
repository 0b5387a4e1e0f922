import { assertInRange } from '../../errors.js';
import { createMask, type Mask } from '../../raster/index.js';
import { blurInFixedPoint } from './gaussian-rows.js';
import { blurShrunk } from './gaussian-pyramid.js';

/**
 * Gaussian blur of a mask, within one level of the exact one for every mask. Values beyond the border are
 * those of the border.
 *
 * Below a sigma of 14.8 by its samples, below 3.7 rounded from within 1/20 of a level of the exact value. Above, by a
 * pyramid.
 *
 * Throws `OPTION_RANGE` for a negative sigma.
 */
export function gaussianBlur(mask: Mask, sigmaPx: number): Mask {
  assertInRange('the sigma of the blur', sigmaPx, 0, 10000);
  if (sigmaPx < 0.1) {
    return mask;
  }
  const blur = sigmaPx < PYRAMID_SIGMA ? blurInFixedPoint : blurShrunk;
  return createMask(mask.width, mask.height, blur(mask, sigmaPx));
}

/** From here on the pyramid, halved three times, takes less time. */
const PYRAMID_SIGMA = 14.8;
