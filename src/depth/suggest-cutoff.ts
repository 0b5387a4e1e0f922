import type { DepthMap } from '../raster/index.js';
import { makeHistogram } from './histogram.js';
import type { DepthRange } from './normalize-depth.js';

const SLICES = 256;

/** A slice with less than this share of the average is empty enough: edges of things smear into the gap. */
const SPARSE = 1 / 50;

/** A gap shorter than this share of the range says nothing. */
const SHORTEST_GAP = 1 / 20;

/**
 * The depth to cut at when a backdrop stands behind the scene: where the widest gap without depths begins,
 * seen from the camera. Undefined where there is no gap of a twentieth of the range.
 */
export function suggestCutoff(map: DepthMap, range: DepthRange): number | undefined {
  const { slices, count } = makeHistogram(map.data, range, { slices: SLICES });
  const sparse = (count / SLICES) * SPARSE;
  let best = { from: 0, length: 0 };
  let from = 0;
  for (let i = 0; i <= slices.length; i++) {
    if (i === slices.length || slices[i]!.count > sparse) {
      if (i - from > best.length) {
        best = { from, length: i - from };
      }
      from = i + 1;
    }
  }
  if (best.length < SLICES * SHORTEST_GAP) {
    return undefined;
  }
  return map.depthOrder === 'near-is-small' ? slices[best.from]!.from : slices[best.from + best.length - 1]!.to;
}
