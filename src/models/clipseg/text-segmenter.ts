import { MaskwrightError } from '../../errors.js';
import { createHeatmap, type Heatmap, type Raster } from '../../raster/index.js';
import type { ClipSegInfo, DecodeArgument } from './clipseg-task.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import { resolveModel } from '../registry/resolve-model.js';
import { startWorker } from '../worker/worker-client.js';

export type { DownloadProgress, LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';

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

/** What the vision part made of one image: enough to look for any number of phrases. */
export interface ImageFeatures {
  readonly kind: 'image-features';
  /** Named tensors: a few hundred kilobytes. */
  readonly tensors: readonly NamedTensor[];
}

/** One tensor, as a network gave it out. */
export interface NamedTensor {
  readonly name: string;
  /** As onnxruntime names it: `float32`, `float16`, `int64` ... */
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint16Array | BigInt64Array;
}

/** What stops a run of a network. */
export interface RunOptions {
  /** Aborting ends the worker: the segmenter is of no use afterwards. */
  readonly signal?: AbortSignal | undefined;
}

/** A network that finds phrases in an image. It runs in a thread of its own. */
export interface TextSegmenter {
  readonly kind: 'text-segmenter';
  readonly identity: ModelIdentity;
  /** Side of the square of pixels that the model looks at. */
  readonly inputSize: number;
  /** Tokens that a phrase may have, the two that frame it included. */
  readonly tokenLimit: number;
  /** Whether `encodeImage` spares `decode` any work. Where the model's file cannot be cut, it does not. */
  readonly isPartitioned: boolean;
  /**
   * RGB 8-bit pixels, `inputSize` squared, to one heatmap a phrase, at the model's own resolution.
   * The vision part runs once. A phrase's heatmap does not depend on the other phrases.
   */
  readonly segment: (square: Raster, phrases: readonly string[], options?: RunOptions) => Promise<Heatmap[]>;
  /** The first half of `segment`, kept by the caller for as many phrases as come. */
  readonly encodeImage: (square: Raster, options?: RunOptions) => Promise<ImageFeatures>;
  /** The second half of `segment`; phrases seen before are not encoded again. */
  readonly decode: (features: ImageFeatures, phrases: readonly string[], options?: RunOptions) => Promise<Heatmap[]>;
  /** How each phrase is read, and where it is cut at the token limit. */
  readonly readPhrases: (phrases: readonly string[]) => Promise<PhraseReading[]>;
  /** Ends the thread. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/**
 * Loads a CLIPSeg network, downloading it first where it has to be.
 *
 * @throws MaskwrightError `MODEL_NOT_FOUND`, `MODEL_OFFLINE`, `MODEL_ACCESS`, `MODEL_DOWNLOAD`, `MODEL_DAMAGED`,
 * `MODEL_DTYPE` or `MODEL_DEVICE`; the signal's reason where it was aborted.
 */
export async function loadTextSegmenter(choice: ModelChoice, options: LoadOptions = {}): Promise<TextSegmenter> {
  const model = await resolveModel(choice, 'text-segmentation', options);
  const worker = await startWorker({ task: 'text-segmentation', model }, options.signal);
  const { inputSize, tokenLimit, isPartitioned } = worker.info as ClipSegInfo;

  const encodeImage: TextSegmenter['encodeImage'] = async (square, { signal } = {}) => {
    assertSquare(square, inputSize);
    const tensors = (await worker.call('encodeImage', square.data, signal)) as NamedTensor[];
    return { kind: 'image-features', tensors };
  };
  const decode: TextSegmenter['decode'] = async ({ tensors }, phrases, { signal } = {}) => {
    assertPhrases(phrases);
    const argument: DecodeArgument = { features: tensors, phrases };
    const planes = (await worker.call('decode', argument, signal)) as Omit<Heatmap, 'kind'>[];
    return planes.map(({ width, height, data }) => createHeatmap(width, height, data));
  };
  return {
    kind: 'text-segmenter',
    identity: model.identity,
    inputSize,
    tokenLimit,
    isPartitioned,
    encodeImage,
    decode,
    segment: async (square, phrases, options) => {
      assertPhrases(phrases);
      return decode(await encodeImage(square, options), phrases, options);
    },
    readPhrases: async (phrases) => (await worker.call('readPhrases', phrases)) as PhraseReading[],
    dispose: worker.close,
  };
}

function assertSquare(square: Raster, side: number): void {
  const { width, height, channels, data } = square;
  if (width !== side || height !== side || channels !== 3 || !(data instanceof Uint8Array)) {
    throw new RangeError(`expected ${side} x ${side} RGB pixels of 8 bits, got ${width} x ${height} x ${channels}`);
  }
}

function assertPhrases(phrases: readonly string[]): void {
  if (phrases.some((phrase) => phrase.trim() === '')) {
    throw new MaskwrightError('TEXT_EMPTY', 'the text to look for is empty', { hint: 'name a thing: an orange' });
  }
}
