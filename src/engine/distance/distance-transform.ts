import type { Mask } from '../../raster/index.js';
import { openEnvelopes } from './envelope-rows.js';

/**
 * For each pixel the Euclidean distance, in pixels, from its center to the center of the nearest selected
 * one (128 and more): 0 where selected, infinite everywhere where nothing is. Exact, row by row.
 */
export function distanceTransform(mask: Mask): Float32Array {
  const { width, height } = mask;
  const out = new Float32Array(mask.data.length);
  const envelopes = openEnvelopes(mask, { cap: Math.min(height, 65_535) });
  for (let y = height - 1; y >= 0; y--) {
    const count = envelopes.step(y);
    if (count === 0) {
      out.fill(Infinity, y * width, (y + 1) * width);
    } else {
      envelopes.fillDistances(count, out, y * width);
    }
  }
  return out;
}
