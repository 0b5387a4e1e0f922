import { MaskwrightError } from '../../errors.js';
import type { NamedTensor } from '../onnx/named-tensor.js';
import { createHeatmap, type Heatmap, type Raster } from '../../raster/index.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelUsage } from '../registry/model-usage.js';
import { findModel } from '../registry/resolve-model.js';
import { startWorker } from '../worker/worker-client.js';
import type { ExecutionPath, PhraseReading } from './clipseg-network.js';
import type { ClipSegInfo, ClipSegUsage, DecodeArgument } from './clipseg-task.js';

export type { DownloadProgress, LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
export type { NamedTensor } from '../onnx/named-tensor.js';
export type { PhraseReading } from './clipseg-network.js';

/** The encoding of one image: enough to decode any number of phrases. */
export interface ImageFeatures {
  readonly kind: 'image-features';
  /** Named tensors: a few hundred kilobytes. */
  readonly tensors: readonly NamedTensor[];
}

/** Options of one inference. */
export interface RunOptions {
  /** Aborting rejects the call at once, with the signal's reason. Other calls go on. */
  readonly signal?: AbortSignal | undefined;
}

/** A model that segments an image by text. It runs in a worker thread. */
export interface TextSegmenter {
  readonly kind: 'text-segmenter';
  readonly identity: ModelIdentity;
  /** Side of the model's square input in pixels. */
  readonly inputSize: number;
  /** The largest number of tokens of a phrase, start and end of text included. */
  readonly tokenLimit: number;
  /** The path that runs the model. */
  readonly path: ExecutionPath;
  /** Whether `encodeImage` spares `decode` any work. Where the model's graph cannot be partitioned, it does not. */
  readonly isPartitioned: boolean;
  /**
   * Segments RGB pixels of 8 bits, `inputSize` squared: one heatmap of probabilities in [0, 1] for each phrase, at the
   * model's own resolution. The image is encoded once. A phrase's heatmap does not depend on the other phrases.
   */
  readonly segment: (square: Raster, phrases: readonly string[], options?: RunOptions) => Promise<Heatmap[]>;
  /** The first half of `segment`. */
  readonly encodeImage: (square: Raster, options?: RunOptions) => Promise<ImageFeatures>;
  /** The second half of `segment`. Encoded phrases are cached. */
  readonly decode: (features: ImageFeatures, phrases: readonly string[], options?: RunOptions) => Promise<Heatmap[]>;
  /** The tokens of each phrase, and where it is truncated. */
  readonly readPhrases: (phrases: readonly string[]) => Promise<PhraseReading[]>;
  /** What has been computed so far, and in what time. */
  readonly usage: () => Promise<ModelUsage>;
  /** Ends the thread after the native call under way. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/**
 * Loads a CLIPSeg model, downloading it first where it has to be.
 *
 * @throws MaskwrightError `MODEL_NOT_FOUND`, `MODEL_OFFLINE`, `MODEL_ACCESS`, `MODEL_DOWNLOAD`, `MODEL_DAMAGED`,
 * `MODEL_DTYPE` or `MODEL_DEVICE`; the signal's reason where it was aborted.
 */
export async function loadTextSegmenter(choice: ModelChoice, options: LoadOptions = {}): Promise<TextSegmenter> {
  await findModel(choice, 'text-segmentation', options);
  return openTextSegmenter(choice, options.signal);
}

/** Loads a model whose files are on this machine. */
async function openTextSegmenter(choice: ModelChoice, signal?: AbortSignal): Promise<TextSegmenter> {
  const started = performance.now();
  const worker = await startWorker(choice, 'text-segmentation', signal);
  const loadMs = performance.now() - started;
  const { inputSize, tokenLimit, path } = worker.info as ClipSegInfo;

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
    identity: worker.identity,
    inputSize,
    tokenLimit,
    path,
    isPartitioned: path === 'partitioned',
    encodeImage,
    decode,
    segment: async (square, phrases, options) => {
      assertPhrases(phrases);
      return decode(await encodeImage(square, options), phrases, options);
    },
    readPhrases: async (phrases) => (await worker.call('readPhrases', phrases)) as PhraseReading[],
    usage: async () => {
      const { phrasesPerRun, ...computed } = (await worker.call('usage', undefined)) as ClipSegUsage;
      const single = path === 'transformers' || phrasesPerRun > 1 ? '' : ', one phrase a run';
      return { identity: worker.identity, path: `${PATHS[path]}${single}`, loadMs, ...computed };
    },
    dispose: worker.close,
  };
}

/** A segmenter that begins to load before it is known whether it is needed. */
export interface StartedSegmenter {
  readonly choice: ModelChoice;
  /** Rejected as `loadTextSegmenter` rejects, and where files would have to be downloaded. */
  readonly segmenter: Promise<TextSegmenter>;
  /** Ends what nobody took over. Safe to call twice, and after a failure. */
  readonly dispose: () => Promise<void>;
}

/** Begins to load a CLIPSeg model whose files are on this machine. */
export function startTextSegmenter(choice: ModelChoice): StartedSegmenter {
  const segmenter = openTextSegmenter(choice);
  const settled = segmenter.catch(() => undefined);
  return { choice, segmenter, dispose: async () => (await settled)?.dispose() };
}

/** The execution paths in words. */
const PATHS: Readonly<Record<ExecutionPath, string>> = {
  partitioned: 'partitioned: each image and each phrase is encoded once',
  monolithic: 'the whole graph for every call',
  transformers: 'the classes of transformers.js, the whole graph for every phrase',
};

function assertSquare(square: Raster, side: number): void {
  const { width, height, channels, data } = square;
  if (width !== side || height !== side || channels !== 3 || !(data instanceof Uint8Array)) {
    throw new RangeError(`expected ${side} x ${side} RGB pixels of 8 bits, got ${width} x ${height} x ${channels}`);
  }
}

function assertPhrases(phrases: readonly string[]): void {
  if (phrases.some((phrase) => phrase.trim() === '')) {
    throw new MaskwrightError('TEXT_EMPTY', 'the prompt is empty', { hint: 'name an object: -p "an orange"' });
  }
}
