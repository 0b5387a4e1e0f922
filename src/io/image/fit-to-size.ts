import { createRaster, flatten, type Raster, resizeRaster, type Size, toEightBit } from '../../raster/index.js';
import { sharp } from './sharp.js';

/**
 * RGB 8-bit pixels of an image at another size, for a network that was trained with an antialiased bicubic
 * filter (Pillow's: Keys' cubic, a = -0.5). Transparent pixels are laid on white first.
 */
export async function fitToSize(raster: Raster, { width, height }: Size): Promise<Raster> {
  const flat = flatten(toEightBit(raster));
  if (flat.width < width || flat.height < height) {
    return resizeRaster(flat, { width, height });
  }
  const data = await sharp(flat.data, { raw: { width: flat.width, height: flat.height, channels: 3 } })
    .resize({ width, height, fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return createRaster(width, height, 3, data);
}
