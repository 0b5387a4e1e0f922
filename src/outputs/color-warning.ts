import { describeLoss, LOSS_HINT } from '../inpaint/color-loss/describe-loss.js';
import { findLostColor } from '../inpaint/color-loss/detect-color-loss.js';
import type { DecodedImage } from '../io/image/decode-image.js';

/** The warning of a picture whose colour under transparency was erased; empty where it is there. */
export function colorWarnings({ raster, name }: Pick<DecodedImage, 'raster' | 'name'>): string[] {
  const warning = describeLoss(findLostColor(raster), name);
  return warning === undefined ? [] : [`${warning}\n  ${LOSS_HINT}`];
}
