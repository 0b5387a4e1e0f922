import { createMask, type Mask } from '../../raster/index.js';

/** The mask with each value replaced by `table[value]`: every operation on values alone is this. */
export function applyLut(mask: Mask, table: Uint8Array): Mask {
  const { data } = mask;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = table[data[i]!]!;
  }
  return createMask(mask.width, mask.height, out);
}
