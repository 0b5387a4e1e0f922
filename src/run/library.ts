import { type CombineMode, applyMaskOperations, type MaskOperations } from '../engine/index.js';
import { MaskwrightError } from '../errors.js';
import { decodeImage, type ImageSource } from '../io/image/decode-image.js';
import type { ModelChoice } from '../models/clipseg/text-segmenter.js';
import { type InpaintResult, inpaintJob } from '../outputs/inpaint-output.js';
import { maskJob, type MaskJobResult } from '../outputs/mask-output.js';
import { type ModelPool, openModels } from '../sources/model-pool.js';
import { NAMING_DEFAULTS, type NamingOptions } from '../io/files/output-names.js';
import { findMasks, type FoundMask, type MaskSource } from '../sources/sources.js';

import { TEXT_DEFAULTS, type TextSettings, textSources } from '../sources/text-prompts.js';

/** How to find things, common to `maskImage` and `inpaintImage`. */
export interface FindOptions extends ModelChoice, Partial<TextSettings> {
  /** ModelPool opened with `openModels`, to load a model once for many images. Without, they are opened and closed. */
  readonly models?: ModelPool;
  /** What is done to the mask once it is found, in the one fixed order. */
  readonly shape?: MaskOperations;
  /** Stops the work; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What `maskImage` looks for and writes. */
export interface MaskImageOptions extends FindOptions, Partial<NamingOptions> {
  /** What to look for; each phrase gives files of its own. */
  readonly text: string | readonly string[];
  /** Cut `selected` and `deselected` at the mask instead of fading them by probability. */
  readonly hard?: boolean;
  /** Also write the image with the selection tinted and outlined. */
  readonly overlay?: boolean;
  /** Also write the probability as a gray image. */
  readonly heatmap?: boolean;
}

/**
 * Finds things by words in the image at a path and writes what `maskwright mask` writes: `selected`, `deselected`
 * and `masked`, for each phrase.
 *
 * Throws `MaskwrightError`: `INPUT_*`, `MODEL_*`, `OUTPUT_*`, `TEXT_EMPTY`, `PROMPT_SYNTAX`, `OPTION_RANGE`.
 *
 * @example
 * import { maskImage } from 'maskwright';
 *
 * const { masks } = await maskImage('still-life.png', { text: ['orange', 'lemon OR banana'], model: 'tiny' });
 * for (const { label, share, files } of masks) console.log(label, share, files);
 */
export async function maskImage(image: string, options: MaskImageOptions): Promise<MaskJobResult> {
  const { text, outdir = NAMING_DEFAULTS.outdir, name = NAMING_DEFAULTS.name, hard, overlay, heatmap } = options;
  return withModels(options, (models) =>
    maskJob(image, {
      sources: [text].flat().flatMap((prompt) => textSources(prompt)),
      settings: { models, text: textSettings(options), signal: options.signal },
      shape: options.shape ?? {},
      naming: { outdir, name },
      hard,
      overlay,
      heatmap,
      provenance: { command: 'maskImage' },
    }),
  );
}

/**
 * Finds things by words and writes nothing: a mask (255 = selected) and a heatmap (0..1) for each prompt, both at
 * the image's size. Takes a path or the bytes of an encoded image.
 *
 * Throws `MaskwrightError`: `INPUT_*`, `MODEL_*`, `TEXT_EMPTY`, `PROMPT_SYNTAX`, `OPTION_RANGE`.
 *
 * @example
 * import { findInImage, maskBounds, openModels } from 'maskwright';
 *
 * const models = openModels({ model: 'tiny' });
 * const [found] = await findInImage('still-life.png', 'orange AND NOT leaf', { models, shape: { grow: '0.5%' } });
 * console.log(found?.label, found && maskBounds(found.mask));
 * await models.close();
 */
export async function findInImage(
  image: ImageSource,
  text: string | readonly string[],
  options: FindOptions = {},
): Promise<FoundMask[]> {
  const decoded = await decodeImage(image);
  return withModels(options, async (models) => {
    const found = await findMasks(
      [text].flat().flatMap((prompt) => textSources(prompt)),
      decoded,
      { models, text: textSettings(options), signal: options.signal },
    );
    return found.map((item) => ({ ...item, mask: applyMaskOperations(item.mask, options.shape ?? {}) }));
  });
}

/** What `inpaintImage` selects and writes; one of `text` and `masks` is needed. */
export interface InpaintImageOptions extends FindOptions {
  /** The path of the image. */
  readonly image: string;
  /** The path of the image with its holes: PNG, WebP or TIFF. */
  readonly output: string;
  /** What to select, in words. */
  readonly text?: string | readonly string[];
  /** What to select, in mask files of the image's size. */
  readonly masks?: readonly string[];
  /** How several selections become one. Default `union`. */
  readonly combine?: CombineMode;
  /** Percent of visibility left to the selected pixels, 0..99. Default 0. */
  readonly opacity?: number;
  /** Also write the mask, white = selected. */
  readonly saveMask?: string;
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
 * await inpaintImage({ image: 'still-life.png', text: 'orange', output: 'ready.png', model: 'tiny' });
 */
export async function inpaintImage(options: InpaintImageOptions): Promise<InpaintResult> {
  const { image, output, text = [], masks = [], combine = 'union', opacity = 0, saveMask } = options;
  const sources = [
    ...[text].flat().flatMap((prompt) => textSources(prompt)),
    ...masks.map((path): MaskSource => ({ kind: 'file', path })),
  ];
  if (sources.length === 0) {
    throw new MaskwrightError('USAGE', 'nothing to select was named', { hint: 'give text or masks' });
  }
  return withModels(options, (models) =>
    inpaintJob(image, {
      sources,
      settings: { models, text: textSettings(options), signal: options.signal },
      combine,
      shape: options.shape ?? {},
      opacity,
      output,
      saveMask,
      provenance: { command: 'inpaintImage' },
    }),
  );
}

/** The settings of a search, with the defaults of what was left out. */
export function textSettings(options: FindOptions): TextSettings {
  const { threshold = TEXT_DEFAULTS.threshold, fit = TEXT_DEFAULTS.fit, refine, detail, cache } = options;
  return { threshold, fit, refine, detail, cache };
}

async function withModels<Result>(options: FindOptions, work: (models: ModelPool) => Promise<Result>): Promise<Result> {
  if (options.models !== undefined) {
    return work(options.models);
  }
  const models = openModels(options, { signal: options.signal });
  try {
    return await work(models);
  } finally {
    await models.close();
  }
}
