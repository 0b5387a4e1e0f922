import { decodingOf, sharedDepthRange } from '../outputs/depth/depth-output.js';
import { findSharedSplit } from './shared-splits.js';
import type { ModelPool } from '../sources/model-pool.js';
import type { RecipeRun } from '../recipe/plan-run.js';
import { depthOf, splitOf } from '../outputs/layers/layers-output.js';
import type { OutputOf } from '../outputs/outputs.js';
import type { SharedSplits } from './run-recipe.js';

export interface FindSharedOptions {
  readonly models: ModelPool;
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Reads the depth of all images of a run, for the outputs that treat them alike. */
export async function findShared(run: RecipeRun, options: FindSharedOptions): Promise<SharedSplits> {
  const found = new Map<number, Awaited<ReturnType<typeof findSharedSplit>>>();
  const paths = run.inputs.map(({ path }) => path);
  for (const [place, output] of run.at(0).recipe.outputs.entries()) {
    if (output.kind === 'layers' && output.range === 'shared') {
      const depth = (index: number): ReturnType<typeof depthOf> => {
        const { recipe } = run.at(index);
        return depthOf(recipe.outputs[place] as OutputOf<'layers'>, recipe.offline, options.models);
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
