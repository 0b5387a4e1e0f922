import { isRemote } from '../../io/storage/storage-path.js';
import { storageOf } from '../../io/storage/storage-of.js';
import { identifyTask, type TaskContext } from './task-identity.js';
import { planRecipe, type RecipeResult, type RecipeTask, runRecipe, type RunRecipeOptions } from '../run-recipe.js';

export interface RunTaskOptions extends RunRecipeOptions {
  /** Skip an image whose results are stored in S3 already, made of the same. */
  readonly resume?: boolean | undefined;
}

/**
 * Runs a recipe on one image of many: what batches, queue workers and stdio workers do with each of their inputs.
 * Undefined where its results are there already, which one HEAD request tells.
 */
export async function runTask(task: RecipeTask, options: RunTaskOptions): Promise<RecipeResult | undefined> {
  if (options.resume === true && (await isStored(task, options))) {
    return undefined;
  }
  return runRecipe(task, options);
}

async function isStored(task: RecipeTask, context: TaskContext): Promise<boolean> {
  const { reads, writes } = planRecipe(task);
  const [first] = writes;
  if (first === undefined || !isRemote(first)) {
    return false;
  }
  const there = await storageOf(first).head(first);
  if (there === undefined) {
    return false;
  }
  const versions = new Map(task.version === undefined ? [] : [[task.input, task.version]]);
  const wanted = Object.entries(await identifyTask(task.recipe, reads, context, versions));
  return wanted.every(([key, value]) => there.metadata[key] === value);
}
