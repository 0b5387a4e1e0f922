import { findSharedSplit } from '../layers-range.js';
import type { RecipeRun } from './plan-run.js';
import { depthOf, type SharedSplits, splitOf } from './render-outputs.js';
import type { RecipeOutput } from './schema.js';

type Layers = Extract<RecipeOutput, { kind: 'layers' }>;

/** Looks through all pictures of a run for the outputs that cut them all at the same depths. */
export async function findShared(
  run: RecipeRun,
  options: { readonly jobs?: number | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<SharedSplits> {
  const found = new Map<number, Awaited<ReturnType<typeof findSharedSplit>>>();
  for (const [place, output] of run.at(0).recipe.outputs.entries()) {
    if (output.kind === 'layers' && output.range === 'shared') {
      const depth = (index: number) => depthOf(run.at(index).recipe.outputs[place] as Layers);
      const paths = run.inputs.map(({ path }) => path);
      found.set(place, await findSharedSplit(paths, { ...options, depth, split: splitOf(output) }));
    }
  }
  return found;
}
