import type { NamedTensor } from './text-segmenter.js';

/** The two halves of a CLIPSeg, however its file is loaded. */
export interface ClipSegNetwork {
  /** Planes of floats, `inputSize` squared, to whatever `decode` needs of them. */
  readonly encodeImage: (pixelValues: Float32Array) => Promise<readonly NamedTensor[]>;
  /** One plane of logits a phrase; a phrase is framed token ids. */
  readonly decode: (features: readonly NamedTensor[], phrases: readonly Tokens[]) => Promise<Logits[]>;
}

export type Tokens = readonly number[];

export interface Logits {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** The planes of an output of shape [n, h, w], or [h, w] where n is 1. */
export function toPlanes(dims: readonly number[], data: Float32Array): Logits[] {
  const [height = 0, width = 0] = dims.slice(-2);
  const count = dims.length === 3 ? dims[0]! : 1;
  return Array.from({ length: count }, (_, i) => ({
    width,
    height,
    data: data.slice(i * width * height, (i + 1) * width * height),
  }));
}
