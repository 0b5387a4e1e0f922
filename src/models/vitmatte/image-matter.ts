import { createHeatmap, type Heatmap, type Mask, type Raster } from '../../raster/index.js';
import type { RunOptions } from '../clipseg/text-segmenter.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelUsage } from '../registry/model-usage.js';
import { openModel, rgbSamples } from '../worker/open-model.js';
import type { SolveAlphaArgument } from './vitmatte-task.js';

/** A model that solves a trimap. It runs in a worker thread. */
export interface ImageMatter {
  readonly kind: 'image-matter';
  readonly identity: ModelIdentity;
  /**
   * Alpha, 0..1, of each pixel, from RGB pixels of 8 bits and a trimap of their size: 0 background, 128 unknown, 255
   * foreground. Memory grows with the square of the number of pixels.
   */
  readonly solve: (pixels: Raster, trimap: Mask, options?: RunOptions) => Promise<Heatmap>;
  /** What has been computed so far, and in what time. */
  readonly usage: () => Promise<ModelUsage>;
  /** Ends the thread after the native call under way. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/** Loads a matting model, downloading it first where it has to be. Throws as `loadTextSegmenter`. */
export async function loadImageMatter(
  choice: ModelChoice & { readonly model: string },
  options: LoadOptions = {},
): Promise<ImageMatter> {
  const model = await openModel(choice, 'image-matting', options);
  return {
    kind: 'image-matter',
    identity: model.identity,
    solve: async (pixels, trimap, { signal } = {}) => {
      const { width, height } = pixels;
      const argument: SolveAlphaArgument = { rgb: rgbSamples(pixels), trimap: trimap.data, width, height };
      return createHeatmap(width, height, (await model.call('solve', argument, signal)) as Float32Array);
    },
    usage: model.usage,
    dispose: model.dispose,
  };
}
