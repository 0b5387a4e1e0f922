import type { Mask } from '../../raster/index.js';
import { squaredDistanceTransform } from './squared-distance-transform.js';

/**
 * For each pixel the Euclidean distance, in pixels, from its center to the center of the nearest selected
 * one (128 and more): 0 where selected, infinite everywhere where nothing is. Exact, row by row.
 */
export function distanceTransform(mask: Mask): Float32Array {
  const { width } = mask;
  const out = new Float32Array(mask.data.length);
  squaredDistanceTransform(mask, Infinity, (y, squares) => {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      out[row + x] = Math.sqrt(squares[x]!);
    }
  });
  return out;
}
