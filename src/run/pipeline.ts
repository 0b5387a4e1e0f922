import { MaskwrightError } from '../errors.js';
import { BATCH_DEFAULTS, type BatchOutcome, runBatch } from './batch.js';
import { type ModelPool, openModels } from '../sources/model-pool.js';
import { stemOf } from '../io/files/output-names.js';
import type { Variables } from '../recipe/interpolate.js';
import { recipeFromData } from '../recipe/recipe-document.js';
import { resolveRecipe } from '../recipe/resolve-recipe.js';
import { type RecipeResult, runRecipe } from './run-recipe.js';
import type { RecipeInput } from '../recipe/schema.js';
import { declaredVariables, imageVariables } from '../recipe/variables.js';

/** What a pipeline does to each image: a recipe without its images, which are given to `run`. */
export type PipelineRecipe = Omit<RecipeInput, 'inputs' | 'recursive' | 'table'>;

/** How a pipeline reads, writes and works. */
export interface PipelineOptions {
  /** Values of the recipe's variables. */
  readonly set?: Variables;
  /** What relative paths in the recipe are relative to. Default: the working folder. */
  readonly folder?: string;
  /** `false`: nothing is written, the encoded files come with the results. Default `true`. */
  readonly write?: boolean;
  /** Images in work at the same time. */
  readonly concurrency?: number;
  /** The content of files that the recipe names and that are not on the disk. */
  readonly files?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Keep heatmaps on disk between runs. Default true. */
  readonly cache?: boolean | undefined;
  /** Models opened with `openModels`, shared with other work; they are not closed with the pipeline. */
  readonly models?: ModelPool | undefined;
}

/** A path, or the bytes of an encoded image, whole or as they come, with a name for its results. */
export type PipelineInput =
  | string
  | { readonly name: string; readonly data: Uint8Array | AsyncIterable<Uint8Array>; readonly set?: Variables };

/** One image's end: its result, or the error that concerns it alone. */
export type PipelineOutcome = BatchOutcome<PipelineInput, RecipeResult>;

/** The signal that aborts a run, and the receiver of its progress. */
export interface PipelineRunOptions {
  /** Stops the run: images in work are finished or dropped whole, and the reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called as each image is through. */
  readonly onProgress?: (progress: { readonly done: number; readonly failed: number }) => void;
}

/** A recipe made ready: its model is loaded with the first image that needs it, once. */
export interface Pipeline {
  /**
   * Draws images as there is room for them and gives an outcome each, in the order they are through. A bad
   * image is an outcome of kind `failed`; what every image would meet is thrown.
   */
  readonly run: (
    inputs: Iterable<PipelineInput> | AsyncIterable<PipelineInput>,
    options?: PipelineRunOptions,
  ) => AsyncGenerator<PipelineOutcome, void, undefined>;
  /** Runs the recipe on one image. Throws what concerns it. */
  readonly runTask: (input: PipelineInput, options?: Pick<PipelineRunOptions, 'signal'>) => Promise<RecipeResult>;
  /** Ends the models' threads. Safe to call twice. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

export const PIPELINE_DEFAULTS = { write: true, ...BATCH_DEFAULTS } as const;

/**
 * Makes a pipeline of a recipe: where masks come from, how they are shaped, and what is written.
 * Throws `RECIPE_INVALID` where the recipe is wrong, before anything is loaded.
 *
 * @example
 * import { createPipeline } from 'maskwright';
 *
 * const pipeline = createPipeline({
 *   model: 'tiny',
 *   sources: [{ kind: 'prompt', prompt: 'orange' }],
 *   outputs: [{ kind: 'inpaint', name: '{stem}.ready.png' }],
 *   outdir: 'ready',
 * });
 * for await (const outcome of pipeline.run(['a.png', 'b.png'])) {
 *   console.log(outcome.kind === 'done' ? outcome.result.files : outcome.error.message);
 * }
 * await pipeline.close();
 */
export function createPipeline(recipe: PipelineRecipe, options: PipelineOptions = {}): Pipeline {
  const {
    set = {},
    folder,
    write = PIPELINE_DEFAULTS.write,
    concurrency = PIPELINE_DEFAULTS.concurrency,
    cache,
    files,
  } = options;
  const document = recipeFromData(recipe, folder);
  const variables = declaredVariables(document, set);
  const variablesOf = (input: PipelineInput, index: number): Variables => {
    const own = typeof input === 'string' ? {} : input.set;
    return { ...variables, ...own, ...imageVariables({ path: nameOf(input) }, index, { recipeFolder: folder }) };
  };
  const sample = resolveRecipe(document, variablesOf('image', 0));
  const shared = sample.outputs.find((output) => 'range' in output && output.range === 'shared');
  if (shared !== undefined) {
    throw new MaskwrightError('RECIPE_INVALID', `the output ${shared.kind} shares its range over all images`, {
      hint: 'a pipeline does not know them beforehand: leave range out, or use maskwright run',
    });
  }
  const models = options.models ?? openModels(sample);
  const close = async (): Promise<void> => {
    if (options.models === undefined) {
      await models.close();
    }
  };

  const runTask = async (
    input: PipelineInput,
    index: number,
    signal: AbortSignal | undefined,
  ): Promise<RecipeResult> => {
    const resolved = resolveRecipe(document, variablesOf(input, index));
    const name = nameOf(input);
    const task = {
      input: name,
      source: await bytesOf(input),
      recipe: resolved,
      naming: { outdir: resolved.outdir, stem: stemOf(name), sources: resolved.sources },
    };
    return runRecipe(task, { models, files, write, cache, signal });
  };

  async function* run(
    inputs: Iterable<PipelineInput> | AsyncIterable<PipelineInput>,
    { signal, onProgress }: PipelineRunOptions = {},
  ): AsyncGenerator<PipelineOutcome, void, undefined> {
    let done = 0;
    let failed = 0;
    for await (const outcome of runBatch(inputs, (input, index) => runTask(input, index, signal), {
      concurrency,
      signal,
    })) {
      if (outcome.kind === 'done') {
        done++;
      } else {
        failed++;
      }
      onProgress?.({ done, failed });
      yield outcome;
    }
  }

  return { run, runTask: (input, { signal } = {}) => runTask(input, 0, signal), close, [Symbol.asyncDispose]: close };
}

function nameOf(input: PipelineInput): string {
  return typeof input === 'string' ? input : input.name;
}

async function bytesOf(input: PipelineInput): Promise<Uint8Array | undefined> {
  if (typeof input === 'string') {
    return undefined;
  }
  const { data, name } = input;
  const chunks: Uint8Array[] = [];
  if (data instanceof Uint8Array) {
    chunks.push(data);
  } else {
    try {
      for await (const chunk of data) {
        chunks.push(chunk);
      }
    } catch (error) {
      throw new MaskwrightError('INPUT_UNREADABLE', `${name} cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (bytes.length === 0) {
    throw new MaskwrightError('INPUT_EMPTY', `${name} is empty (0 bytes)`);
  }
  return bytes;
}
