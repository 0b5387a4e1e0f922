import { drawDepth } from '../../render/colormap-inferno.js';
import type { FillMethod } from '../../depth/layers/fill-occluded.js';
import { buildLayers, type Layer } from '../../depth/layers/layers-build.js';
import { type DepthRange, normalizeDepth } from '../../depth/normalize-depth.js';
import { cleanBands } from '../../depth/layers/slice-clean.js';
import { type Bands, bandShares, sliceDepth } from '../../depth/layers/slice-depth.js';
import {
  layerCount,
  sortDepths,
  splitDepth,
  splitDepthCompat,
  type SplitMethod,
} from '../../depth/layers/split-depth.js';
import type { DecodedImage } from '../../io/image/decode-image.js';
import { encodeImage, formatForPath } from '../../io/image/encode-image.js';
import { type DepthMap, type Raster, resizeRaster } from '../../raster/index.js';
import type { SourceImage } from '../../sources/source.js';
import { type DepthSource, findDepth, resizeDepth } from '../../sources/depth/find-depth.js';
import { type ParallaxLayer, renderParallaxPage } from '../../render/parallax-page.js';
import { metadataOf } from '../../io/image/image-metadata.js';
import { type Provenance, provenanceText } from '../../io/image/provenance.js';

/** How an image is split into layers, and what is written. */
export interface CutOptions {
  readonly depth: DepthSource;
  readonly split: SplitMethod;
  /** Range and cuts found for a whole sequence; each image by itself where left out. */
  readonly shared?: SharedSplit | undefined;
  readonly featherPx: number;
  /** 0 = off. */
  readonly cleanEdgesPx: number;
  readonly fill?: FillMethod | undefined;
  /** Behave as image-to-layers: its percentiles, orphans and alpha. */
  readonly compat?: boolean | undefined;
  readonly depthMap?: boolean | undefined;
  readonly holeMasks?: boolean | undefined;
  readonly preview?: boolean | undefined;
  readonly provenance: Provenance;
  readonly signal?: AbortSignal | undefined;
  readonly onPhase?: ((phase: string) => void) | undefined;
}

/** What all images of a run have in common. */
export interface SharedSplit {
  readonly range: DepthRange | undefined;
  readonly thresholds: readonly number[];
}

/** Where one image's files go; layers are counted from 0, the farthest. */
export interface LayersNames {
  readonly layer: (index: number) => string;
  readonly occlusion: (index: number) => string;
  readonly depthMap: string;
  readonly preview: string;
}

/** An image's depth, and which layer each pixel is in. */
export interface CutImage {
  /** Normalized, at the image's size. */
  readonly depth: DepthMap;
  readonly bands: Bands;
  readonly thresholds: readonly number[];
  /** Share of the image's pixels in each layer, 0..1, before any feather. */
  readonly shares: readonly number[];
  readonly provenance: Provenance;
  readonly warnings: readonly string[];
}

/** Long side of the images in a preview. */
const PREVIEW_SIDE = 1280;

/** Layers that are encoded at the same time, while the next one is built. */
const MOST_IN_WORK = 2;

/** Finds the depth of an image and cuts it, before its pixels are needed. Throws what `findDepth` throws. */
export async function cutImage(image: SourceImage, options: CutOptions): Promise<CutImage> {
  const found = await findDepth(image, options.depth, options);
  const smooth = resizeDepth(normalizeDepth(found.depth, options.shared?.range), await image.size());
  const depth = options.compat === true && options.depth.kind === 'model' ? inSteps(smooth) : smooth;
  const thresholds = options.shared?.thresholds ?? findThresholds(depth, options);
  const sliced = sliceDepth(depth, thresholds);
  const bands =
    options.cleanEdgesPx === 0
      ? sliced
      : cleanBands(sliced, { radiusPx: options.cleanEdgesPx, compat: options.compat });
  const shares = bandShares(bands);
  const warnings = [...found.warnings, ...warnOfFew(image.name, shares, options)];
  return { depth, bands, thresholds, shares, provenance: found.provenance, warnings };
}

/** Encodes the layers of a cut image and what goes with them, and hands each over as it is ready. */
export async function encodeLayers(
  image: DecodedImage,
  { depth, bands, thresholds, provenance }: CutImage,
  names: LayersNames,
  options: CutOptions,
  put: (path: string, data: Uint8Array | string) => Promise<void> | void,
): Promise<void> {
  const text = provenanceText({ ...options.provenance, depth: provenance, thresholds });
  const { featherPx, fill, compat, holeMasks: occlusions } = options;
  if (options.depthMap === true) {
    const format = formatForPath(names.depthMap);
    await put(names.depthMap, await encodeImage(drawDepth(depth), { format, text }));
  }
  const previews: ParallaxLayer[] = [];
  const depths = options.preview === true ? bandDepths(depth, bands) : [];
  const encode = async ({ index, raster, occlusion }: Layer): Promise<void> => {
    const path = names.layer(index);
    await put(path, await encodeImage(raster, { format: formatForPath(path), ...metadataOf(image), text }));
    if (occlusion !== undefined && hasOcclusion(index, bands.count, options)) {
      const maskPath = names.occlusion(index);
      await put(maskPath, await encodeImage(occlusion, { format: formatForPath(maskPath), text }));
    }
    if (options.preview === true) {
      const label = `layer ${index + 1}`;
      previews[index] = { png: await encodeImage(shrink(raster)), label, depth: depths[index]! };
    }
  };
  let inWork: Promise<void>[] = [];
  try {
    for (const layer of buildLayers(image.raster, bands, { featherPx, fill, compat, occlusions })) {
      options.signal?.throwIfAborted();
      const work = encode(layer);
      // One that fails before its turn to be waited for must not end the process.
      work.catch(() => undefined);
      inWork.push(work);
      if (inWork.length >= MOST_IN_WORK) {
        await inWork.shift();
      }
    }
    await Promise.all(inWork);
  } finally {
    await Promise.allSettled(inWork);
  }
  if (options.preview === true) {
    const { width, height } = image.raster;
    await put(names.preview, renderParallaxPage({ title: image.name, width, height, layers: previews }));
  }
}

/** The files of so many layers, and of what goes with them. */
export function layersFiles(
  names: LayersNames,
  count: number,
  options: Pick<CutOptions, 'depthMap' | 'holeMasks' | 'preview'>,
): string[] {
  const files: string[] = [];
  for (let i = 0; i < count; i++) {
    files.push(names.layer(i));
    if (hasOcclusion(i, count, options)) {
      files.push(names.occlusion(i));
    }
  }
  return [
    ...files,
    ...(options.depthMap === true ? [names.depthMap] : []),
    ...(options.preview === true ? [names.preview] : []),
  ];
}

/** Nothing is nearer than the nearest layer. */
export function hasOcclusion(index: number, count: number, { holeMasks }: Pick<CutOptions, 'holeMasks'>): boolean {
  return holeMasks === true && index < count - 1;
}

function findThresholds(depth: DepthMap, { split, compat }: Pick<CutOptions, 'split' | 'compat'>): number[] {
  if (split.kind === 'even' || split.kind === 'at') {
    return splitDepth(depth.data, split);
  }
  return compat === true && split.kind === 'quantile'
    ? splitDepthCompat(sortDepths(depth, { max: Infinity }), split.layers)
    : splitDepth(sortDepths(depth), split);
}

/** The 256 depths that are left of a network's depth in the original. */
function inSteps(depth: DepthMap): DepthMap {
  return { ...depth, data: depth.data.map((value) => Math.trunc(value * 255) / 255) };
}

/** The middle depth of each band, for how far it moves. */
function bandDepths(depth: DepthMap, bands: Bands): number[] {
  const sums = new Float64Array(bands.count);
  const counts = new Float64Array(bands.count);
  bands.data.forEach((band, i) => {
    if (band < bands.count) {
      sums[band]! += depth.data[i]!;
      counts[band]!++;
    }
  });
  return Array.from(sums, (sum, band) => (counts[band] === 0 ? 0 : sum / counts[band]!));
}

function shrink(raster: Raster): Raster {
  const scale = Math.min(1, PREVIEW_SIDE / Math.max(raster.width, raster.height));
  const size = { width: Math.ceil(raster.width * scale), height: Math.ceil(raster.height * scale) };
  return resizeRaster(raster, size);
}

function warnOfFew(input: string, shares: readonly number[], { split }: Pick<CutOptions, 'split'>): string[] {
  const empty = shares.flatMap((share, i) => (share === 0 ? [i + 1] : []));
  const asked = layerCount(split);
  const what = split.kind === 'valleys' ? 'groups of depth with valleys between them' : 'different depths';
  return [
    ...(shares.length < asked
      ? [`${input} has ${shares.length} ${what}: ${shares.length} of ${asked} layers are made`]
      : []),
    ...(empty.length > 0 ? [`${input}: nothing is in layer ${empty.join(', ')}`] : []),
  ];
}
