import { type DecodedImage, decodeImage, type ImageSource } from '../io/image/decode-image.js';
import { fitToSquare } from '../io/image/fit-to-square.js';
import { stemOf } from '../io/files/output-names.js';
import type { Seeds } from '../engine/index.js';
import { cropToContent, type Heatmap, type Mask } from '../raster/index.js';
import { recipeFromData } from '../recipe/recipe-document.js';
import { resolveRecipe } from '../recipe/resolve-recipe.js';
import type { Recipe, RecipeInput } from '../recipe/schema.js';
import { imageVariables } from '../recipe/variables.js';
import { PROMPT_DEFAULTS } from '../sources/detection/prompt-settings.js';
import { openModels } from '../sources/model-pool.js';
import { openColorSegmenter } from '../sources/interaction/segmenter.js';
import type { FoundMask } from '../sources/source.js';
import { detectionFields, type FindOptions, promptSources } from './find-options.js';
import { openTask, type RecipeResult, type RecipeTask, runRecipe } from './run-recipe.js';

/** One image that is worked on again and again: it is decoded once, and encoded by the model once. */
export interface Session {
  /** The image, decoded. */
  readonly image: DecodedImage;
  /**
   * The probability of each phrase at the model's resolution: what a slider or a preview needs at once. Each heatmap
   * covers the whole image.
   */
  readonly detect: (phrases: readonly string[]) => Promise<Heatmap[]>;
  /** A mask and a heatmap for each prompt at the image's size, as `findInImage` returns them. */
  readonly find: (prompt: string | readonly string[], options?: SessionFindOptions) => Promise<FoundMask[]>;
  /**
   * The mask of the thing that points, boxes and strokes are on, without a model. Further calls cost less than the
   * first one. Throws `OPTION_RANGE` for seeds outside the image, and where nothing says where the thing is.
   */
  readonly segment: (seeds: Seeds) => Promise<Mask>;
  /** Runs a whole recipe on the image. With `write: false` the files are in the result instead of on the disk. */
  readonly run: (recipe: RecipeInput, options?: SessionRunOptions) => Promise<RecipeResult>;
  /** Ends the model's thread, unless the models were passed in. Safe to call twice. */
  readonly close: () => Promise<void>;
}

/** How a session runs a recipe. */
export interface SessionRunOptions {
  /** False: the files are in the result instead of on the disk. Default true. */
  readonly write?: boolean | undefined;
  /** Keep heatmaps between runs. Default true. */
  readonly cache?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What may differ from call to call. */
export type SessionFindOptions = Omit<
  FindOptions,
  'models' | 'model' | 'revision' | 'dtype' | 'device' | 'runtime' | 'offline' | 'cacheDir'
>;

/**
 * Opens an image: its path, the bytes of an encoded image, or an image that `decodeImage` decoded. The model is loaded when it is first needed.
 *
 * Throws `MaskwrightError`: `INPUT_*`; its functions throw `MODEL_*`, `TEXT_EMPTY`, `PROMPT_SYNTAX`, `OPTION_RANGE`.
 *
 * @example
 * import { openSession } from 'maskwright';
 *
 * const session = await openSession('still-life.png', { model: 'tiny' });
 * const [strict] = await session.find('orange', { threshold: 0.7 });
 * const [loose] = await session.find('orange', { threshold: 0.3 });
 * console.log(strict?.warnings, loose?.warnings);
 * await session.close();
 */
export async function openSession(image: ImageSource | DecodedImage, options: FindOptions = {}): Promise<Session> {
  const isSource = typeof image === 'string' || image instanceof Uint8Array;
  const decoded = isSource ? await decodeImage(image) : image;
  const models = options.models ?? openModels(options, { signal: options.signal });
  const taskOf = (data: RecipeInput): RecipeTask => {
    const input = decoded.name;
    const recipe: Recipe = resolveRecipe(recipeFromData(data), imageVariables({ path: input }, 0));
    const naming = { outdir: recipe.outdir, stem: stemOf(input), sources: recipe.sources };
    return { input, source: decoded, recipe, naming };
  };
  const fit = async (): Promise<Awaited<ReturnType<typeof fitToSquare>>> => {
    const { inputSize } = await models.segmenter();
    return fitToSquare(decoded.raster, inputSize, options.fit ?? PROMPT_DEFAULTS.fit);
  };
  let fitted: ReturnType<typeof fit> | undefined;
  return {
    image: decoded,
    detect: async (phrases) => {
      const segmenter = await models.segmenter();
      const { square, content } = await (fitted ??= fit());
      const heatmaps = await segmenter.segment(square, phrases, { signal: options.signal });
      return heatmaps.map((heatmap) => cropToContent(heatmap, content, segmenter.inputSize));
    },
    find: async (prompt, more = {}) => {
      const wanted = { ...options, ...more };
      const recipe = {
        ...detectionFields(wanted),
        sources: promptSources(prompt),
        outputs: [{ kind: 'mask' as const }],
      };
      const task = openTask(taskOf(recipe), { models, cache: wanted.cache, signal: wanted.signal });
      const found = await task.found();
      return Promise.all(found.map(async (item) => ({ ...item, mask: await task.operate(item.mask) })));
    },
    segment: async (seeds) => openColorSegmenter(decoded.raster).segment(seeds),
    run: (recipe, more) => runRecipe(taskOf(recipe), { models, cache: options.cache, signal: options.signal, ...more }),
    close: async () => {
      if (options.models === undefined) {
        await models.close();
      }
    },
  };
}
