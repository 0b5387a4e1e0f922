import { sortDepths, splitDepth, type SplitMethod } from '../../depth/layers/split-depth.js';
import { type DepthRange, depthRange, normalizeDepth } from '../../depth/normalize-depth.js';
import { createDepthMap, type DepthMap } from '../../raster/index.js';
import type { SharedSplit } from './cut-layers.js';

/** Depths kept of each frame to place the cuts by: memory stays small over thousands of frames. */
const SAMPLES_PER_FRAME = 8192;

/** One range of depth and one set of cuts for all frames of a sequence, so that layers do not jump between frames. */
export async function findSharedSplit(depths: AsyncIterable<DepthMap>, split: SplitMethod): Promise<SharedSplit> {
  let range: DepthRange | undefined;
  let meaning: Pick<DepthMap, 'depthOrder' | 'unit'> = { depthOrder: 'near-is-large', unit: 'relative' };
  const samples: Float32Array[] = [];
  for await (const depth of depths) {
    const own = depthRange(depth);
    if (own !== undefined) {
      range = { min: Math.min(range?.min ?? Infinity, own.min), max: Math.max(range?.max ?? -Infinity, own.max) };
    }
    meaning = depth;
    samples.push(sample(depth.data));
  }
  const all = new Float32Array(samples.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of samples) {
    all.set(part, offset);
    offset += part.length;
  }
  const joined = normalizeDepth(createDepthMap(all.length, 1, all, meaning), range);
  return { range, thresholds: splitDepth(sortDepths(joined), split) };
}

/** Values spread evenly over the map. */
function sample(data: Float32Array): Float32Array {
  const count = Math.min(SAMPLES_PER_FRAME, data.length);
  return Float32Array.from({ length: count }, (_, k) => data[Math.floor(((k + 0.5) / count) * data.length)]!);
}
