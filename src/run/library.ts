import type { CombineMode, Length } from '../engine/index.js';
import { MaskwrightError } from '../errors.js';
import { NAMING_DEFAULTS, type NamingOptions } from '../io/files/output-names.js';
import type { ImageSource } from '../io/image/decode-image.js';
import type { Provenance } from '../io/image/provenance.js';
import type { MaskReport } from '../outputs/debug-output.js';
import type { Bounds } from '../raster/index.js';
import { filePlace } from '../recipe/file-place.js';
import { literal } from '../recipe/interpolate.js';
import type { RecipeInput } from '../recipe/schema.js';
import type { FoundMask } from '../sources/source.js';
import { createPipeline } from './pipeline.js';
import type { RecipeResult } from './run-recipe.js';
import { detectionFields, type FindOptions, promptSources } from './find-options.js';
import { openSession } from './session.js';

/** What `maskImage` detects and writes. */
export interface MaskImageOptions extends FindOptions, Partial<NamingOptions> {
  /** What to detect; each prompt has its own files. */
  readonly prompt: string | readonly string[];
  /** Cut `selected` and `deselected` at the mask instead of fading them by probability. */
  readonly hard?: boolean;
  /** The images of each instance by itself, `{instance}` in their names. */
  readonly each?: boolean;
  /** Crop `selected` and `deselected` to what they show, with this margin: pixels, or `%` of the diagonal. */
  readonly trim?: Length;
  /** A color or the path of an image that `selected` and `deselected` are composed onto. */
  readonly background?: string;
  /** Also write the image with the selection tinted, outlined and its instances numbered. */
  readonly overlay?: boolean;
  /** Also write the probability as a gray image. */
  readonly heatmap?: boolean;
}

/** What `maskImage` found and wrote. */
export interface MaskImageResult extends Pick<RecipeResult, 'input' | 'width' | 'height' | 'warnings'> {
  readonly masks: readonly MaskReport[];
}

/**
 * Detects things in the image at a path and writes what `maskwright mask` writes: `selected`, `deselected` and
 * `masked`, for each prompt.
 *
 * Throws `MaskwrightError`: `INPUT_*`, `MODEL_*`, `OUTPUT_*`, `TEXT_EMPTY`, `PROMPT_SYNTAX`, `OPTION_RANGE`.
 *
 * @example
 * import { maskImage } from 'maskwright';
 *
 * const { masks } = await maskImage('still-life.png', { prompt: ['orange', 'lemon OR banana'], model: 'tiny' });
 * for (const { label, share, files } of masks) console.log(label, share, files);
 */
export async function maskImage(image: string, options: MaskImageOptions): Promise<MaskImageResult> {
  const { prompt, outdir = NAMING_DEFAULTS.outdir, name, hard, each, trim, overlay, heatmap } = options;
  const background = options.background === undefined ? undefined : literal(options.background);
  const { input, width, height, warnings, outputs } = await runOne(image, options, {
    ...detectionFields(options),
    sources: promptSources(prompt),
    outputs: [{ kind: 'debug', name, hard, each, trim, background, overlay, heatmap }],
    outdir: literal(outdir),
  });
  return { input, width, height, warnings, masks: outputs[0]!['masks'] as MaskReport[] };
}

/**
 * Detects things and writes nothing: a mask (255 = selected) and a heatmap (0..1) for each prompt, both at the
 * image's size. Takes a path or the bytes of an encoded image.
 *
 * Throws `MaskwrightError`: `INPUT_*`, `MODEL_*`, `TEXT_EMPTY`, `PROMPT_SYNTAX`, `OPTION_RANGE`.
 *
 * @example
 * import { findInImage, maskBounds, openModels } from 'maskwright';
 *
 * const models = openModels({ model: 'tiny' });
 * const [found] = await findInImage('still-life.png', 'orange AND NOT leaf', { models, mask: { grow: '0.5%' } });
 * console.log(found?.label, found && maskBounds(found.mask));
 * await models.close();
 */
export async function findInImage(
  image: ImageSource,
  prompt: string | readonly string[],
  options: FindOptions = {},
): Promise<FoundMask[]> {
  const session = await openSession(image, options);
  try {
    return await session.find(prompt);
  } finally {
    await session.close();
  }
}

/** What `inpaintImage` selects and writes; one of `prompt` and `masks` is needed. */
export interface InpaintImageOptions extends FindOptions {
  /** The path of the image. */
  readonly image: string;
  /** The path of the image with its transparent regions: PNG, WebP or TIFF. */
  readonly output: string;
  /** What to select, as prompts. */
  readonly prompt?: string | readonly string[];
  /** What to select, in mask files of the image's size. */
  readonly masks?: readonly string[];
  /** How several masks become one. Default `union`. */
  readonly combine?: CombineMode;
  /** Percent of visibility left to the selected pixels, 0..99. Default 0. */
  readonly opacity?: number;
  /** Also write the mask, white = selected. */
  readonly saveMask?: string;
}

/** What was written, and how much of the image is to be painted. */
export interface InpaintResult {
  readonly input: string;
  readonly output: string;
  readonly mask: string | undefined;
  /** Share of the pixels that are to be painted, 0..1. */
  readonly share: number;
  readonly bounds: Bounds | undefined;
  readonly sources: readonly Provenance[];
  readonly warnings: readonly string[];
}

/**
 * Writes the image with the selected pixels transparent and every color kept: the file is read back and compared
 * sample by sample before it takes its name.
 *
 * Throws `MaskwrightError`: `USAGE` where nothing was named, `INPUT_*`, `SIZE_MISMATCH`, `MODEL_*`, `OUTPUT_*`,
 * `TEXT_EMPTY`, `PROMPT_SYNTAX`, `OPTION_RANGE`.
 *
 * @example
 * import { inpaintImage } from 'maskwright';
 *
 * await inpaintImage({ image: 'still-life.png', prompt: 'orange', output: 'ready.png', model: 'tiny' });
 */
export async function inpaintImage(options: InpaintImageOptions): Promise<InpaintResult> {
  const { image, output, prompt = [], masks = [], combine, opacity, saveMask } = options;
  const sources = [...promptSources(prompt), ...masks.map((path) => ({ kind: 'file', path: literal(path) }) as const)];
  if (sources.length === 0) {
    throw new MaskwrightError('USAGE', 'nothing to select was named', { hint: 'give a prompt or masks' });
  }
  return inpaint(image, options, {
    ...detectionFields(options),
    sources,
    combine,
    outputs: [{ kind: 'inpaint', ...filePlace(output), opacity }, ...savedMask(saveMask)],
  });
}

/** What `transferImageAlpha` takes besides the original. */
export interface TransferAlphaOptions {
  /** The edited copy whose transparency counts. */
  readonly edited: string;
  readonly output: string;
  /** Also write the mask, white = transparent. */
  readonly saveMask?: string | undefined;
}

/**
 * Writes the colors of the original with the transparency of an edited copy whose colors may be lost, as `-I` and
 * `-M` of the old `dream.py` did. Both are paths of images of one size.
 *
 * Throws `MaskwrightError`: `INPUT_*`, `SIZE_MISMATCH`, `OUTPUT_*`.
 *
 * @example
 * import { transferImageAlpha } from 'maskwright';
 *
 * await transferImageAlpha('still-life.png', { edited: 'erased.png', output: 'ready.png' });
 */
export async function transferImageAlpha(original: string, options: TransferAlphaOptions): Promise<InpaintResult> {
  const { edited, output, saveMask } = options;
  const path = literal(edited);
  return inpaint(
    original,
    {},
    {
      sources: [{ kind: 'alpha', path }],
      outputs: [{ kind: 'inpaint', ...filePlace(output), alphaFrom: path }, ...savedMask(saveMask)],
    },
  );
}

async function inpaint(image: string, options: FindOptions, recipe: RecipeInput): Promise<InpaintResult> {
  const { input, share, bounds, sources, outputs, warnings } = await runOne(image, options, recipe);
  const [written, mask] = outputs;
  return {
    input,
    output: String(written!['output']),
    mask: mask?.['mask'] as string | undefined,
    share: share!,
    bounds,
    sources,
    warnings,
  };
}

async function runOne(image: string, options: FindOptions, recipe: RecipeInput): Promise<RecipeResult> {
  const { models, cache, signal } = options;
  const pipeline = createPipeline(recipe, { models, cache });
  try {
    return await pipeline.runTask(image, { signal });
  } finally {
    await pipeline.close();
  }
}

function savedMask(path: string | undefined): RecipeInput['outputs'] {
  return path === undefined ? [] : [{ kind: 'mask', ...filePlace(path) }];
}
