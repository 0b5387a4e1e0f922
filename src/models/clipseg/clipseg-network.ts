import type { NamedTensor } from '../onnx/named-tensor.js';

/** The path that runs a CLIPSeg. */
export type ExecutionPath =
  /** Image encoder, text encoder and mask decoder as sessions of their own: each input is encoded once. */
  | 'partitioned'
  /** The whole graph for every call, through transformers.js. */
  | 'monolithic'
  /** The documented use of transformers.js: tokenizer, processor and model class. */
  | 'transformers';

/** A loaded CLIPSeg, whatever path runs it. */
export interface ClipSegNetwork {
  readonly path: ExecutionPath;
  /** The largest number of tokens of a phrase: of config.json, or less where the graph's input is shorter. */
  readonly tokenLimit: number;
  /** 8-bit RGB pixels, `inputSize` squared, to the features that `decode` takes. */
  readonly encodeImage: (rgb: Uint8Array) => Promise<readonly NamedTensor[]>;
  /** One plane of logits for each phrase. A phrase's logits do not depend on the other phrases. */
  readonly decode: (features: readonly NamedTensor[], phrases: readonly string[]) => Promise<Logits[]>;
  /** The largest number of phrases that `decode` runs at once, as far as the graph has shown by now. */
  readonly phrasesPerRun: () => number;
}

/** Token ids of a phrase, start and end of text included. */
export type Tokens = readonly number[];

export interface Logits {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** A phrase as the model's tokenizer reads it. */
export interface PhraseReading {
  readonly phrase: string;
  /** Tokens of the whole phrase, start and end of text included. */
  readonly tokens: number;
  /** The part of the phrase within the model's token limit: nearly always all of it. */
  readonly kept: string;
  /** The part that was truncated; empty where none was. */
  readonly dropped: string;
}

/** The planes of an output of shape [n, h, w], [n, 1, h, w], [1, n, h, w], [n, h, w, 1], or [h, w] for n = 1. */
export function toPlanes(dims: readonly number[], data: Float32Array): Logits[] {
  // One channel may be the last dimension; no mask is a line.
  const [height = 0, width = 0] = (dims.length > 3 && dims.at(-1) === 1 ? dims.slice(0, -1) : dims).slice(-2);
  const count = width * height === 0 ? 0 : Math.floor(data.length / (width * height));
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    data: data.slice(i * width * height, (i + 1) * width * height),
  }));
}
