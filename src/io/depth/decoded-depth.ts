import type { DepthMap, DepthOrder } from '../../raster/index.js';

/** What a depth file does not say about itself. */
export interface DecodeDepthOptions {
  /** The EXR channel to read, by its full name. Default: the one that looks like depth. */
  readonly channel?: string | undefined;
  /** The part of a multipart EXR file to read, by its name or number from 1. Default: the one with depth. */
  readonly part?: string | undefined;
  /** Which values are near. Default: by the format. */
  readonly depthOrder?: DepthOrder | undefined;
}

/** A depth map, and what was read from its file. */
export interface DecodedDepth {
  readonly map: DepthMap;
  readonly name: string;
  readonly format: 'exr' | 'pfm' | 'png' | 'tiff';
  /** The EXR channel that was read. */
  readonly channel?: string | undefined;
  /** The part that was read, of an EXR file with several. */
  readonly part?: string | undefined;
  readonly warnings: readonly string[];
}
