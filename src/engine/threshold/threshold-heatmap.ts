import { assertInRange } from '../../errors.js';
import { createMask, type Heatmap, heatmapBands, type Mask } from '../../raster/index.js';
import { inParts } from '../in-parts.js';

/**
 * The binary mask of where the probability is `threshold` or more. Throws `OPTION_RANGE` unless
 * `threshold` is in [0, 1].
 */
export function thresholdHeatmap(heatmap: Heatmap, threshold: number): Mask {
  assertInRange('the threshold', threshold, 0, 1);
  // The heatmap holds single precision: 0.1 there is not 0.1 here.
  const limit = Math.fround(threshold);
  const out = new Uint8Array(heatmap.width * heatmap.height);
  for (const { begin: first, values } of heatmapBands(heatmap)) {
    const part = out.subarray(first, first + values.length);
    inParts(values.length, (begin, end) => markFrom(values, begin, end, limit, part));
  }
  return createMask(heatmap.width, heatmap.height, out);
}

/** Sets 255 where a value is `level` or more. */
export function markFrom(data: Float32Array, begin: number, end: number, level: number, out: Uint8Array): void {
  for (let i = begin; i < end; i++) {
    out[i] = data[i]! >= level ? 255 : 0;
  }
}
