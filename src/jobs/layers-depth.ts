import { gradientDepth } from '../depth/normalize-depth.js';
import type { DecodedImage } from '../io/decode-image.js';
import type { DepthMap } from '../raster/index.js';
import type { Story } from './story.js';

/** Where the depth of a picture comes from. */
export type DepthSource =
  /** The top far, the bottom near. */
  { readonly kind: 'gradient' };

export interface FoundDepth {
  /** At the picture's size, in the source's own values. */
  readonly depth: DepthMap;
  readonly story: Story;
  readonly warnings: readonly string[];
}

/** The depth of each pixel of a picture. */
export async function findDepth(
  image: Pick<DecodedImage, 'raster' | 'name'>,
  source: DepthSource,
  signal?: AbortSignal,
): Promise<FoundDepth> {
  signal?.throwIfAborted();
  const { width, height } = image.raster;
  return { depth: gradientDepth(width, height), story: { source: source.kind }, warnings: [] };
}
