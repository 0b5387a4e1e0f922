import { sharedDepthRange } from '../outputs/depth-output.js';
import { findSharedSplit } from './shared-splits.js';
import type { ModelPool } from '../sources/model-pool.js';
import type { RecipeRun } from '../recipe/plan-run.js';
import { decodingOf } from '../outputs/render-depth.js';
import { depthOf, splitOf } from '../outputs/render-layers.js';
import type { OutputOf, SharedSplits } from '../outputs/renderer.js';

export interface FindSharedOptions {
  readonly models: ModelPool;
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Detections through all images of a run for the outputs that treat them all alike. */
export async function findShared(run: RecipeRun, options: FindSharedOptions): Promise<SharedSplits> {
  const found = new Map<number, Awaited<ReturnType<typeof findSharedSplit>>>();
  const paths = run.inputs.map(({ path }) => path);
  for (const [place, output] of run.at(0).recipe.outputs.entries()) {
    if (output.kind === 'layers' && output.range === 'shared') {
      const depth = (index: number): ReturnType<typeof depthOf> => {
        const { recipe } = run.at(index);
        return depthOf(recipe.outputs[place] as OutputOf<'layers'>, recipe, options.models);
      };
      found.set(place, await findSharedSplit(paths, { ...options, depth, split: splitOf(output) }));
    }
    if (output.kind === 'depth' && output.range === 'shared') {
      const maps = paths.map((path, index) => (run.at(index).recipe.outputs[place] as OutputOf<'depth'>).path ?? path);
      const range = await sharedDepthRange(maps, { ...decodingOf(output), ...options });
      found.set(place, { range, thresholds: [] });
    }
  }
  return found;
}
