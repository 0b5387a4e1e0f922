import type { Size } from '../../raster/index.js';

/** How a family takes images and phrases. */
export interface DetectorInfo {
  /** The probability from which a box counts, by the authors' examples. */
  readonly boxThreshold: number;
  /** The lengths that images are scaled to before they go to the worker; without, they go as they are. */
  readonly edges?: { readonly shortestEdge: number; readonly longestEdge: number } | undefined;
}

/** What the worker is asked. */
export interface DetectArgument extends Size {
  /** RGB of 8 bits, of the size by `inputSize`. */
  readonly rgb: Uint8Array;
  readonly phrase: string;
}

/** What each query of the model answers. */
export interface DetectedQueries {
  /** The largest logit for the phrase. */
  readonly logits: Float32Array;
  /** Center x, center y, width and height of each box, as shares of the image. */
  readonly boxes: Float32Array;
}
