import { createRaster, type Raster } from '../../raster/index.js';
import { visitNearestRows } from '../distance/feature-transform.js';

/**
 * Gives each fully transparent pixel the color of the nearest visible one, so that scaling and blurring do
 * not mix in hidden colors. Alpha and visible pixels are unchanged, and so is an image without alpha or
 * without a visible pixel. Exact nearest pixels, by `visitNearestRows`.
 */
export function bleedColors(raster: Raster): Raster {
  if (raster.channels === 3) {
    return raster;
  }
  const { width, height } = raster;
  const visible = new Uint8Array(width * height);
  for (let i = 0, a = 3; i < visible.length; i++, a += 4) {
    visible[i] = raster.data[a]! > 0 ? 255 : 0;
  }
  const data = raster.data.slice();
  visitNearestRows(visible, width, height, (y, nearest) => {
    for (let x = 0, to = y * width * 4; x < width; x++, to += 4) {
      const from = nearest[x]! * 4;
      if (from >= 0) {
        data[to] = data[from]!;
        data[to + 1] = data[from + 1]!;
        data[to + 2] = data[from + 2]!;
      }
    }
  });
  return createRaster(width, height, 4, data);
}
