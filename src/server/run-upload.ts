import { relative } from 'node:path';
import { stemOf } from '../io/files/output-names.js';
import { staysInside } from '../io/files/output-path.js';
import type { DecodedImage } from '../io/image/decode-image.js';
import { knownModels } from '../models/registry/known-models.js';
import { parseRecipe } from '../recipe/read-recipe.js';
import { resolveRecipe } from '../recipe/resolve-recipe.js';
import type { Recipe } from '../recipe/schema.js';
import { declaredVariables } from '../recipe/variables.js';
import { planRecipe, type RecipeResult, type RecipeTask, runRecipe } from '../run/run-recipe.js';
import type { ModelPool } from '../sources/model-pool.js';
import type { UploadedFile } from './http/read-form.js';
import { HttpError } from './http/http-error.js';

/** A recipe that came over the network, and the files that came with it. */
export interface UploadedRecipe {
  /** YAML or JSON. */
  readonly text: string;
  readonly files: readonly UploadedFile[];
}

/** The image that it runs on. */
export interface RecipeImage {
  readonly name: string;
  readonly source: Uint8Array | DecodedImage;
  readonly index: number;
}

/** What a run needs of the server. */
export interface RunUploadOptions {
  readonly models: ModelPool;
  /** The only model that a recipe may name. */
  readonly model: string;
  readonly cache?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Folder of the results, in their paths; the recipe's own where left out. */
  readonly outdir?: string | undefined;
}

/**
 * Runs an uploaded recipe on an image; nothing is written. The recipe reads what was uploaded and nothing else, and
 * runs the server's model.
 */
export async function runUpload(
  { text, files }: UploadedRecipe,
  image: RecipeImage,
  { models, model, cache, signal, outdir }: RunUploadOptions,
): Promise<RecipeResult> {
  const document = parseRecipe(text, 'the recipe', '.', servedModels(model));
  const stem = stemOf(image.name);
  const recipe = resolveRecipe(document, {
    ...declaredVariables(document, {}),
    stem,
    parent: '',
    folder: '.',
    index: String(image.index + 1),
    path: image.name,
  });
  const uploaded = new Map(files.map(({ name, data }) => [name, data]));
  const naming = { outdir: outdir ?? recipe.outdir, stem, sources: recipe.sources };
  const task: RecipeTask = { input: image.name, source: image.source, recipe, naming };
  assertOwnModel(recipe, model);
  assertContained(task, uploaded, outdir);
  return runRecipe(task, { models, files: uploaded, write: false, cache, signal });
}

/** What a recipe may name besides its own model: segmenters by color or by the default model. */
const SEGMENTERS = new Set(['color', 'sam']);

/** A model that a recipe may name. Throws for hub ids and folders: a client would choose what is downloaded and read. */
function servedModel(name: string, model: string): string {
  if (name === model || SEGMENTERS.has(name) || knownModels().some((known) => known.name === name)) {
    return name;
  }
  throw new HttpError(400, 'MODEL_FIXED', `the recipe names the model ${JSON.stringify(name)}, which is not served`, {
    hint: 'GET /v1/models lists the names; hub ids and folders are for the command line',
  });
}

/** By the model that is served. The function is the same for each recipe, so that their schema is made once. */
const resolvers = new Map<string, (name: string) => string>();

function servedModels(model: string): (name: string) => string {
  const resolver = resolvers.get(model) ?? ((name) => servedModel(name, model));
  resolvers.set(model, resolver);
  return resolver;
}

function assertOwnModel(recipe: Recipe, model: string): void {
  const { revision, dtype, device, runtime } = recipe;
  const named = recipe.model ?? model;
  if (named !== model || [revision, dtype, device, runtime].some((choice) => choice !== undefined)) {
    throw new HttpError(400, 'MODEL_FIXED', `the recipe chooses a model, and this server runs ${model}`, {
      hint: 'leave model, revision, dtype, device and runtime out of the recipe',
    });
  }
}

/** Throws where a recipe would read a file of this machine, or name one to be written outside of the results. */
function assertContained(
  task: RecipeTask,
  uploaded: ReadonlyMap<string, Uint8Array>,
  outdir: string | undefined,
): void {
  const { recipe } = task;
  if (recipe.table !== undefined || recipe.filesFrom !== undefined) {
    throw new HttpError(400, 'RECIPE_FILES', 'table and filesFrom name files of a disk, and a server reads none');
  }
  const byPath = [...recipe.sources, ...recipe.outputs].find(
    (item) => item.kind === 'depth' || (item.kind === 'layers' && item.depth !== undefined),
  );
  if (byPath !== undefined) {
    throw new HttpError(400, 'RECIPE_FILES', `depth files and depth models (${byPath.kind}) are not served`, {
      hint: 'use the command line: maskwright run',
    });
  }
  const { reads, writes } = planRecipe(task);
  const [, ...others] = reads;
  const missing = others.find((path) => !uploaded.has(path));
  if (missing !== undefined) {
    const names = [...uploaded.keys()].map((name) => JSON.stringify(name)).join(', ');
    throw new HttpError(400, 'RECIPE_FILES', `the recipe reads ${JSON.stringify(missing)}, which was not uploaded`, {
      hint: `uploaded as file: ${names === '' ? 'nothing' : names}`,
    });
  }
  const place = (path: string): string => (outdir === undefined ? path : relative(outdir, path));
  const outside = writes.find((path) => path === '-' || !staysInside(place(path)));
  if (outside !== undefined) {
    throw new HttpError(400, 'RECIPE_FILES', `the result ${JSON.stringify(outside)} does not stay in a folder`, {
      hint: 'use relative names without .. for outdir and name',
    });
  }
}
