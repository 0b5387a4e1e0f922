import { createMask, type Mask } from '../../raster/index.js';

/** Replaces each value of a mask by `table[value]`. */
export function applyLut(mask: Mask, table: Uint8Array): Mask {
  const { data } = mask;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = table[data[i]!]!;
  }
  return createMask(mask.width, mask.height, out);
}
