import { applyMaskOperations } from '../engine/index.js';
import { type DecodedImage, decodeImage, type ImageSource } from '../io/image/decode-image.js';
import { fitToSquare } from '../io/image/fit-to-square.js';
import { cropToContent, type Heatmap } from '../raster/index.js';
import { type FindOptions, textSettings } from './library.js';
import { openModels } from '../sources/model-pool.js';
import { findMasks, type FoundMask } from '../sources/sources.js';
import { textSources } from '../sources/text-prompts.js';

/** One image that is asked about again and again: it is decoded once, and the network sees it once. */
export interface Session {
  /** The image, decoded. */
  readonly image: DecodedImage;
  /**
   * How probable each phrase is, at the network's resolution: what a slider or a preview needs at once. Each
   * heatmap covers the whole image.
   */
  readonly look: (phrases: readonly string[]) => Promise<Heatmap[]>;
  /** A mask and a heatmap for each prompt at the image's size, as `findInImage` gives them. */
  readonly find: (text: string | readonly string[], options?: SessionFindOptions) => Promise<FoundMask[]>;
  /** Ends the network's thread, unless the models were given. Safe to call twice. */
  readonly close: () => Promise<void>;
}

/** What may differ from question to question. */
export type SessionFindOptions = Omit<
  FindOptions,
  'models' | 'model' | 'revision' | 'dtype' | 'device' | 'offline' | 'cacheDir'
>;

/**
 * Opens an image, by its path or by the bytes of an encoded image. The model is loaded with the first
 * question.
 *
 * Throws `MaskwrightError`: `INPUT_*`; questions throw `MODEL_*`, `TEXT_EMPTY`, `PROMPT_SYNTAX`, `OPTION_RANGE`.
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
export async function openSession(image: ImageSource, options: FindOptions = {}): Promise<Session> {
  const decoded = await decodeImage(image);
  const models = options.models ?? openModels(options, { signal: options.signal });
  const fit = async (): Promise<Awaited<ReturnType<typeof fitToSquare>>> => {
    const { inputSize } = await models.segmenter();
    return fitToSquare(decoded.raster, inputSize, textSettings(options).fit);
  };
  let fitted: ReturnType<typeof fit> | undefined;
  return {
    image: decoded,
    look: async (phrases) => {
      const segmenter = await models.segmenter();
      const { square, content } = await (fitted ??= fit());
      const heatmaps = await segmenter.segment(square, phrases, { signal: options.signal });
      return heatmaps.map((heatmap) => cropToContent(heatmap, content, segmenter.inputSize));
    },
    find: async (text, more = {}) => {
      const wanted = { ...options, ...more };
      const sources = [text].flat().flatMap((prompt) => textSources(prompt));
      const settings = { models, text: textSettings(wanted), signal: wanted.signal };
      const found = await findMasks(sources, decoded, settings);
      return found.map((item) => ({ ...item, mask: applyMaskOperations(item.mask, wanted.shape ?? {}) }));
    },
    close: async () => {
      if (options.models === undefined) {
        await models.close();
      }
    },
  };
}
