import { flatten, type Raster, resizeAsPillow, type Size, toEightBit } from '../../raster/index.js';

/**
 * RGB pixels of 8 bits at another size, resized as transformers' image processors resize: by Pillow's antialiased bicubic (depth
 * models) or bilinear filter, byte for byte. Transparent pixels are laid on white first.
 */
export function fitToSize(raster: Raster, size: Size, filter: 'bilinear' | 'bicubic' = 'bicubic'): Raster {
  return resizeAsPillow(flatten(toEightBit(raster)), size, filter);
}
