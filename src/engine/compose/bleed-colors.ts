import { createRaster, type Raster } from '../../raster/index.js';
import { featureTransform } from '../distance/feature-transform.js';

/**
 * The image with the color of the nearest visible pixel under each fully transparent one, so that
 * scaling and blurring find no wrong color there. Alpha and all visible pixels are unchanged, and so is a
 * image without alpha or without a visible pixel.
 */
export function bleedColors(raster: Raster): Raster {
  if (raster.channels === 3) {
    return raster;
  }
  const { width, height } = raster;
  const visible = new Uint8Array(width * height);
  for (let i = 0, a = 3; i < visible.length; i++, a += 4) {
    visible[i] = raster.data[a]! > 0 ? 1 : 0;
  }
  const nearest = featureTransform(visible, width, height);
  const data = raster.data.slice();
  for (let i = 0; i < nearest.length; i++) {
    const from = nearest[i]! * 4;
    if (from >= 0) {
      data[i * 4] = data[from]!;
      data[i * 4 + 1] = data[from + 1]!;
      data[i * 4 + 2] = data[from + 2]!;
    }
  }
  return createRaster(width, height, 4, data);
}
