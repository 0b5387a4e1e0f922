import { flatten, type Raster, resizeAsPillow, type Size, toEightBit } from '../../raster/index.js';

/**
 * RGB pixels of 8 bits at another size, resized as transformers' image processors resize for depth models: by Pillow's
 * antialiased bicubic filter, byte for byte. Transparent pixels are laid on white first.
 */
export function fitToSize(raster: Raster, size: Size): Raster {
  return resizeAsPillow(flatten(toEightBit(raster)), size, 'bicubic');
}
