import type { Heatmap, Raster } from '../raster/index.js';
import type { ModelIdentity } from './model-choice.js';

export type { DownloadProgress, LoadOptions, ModelChoice, ModelIdentity } from './model-choice.js';

/** A phrase as the model reads it. */
export interface PhraseReading {
  readonly phrase: string;
  /** Tokens of the whole phrase, the two that frame it included. */
  readonly tokens: number;
  /** What is left of the phrase at the model's token limit: the whole of it, nearly always. */
  readonly kept: string;
  /** What was cut off; empty where nothing was. */
  readonly dropped: string;
}

/** What the vision part made of one picture: enough to look for any number of phrases. */
export interface ImageFeatures {
  readonly kind: 'image-features';
  /** Named tensors: a few hundred kilobytes. */
  readonly tensors: readonly NamedTensor[];
}

export interface NamedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export interface RunOptions {
  /** Aborting ends the worker: the segmenter is of no use afterwards. */
  readonly signal?: AbortSignal | undefined;
}

/** A network that finds phrases in a picture. It runs in a thread of its own. */
export interface TextSegmenter {
  readonly kind: 'text-segmenter';
  readonly identity: ModelIdentity;
  /** Side of the square of pixels that the model looks at. */
  readonly inputSize: number;
  /** Tokens that a phrase may have, the two that frame it included. */
  readonly tokenLimit: number;
  /**
   * RGB 8-bit pixels, `inputSize` squared, to one heatmap a phrase, at the model's own resolution.
   * The vision part runs once. A phrase's heatmap does not depend on the other phrases.
   */
  readonly segment: (square: Raster, phrases: readonly string[], options?: RunOptions) => Promise<Heatmap[]>;
  /** The first half of `segment`, kept by the caller for as many phrases as come. */
  readonly encodeImage: (square: Raster, options?: RunOptions) => Promise<ImageFeatures>;
  /** The second half of `segment`; phrases seen before are not encoded again. */
  readonly decode: (
    features: ImageFeatures,
    phrases: readonly string[],
    options?: RunOptions,
  ) => Promise<Heatmap[]>;
  /** How each phrase is read, and where it is cut at the token limit. */
  readonly readPhrases: (phrases: readonly string[]) => Promise<PhraseReading[]>;
  /** Ends the thread. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}
