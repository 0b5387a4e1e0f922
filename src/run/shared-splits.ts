import { type DepthRange, depthRange, normalizeDepth } from '../depth/normalize-depth.js';
import { sortDepths, splitDepth, type SplitMethod } from '../depth/layers/split-depth.js';
import { decodeImage } from '../io/image/decode-image.js';
import { createDepthMap, type DepthMap } from '../raster/index.js';
import { runBatch } from './batch.js';
import type { SharedSplit } from '../outputs/layers/cut-layers.js';
import { type DepthSource, findDepth } from '../sources/depth/find-depth.js';

export interface SharedSplitOptions {
  /** One for all, or each frame's own. */
  readonly depth: DepthSource | ((index: number) => DepthSource);
  readonly split: SplitMethod;
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Depths kept of each frame to place the cuts by: memory stays small over thousands of frames. */
const SAMPLES_PER_FRAME = 8192;

/**
 * One range of depth and one set of cuts for all frames of a sequence, so that layers do not jump between
 * frames. Reads every frame's depth once; frames that cannot be read are left to the job that follows.
 */
export async function findSharedSplit(inputs: readonly string[], options: SharedSplitOptions): Promise<SharedSplit> {
  let range: DepthRange | undefined;
  let meaning: Pick<DepthMap, 'depthOrder' | 'unit'> = { depthOrder: 'near-is-large', unit: 'relative' };
  const samples: Float32Array[] = [];
  const { depth: source } = options;
  const job = async (input: string, index: number): Promise<DepthMap> => {
    const own = typeof source === 'function' ? source(index) : source;
    return (await findDepth(await decodeImage(input), own, options.signal)).depth;
  };
  let done = 0;
  for await (const outcome of runBatch(inputs, job, options)) {
    if (outcome.kind === 'done') {
      const found = depthRange(outcome.result);
      if (found !== undefined) {
        range = {
          min: Math.min(range?.min ?? Infinity, found.min),
          max: Math.max(range?.max ?? -Infinity, found.max),
        };
      }
      meaning = outcome.result;
      samples.push(sample(outcome.result.data));
    }
    options.onProgress?.(++done);
  }
  const all = new Float32Array(samples.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of samples) {
    all.set(part, offset);
    offset += part.length;
  }
  const depth = normalizeDepth(createDepthMap(all.length, 1, all, meaning), range);
  return { range, thresholds: splitDepth(sortDepths(depth), options.split) };
}

/** Values spread evenly over the map. */
function sample(data: Float32Array): Float32Array {
  const count = Math.min(SAMPLES_PER_FRAME, data.length);
  return Float32Array.from({ length: count }, (_, k) => data[Math.floor(((k + 0.5) / count) * data.length)]!);
}
