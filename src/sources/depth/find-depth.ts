import { gradientDepth } from '../../depth/normalize-depth.js';
import { fitToSize } from '../../io/image/fit-to-size.js';
import type { DepthEstimator } from '../../models/depth-anything/depth-estimator.js';
import {
  createDepthMap,
  createHeatmap,
  type DepthMap,
  resizeHeatmap,
  type Size,
  sizeMismatch,
} from '../../raster/index.js';
import { stemOf } from '../../io/files/output-names.js';
import type { Provenance } from '../../io/image/provenance.js';
import type { SourceImage } from '../source.js';
import { readDepth, type ReadDepthOptions } from './read-depth.js';

/** Where the depth of an image comes from. */
export type DepthSource =
  /** Far at the top, near at the bottom. */
  | { readonly kind: 'gradient' }
  /** A depth map; `{stem}` in its path is the image's name without ending. */
  | ({ readonly kind: 'file'; readonly path: string } & ReadDepthOptions)
  /** What a model estimates from the image. */
  | { readonly kind: 'model'; readonly estimator: () => Promise<DepthEstimator> };

export interface FoundDepth {
  /** In the source's own values, and at its own size; of the image's proportions. */
  readonly depth: DepthMap;
  readonly provenance: Provenance;
  readonly warnings: readonly string[];
}

/**
 * The depth of an image, which is decoded for a model alone: meanwhile others need not wait for it. Throws what reading a
 * depth map throws, and `SIZE_MISMATCH`.
 */
export async function findDepth(
  image: Pick<SourceImage, 'name' | 'size' | 'decoded'>,
  source: DepthSource,
  {
    signal,
    onPhase,
  }: { readonly signal?: AbortSignal | undefined; readonly onPhase?: ((phase: string) => void) | undefined } = {},
): Promise<FoundDepth> {
  signal?.throwIfAborted();
  if (source.kind === 'gradient') {
    const { width, height } = await image.size();
    return { depth: gradientDepth(width, height), provenance: { source: source.kind }, warnings: [] };
  }
  if (source.kind === 'model') {
    onPhase?.('loading the model');
    const estimator = await source.estimator();
    onPhase?.('estimating the depth');
    const { raster } = await image.decoded();
    const pixels = fitToSize(raster, estimator.inputSize(raster));
    const depth = await estimator.estimate(pixels, { signal });
    return { depth, provenance: { source: 'model', model: estimator.identity }, warnings: [] };
  }
  const path = depthFileFor(image.name, source.path);
  const { map: depth, channel, warnings } = await readDepth(path, source);
  const size = await image.size();
  assertSameProportions(path, depth, image.name, size);
  const resized =
    depth.width === size.width ? [] : [`${path} is ${depth.width} x ${depth.height}: scaled to ${image.name}`];
  return { depth, provenance: { source: 'file', file: path, channel }, warnings: [...warnings, ...resized] };
}

/** The depth map that belongs to an image. */
export function depthFileFor(input: string, path: string): string {
  return path.replaceAll('{stem}', () => stemOf(input));
}

/** Normalized depth at another size, bilinear. */
export function resizeDepth(depth: DepthMap, size: Size): DepthMap {
  const { data } = resizeHeatmap(createHeatmap(depth.width, depth.height, depth.data), size);
  return createDepthMap(size.width, size.height, data, depth);
}

function assertSameProportions(path: string, depth: Size, name: string, size: Size): void {
  // Each side may be off by a pixel, as it is after scaling.
  const scale = Math.sqrt((size.width * size.height) / (depth.width * depth.height));
  const off = Math.max(Math.abs(depth.width * scale - size.width), Math.abs(depth.height * scale - size.height));
  if (off > 2 * Math.max(1, scale)) {
    throw sizeMismatch(
      `the depth ${path}`,
      depth,
      `the image ${name}`,
      size,
      'use a depth map of the same image: of its size, or scaled as a whole',
    );
  }
}
