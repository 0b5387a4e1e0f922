import type { RunImages } from '../outputs/output.js';
import { prepareOutput, type RecipeOutput } from '../outputs/outputs.js';
import type { RecipeRun } from '../recipe/plan-run.js';
import type { ModelPool } from '../sources/model-pool.js';
import { runBatch } from './batch.js';
import type { SharedSplits } from './run-recipe.js';

export interface FindSharedOptions {
  readonly models: ModelPool;
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Lets the outputs that treat all images of a run alike read them, before the first one is rendered. */
export async function findShared(run: RecipeRun, options: FindSharedOptions): Promise<SharedSplits> {
  const found: [number, NonNullable<Awaited<ReturnType<typeof prepareOutput>>>][] = [];
  for (const [place, output] of run.at(0).recipe.outputs.entries()) {
    const shared = await prepareOutput(output, imagesFor(run, place, options));
    if (shared !== undefined) {
      found.push([place, shared]);
    }
  }
  return new Map(found);
}

function imagesFor(
  run: RecipeRun,
  place: number,
  { models, concurrency, signal, onProgress }: FindSharedOptions,
): RunImages<RecipeOutput> {
  return {
    models,
    signal,
    map: async function* map(work) {
      let done = 0;
      const task = ({ path }: { readonly path: string }, index: number): ReturnType<typeof work> => {
        const { recipe } = run.at(index);
        return work(path, recipe.outputs[place]!, recipe.offline);
      };
      for await (const outcome of runBatch(run.inputs, task, { concurrency, signal })) {
        onProgress?.(++done);
        if (outcome.kind === 'done') {
          yield outcome.result;
        }
      }
    },
  };
}
