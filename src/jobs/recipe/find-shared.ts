import { sharedDepthRange } from '../depth-job.js';
import { findSharedSplit } from '../layers-range.js';
import type { Networks } from '../networks.js';
import type { RecipeRun } from './plan-run.js';
import { decodingOf } from './render-depth.js';
import { depthOf, splitOf } from './render-layers.js';
import type { OutputOf, SharedSplits } from './renderer.js';

export interface FindSharedOptions {
  readonly networks: Networks;
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Looks through all pictures of a run for the outputs that treat them all alike. */
export async function findShared(run: RecipeRun, options: FindSharedOptions): Promise<SharedSplits> {
  const found = new Map<number, Awaited<ReturnType<typeof findSharedSplit>>>();
  const paths = run.inputs.map(({ path }) => path);
  for (const [place, output] of run.at(0).recipe.outputs.entries()) {
    if (output.kind === 'layers' && output.range === 'shared') {
      const depth = (index: number): ReturnType<typeof depthOf> => {
        const { recipe } = run.at(index);
        return depthOf(recipe.outputs[place] as OutputOf<'layers'>, recipe, options.networks);
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
