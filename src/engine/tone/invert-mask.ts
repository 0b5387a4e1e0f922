import { createMask, type Mask } from '../../raster/index.js';

/** Inverts a mask: `255 - value`. */
export function invertMask(mask: Mask): Mask {
  const { data } = mask;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = 255 - data[i]!;
  }
  return createMask(mask.width, mask.height, out);
}
