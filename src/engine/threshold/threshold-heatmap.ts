import { assertInRange } from '../../errors.js';
import { createMask, type Heatmap, type Mask } from '../../raster/index.js';
import { inParts } from '../in-parts.js';

/**
 * The binary mask of where the probability is `threshold` or more. Throws `OPTION_RANGE` unless
 * `threshold` is in [0, 1].
 */
export function thresholdHeatmap(heatmap: Heatmap, threshold: number): Mask {
  assertInRange('the threshold', threshold, 0, 1);
  // The heatmap holds single precision: 0.1 there is not 0.1 here.
  const limit = Math.fround(threshold);
  const { data } = heatmap;
  const out = new Uint8Array(data.length);
  inParts(out.length, (begin, end) => markFrom(data, begin, end, limit, out));
  return createMask(heatmap.width, heatmap.height, out);
}

/** Sets 255 where a value is `level` or more. */
export function markFrom(data: Float32Array, begin: number, end: number, level: number, out: Uint8Array): void {
  for (let i = begin; i < end; i++) {
    out[i] = data[i]! >= level ? 255 : 0;
  }
}
