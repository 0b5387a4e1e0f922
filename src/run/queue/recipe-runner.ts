import type { ModelChoice, Runtime } from '../../models/registry/model-choice.js';
import { listedFolderOf } from '../../outputs/outputs.js';
import { MaskwrightError } from '../../errors.js';
import type { Variables } from '../../recipe/interpolate.js';
import { type PlacedInput, planImages } from '../../recipe/plan-run.js';
import { type RecipeDocument } from '../../recipe/recipe-document.js';
import { resolveRecipe } from '../../recipe/resolve-recipe.js';
import { declaredVariables, imageVariables } from '../../recipe/variables.js';
import { openModels } from '../../sources/model-pool.js';
import type { RecipeResult } from '../run-recipe.js';
import { runTask, type RunTaskOptions } from '../batch/run-task.js';

/** A recipe, and what is given to it besides its images. */
export interface RecipeChoice {
  readonly document: RecipeDocument;
  readonly set?: Variables | undefined;
  /** Folder for the results instead of the recipe's own. */
  readonly outdir?: string | undefined;
  /** A model instead of the recipe's own. */
  readonly model?: string | undefined;
}

/** A recipe made ready for images that come one after another: its models are loaded once. */
export interface RecipeRunner {
  /** Runs the recipe on one image; undefined where its results are stored already. */
  readonly run: (input: PlacedInput, options?: RunOptions) => Promise<RecipeResult | undefined>;
  /** Ends the models' threads. */
  readonly close: () => Promise<void>;
}

type RunOptions = Pick<RunTaskOptions, 'resume' | 'once' | 'cache' | 'signal' | 'protect'>;

export interface OpenRecipeOptions {
  /** The row of any image in the table of the recipe. */
  readonly row?: Variables | undefined;
  /** What runs the model where the recipe does not say. */
  readonly runtime?: Runtime | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a recipe for single images. Throws `RECIPE_INVALID`; `USAGE` for a recipe that needs all images at once. */
export function openRecipe(choice: RecipeChoice, { row, runtime, signal }: OpenRecipeOptions = {}): RecipeRunner {
  const { document, set = {}, outdir } = choice;
  const model = modelOf(choice, row, runtime);
  const models = openModels(model, { signal });
  return {
    run: async (input, options = {}) => {
      const { recipe, naming } = (await planImages(document, [input], { set, outdir }))(0);
      const task = { input: input.path, version: input.version, recipe, naming };
      return runTask(task, { models, model, signal, ...options });
    },
    close: () => models.close(),
  };
}

/** The model of a recipe, whose images are known only later. Throws as `openRecipe`. */
function modelOf(
  { document, set = {}, model: chosen }: RecipeChoice,
  row: Variables = {},
  runtimeHere: Runtime | undefined,
): ModelChoice {
  // Any image will do to check what is the same for all.
  const own = imageVariables({ path: 'image' }, 0, { count: 1, recipeFolder: document.folder });
  const declared = declaredVariables(document, set, Object.keys(row));
  const sample = resolveRecipe(document, { ...declared, ...row, ...set, ...own });
  assertSeparable(document, sample.outputs);
  const { model, revision, dtype, device, runtime = runtimeHere, offline } = sample;
  return chosen === undefined
    ? { model: model ?? process.env['MASKWRIGHT_MODEL'], revision, dtype, device, runtime, offline }
    : { model: chosen, runtime, offline };
}

function assertSeparable(document: RecipeDocument, outputs: ReturnType<typeof resolveRecipe>['outputs']): void {
  const naming = { outdir: '.', stem: 'image', sources: [] };
  const refuse = (what: string, hint: string): never => {
    throw new MaskwrightError('USAGE', `${document.name}: ${what}, and workers see one image at a time`, { hint });
  };
  for (const output of outputs) {
    if ('range' in output && output.range === 'shared') {
      refuse(`the output ${output.kind} shares its range over all images`, 'leave range out, or use maskwright run');
    }
    if (listedFolderOf(output, naming) !== undefined) {
      refuse(`the output ${output.kind} clears its folder`, 'leave clear out, or use maskwright run');
    }
  }
}
