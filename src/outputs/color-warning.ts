import { formatColorLoss, COLOR_LOSS_HINT } from '../inpaint/color-loss/format-color-loss.js';
import { detectColorLoss } from '../inpaint/color-loss/detect-color-loss.js';
import type { DecodedImage } from '../io/image/decode-image.js';

/** The warning of an image whose color under transparency was erased; empty where it is there. */
export function colorWarnings({ raster, name }: Pick<DecodedImage, 'raster' | 'name'>): string[] {
  const warning = formatColorLoss(detectColorLoss(raster), name);
  return warning === undefined ? [] : [`WARNING: ${warning}\n  ${COLOR_LOSS_HINT}`];
}
