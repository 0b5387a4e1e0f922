import { createSeedSegmenter } from '../../engine/index.js';
import type { Mask, Raster } from '../../raster/index.js';
import type { SourceImage, SourceSettings } from '../source.js';
import type { PromptSeeds } from './prompt-seeds.js';

/** Segments one image from seeds. What depends on the image alone is computed once, so further seeds cost less. */
export interface Segmenter {
  /** The mask of the thing that the seeds are on, at the size of the image. Throws what `assertSeeds` throws. */
  readonly segment: (seeds: PromptSeeds) => Mask | Promise<Mask>;
  /** What of the seeds the segmenter cannot take as it is. */
  readonly warningsOf?: (seeds: PromptSeeds) => string[];
}

/** Prepares an image for a segmenter. `settings` holds the models and the abort signal. */
export type OpenSegmenter = (image: SourceImage, settings: SourceSettings) => Promise<Segmenter>;

/** The segmenter that needs no model. */
export const COLOR_SEGMENTER = 'color';

/** The segmenter of the settings: `color`, or a promptable model by its name, hub id or folder. */
export const openSegmenter: OpenSegmenter = async (image, settings) => {
  const { segmenter: name = COLOR_SEGMENTER } = settings;
  const { raster } = await image.decoded();
  if (name === COLOR_SEGMENTER) {
    return openColorSegmenter(raster);
  }
  const { openModelSegmenter } = await import('./model-segmenter.js');
  return openModelSegmenter(name, raster, settings);
};

/** An image that is worked on again, as in a session, keeps its segmenter as long as its pixels are in use. */
const opened = new WeakMap<Raster, Segmenter>();

/** The segmenter by colors and contrasts, without a model. */
export function openColorSegmenter(raster: Raster): Segmenter {
  const segmenter = opened.get(raster) ?? createSeedSegmenter(raster);
  opened.set(raster, segmenter);
  return segmenter;
}
