import { createRaster, type Mask, type Raster, toEightBit } from '../raster/index.js';
import { dilate } from '../engine/morphology/dilate.js';
import { erode } from '../engine/morphology/erode.js';

const TINT = [255, 0, 128] as const;
const TINT_STRENGTH = 0.4;
const LINE = [255, 255, 255] as const;
/** Outline width as a share of the image's diagonal. */
const LINE_SHARE = 0.0015;

/** The image as 8-bit RGB, without its alpha, with the selection tinted and outlined. */
export function drawOverlay(raster: Raster, mask: Mask): Raster {
  const { data: source, channels } = toEightBit(raster);
  const radius = Math.max(1, Math.hypot(raster.width, raster.height) * LINE_SHARE);
  const outside = dilate(mask, radius).data;
  const inside = erode(mask, radius).data;
  const data = new Uint8Array(raster.width * raster.height * 3);
  for (let i = 0, j = 0, k = 0; k < data.length; i++, j += channels, k += 3) {
    const edge = (outside[i]! - inside[i]!) / 255;
    const tint = (TINT_STRENGTH * mask.data[i]!) / 255;
    for (let c = 0; c < 3; c++) {
      const tinted = source[j + c]! * (1 - tint) + TINT[c]! * tint;
      data[k + c] = tinted * (1 - edge) + LINE[c]! * edge + 0.5;
    }
  }
  return createRaster(raster.width, raster.height, 3, data);
}
