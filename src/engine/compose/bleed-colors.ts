import { createRaster, type Raster } from '../../raster/index.js';
import { featureTransform } from '../distance/feature-transform.js';

/**
 * Gives each fully transparent pixel the color of the nearest visible one, so that scaling and blurring do
 * not mix in hidden colors. Alpha and visible pixels are unchanged, and so is an image without alpha or
 * without a visible pixel. Exact nearest pixels, by `featureTransform`.
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
