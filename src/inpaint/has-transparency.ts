import { type Raster, sampleMaximum } from '../raster/index.js';

/** Whether any pixel is not fully opaque. */
export function hasTransparency(raster: Raster): boolean {
  const { channels, data } = raster;
  if (channels === 3) {
    return false;
  }
  const opaque = sampleMaximum(raster);
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] !== opaque) return true;
  }
  return false;
}
