import { assertSameSize, createRaster, type Mask, type Raster, sampleMaximum } from '../../raster/index.js';

/**
 * The image with the mask as its alpha: 255 opaque, 0 transparent; every color is kept. Alpha that was
 * there is replaced (`multiplyAlpha` keeps it). Throws `SIZE_MISMATCH`.
 */
export function maskToAlpha(raster: Raster, mask: Mask): Raster {
  assertSameSize('the image', raster, 'the mask', mask);
  const maximum = sampleMaximum(raster);
  const count = raster.width * raster.height;
  const data = maximum === 255 ? new Uint8Array(count * 4) : new Uint16Array(count * 4);
  const scale = maximum / 255;
  const { data: source, channels } = raster;
  for (let i = 0, j = 0, k = 0; i < count; i++, j += channels, k += 4) {
    data[k] = source[j]!;
    data[k + 1] = source[j + 1]!;
    data[k + 2] = source[j + 2]!;
    data[k + 3] = mask.data[i]! * scale;
  }
  return createRaster(raster.width, raster.height, 4, data);
}
