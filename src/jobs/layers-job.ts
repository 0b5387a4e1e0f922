import { type LayerAnalysis, analyzeLayers } from '../depth/analyze-layers.js';
import { drawDepthHistogram } from '../depth/analyze-histogram.js';
import { drawDepth } from '../depth/colormap-inferno.js';
import type { FillMethod } from '../depth/fill-hole.js';
import { buildLayers, type Layer } from '../depth/layers-build.js';
import { type DepthRange, normalizeDepth } from '../depth/normalize-depth.js';
import { cleanBands } from '../depth/slice-clean.js';
import { type Bands, bandShares, sliceDepth } from '../depth/slice-depth.js';
import { sortDepths, splitDepth, splitDepthCompat, type SplitMethod } from '../depth/split-depth.js';
import { type DecodedImage, decodeImage } from '../io/decode-image.js';
import { encodeImage } from '../io/encode-image.js';
import { type DepthMap, type Raster, resizeRaster } from '../raster/index.js';
import { colorWarnings } from './color-warning.js';
import { type DepthSource, findDepth, resizeDepth } from './layers-depth.js';
import type { LayersFolder } from './layers-folder.js';
import { layersNames, type LayersNames, type LayersNaming } from './layers-names.js';
import { type ParallaxLayer, renderParallaxPage } from './parallax-page.js';
import { type Story, storyText } from './story.js';

export interface LayersJobOptions {
  readonly depth: DepthSource;
  readonly split: SplitMethod;
  /** Range and cuts found for a whole sequence; each picture by itself where left out. */
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
  readonly naming: LayersNaming;
  readonly folder: LayersFolder;
  readonly story: Story;
  readonly signal?: AbortSignal | undefined;
}

/** What every frame of a sequence is cut by. */
export interface SharedSplit {
  readonly range: DepthRange | undefined;
  readonly thresholds: readonly number[];
}

export interface LayerReport {
  readonly file: string;
  /** Normalised depth where the layer begins and ends; 0 far, 1 near. */
  readonly from: number;
  readonly to: number;
  /** Share of the picture's pixels in it, 0..1, before any feather. */
  readonly share: number;
  readonly hole?: string;
}

export interface LayersResult {
  readonly input: string;
  readonly width: number;
  readonly height: number;
  /** From the farthest to the nearest. */
  readonly layers: readonly LayerReport[];
  readonly depthMap?: string;
  readonly preview?: string;
  readonly depth: Story;
  readonly warnings: readonly string[];
}

/** Long side of the pictures in a preview. */
const PREVIEW_SIDE = 1280;

/** Layers that are encoded at the same time, while the next one is built. */
const MOST_IN_WORK = 2;

/** Every file that a picture's job may write. There are fewer where depths do not suffice for the layers. */
export function layersOutputs(
  input: string,
  { naming, depthMap, holeMasks, preview }: Pick<LayersJobOptions, 'naming' | 'depthMap' | 'holeMasks' | 'preview'>,
): string[] {
  return filesOf(layersNames(input, naming), naming.layers, { depthMap, holeMasks, preview });
}

/** Cuts one picture into layers by its depth and writes each as a PNG, the farthest first in number. */
export async function layersJob(input: string, options: LayersJobOptions): Promise<LayersResult> {
  const image = await decodeImage(input);
  const found = await findDepth(image, options.depth, options.signal);
  const smooth = resizeDepth(normalizeDepth(found.depth, options.shared?.range), image.raster);
  const depth = options.compat === true && options.depth.kind === 'model' ? inSteps(smooth) : smooth;
  const thresholds = options.shared?.thresholds ?? findThresholds(depth, options);
  const sliced = sliceDepth(depth, thresholds);
  const bands =
    options.cleanEdgesPx === 0
      ? sliced
      : cleanBands(sliced, { radiusPx: options.cleanEdgesPx, compat: options.compat });
  const names = layersNames(input, options.naming);
  await options.folder.claim(filesOf(names, bands.count, options));
  const text = storyText({ ...options.story, depth: found.story, thresholds });
  if (options.depthMap === true) {
    await options.folder.write(names.depthMap, await encodeImage(drawDepth(depth), { text }));
  }
  await writeLayers(image, depth, bands, names, { ...options, text });
  const shares = bandShares(bands);
  return {
    input,
    width: image.raster.width,
    height: image.raster.height,
    layers: shares.map((share, i) => ({
      file: names.layer(i),
      from: thresholds[i - 1] ?? 0,
      to: thresholds[i] ?? 1,
      share,
      ...(hasHole(i, bands.count, options) ? { hole: names.hole(i) } : {}),
    })),
    ...(options.depthMap === true ? { depthMap: names.depthMap } : {}),
    ...(options.preview === true ? { preview: names.preview } : {}),
    depth: found.story,
    warnings: [...image.warnings, ...colorWarnings(image), ...found.warnings, ...warnOfFew(input, shares, options)],
  };
}

export interface AnalyzeResult extends LayerAnalysis {
  readonly input: string;
  readonly histogram: string;
  readonly depth: Story;
  readonly warnings: readonly string[];
}

/** Looks at one picture's depth and suggests how to cut it; writes its histogram, with the suggested cuts. */
export async function analyzeJob(
  input: string,
  options: Pick<LayersJobOptions, 'depth' | 'naming' | 'folder' | 'story' | 'signal'>,
): Promise<AnalyzeResult> {
  const image = await decodeImage(input);
  const found = await findDepth(image, options.depth, options.signal);
  const depth = resizeDepth(normalizeDepth(found.depth), image.raster);
  const analysis = analyzeLayers(depth);
  const cuts = splitDepth(sortDepths(depth), { kind: 'quantile', layers: analysis.suggestedLayers });
  const { histogram } = layersNames(input, options.naming);
  await options.folder.claim([histogram]);
  const text = storyText({ ...options.story, depth: found.story, thresholds: cuts });
  await options.folder.write(histogram, await encodeImage(drawDepthHistogram(depth, cuts), { text }));
  return { input, ...analysis, histogram, depth: found.story, warnings: [...image.warnings, ...found.warnings] };
}

function findThresholds(depth: DepthMap, { split, compat }: Pick<LayersJobOptions, 'split' | 'compat'>): number[] {
  if (split.kind === 'even' || split.kind === 'at') {
    return splitDepth(depth.data, split);
  }
  return compat === true && split.kind === 'quantile'
    ? splitDepthCompat(sortDepths(depth, { most: Infinity }), split.layers)
    : splitDepth(sortDepths(depth), split);
}

/** The 256 depths that are left of a network's depth in the original. */
function inSteps(depth: DepthMap): DepthMap {
  return { ...depth, data: depth.data.map((value) => Math.trunc(value * 255) / 255) };
}

async function writeLayers(
  image: DecodedImage,
  depth: DepthMap,
  bands: Bands,
  names: LayersNames,
  options: LayersJobOptions & { readonly text: ReturnType<typeof storyText> },
): Promise<void> {
  const { folder, text } = options;
  const previews: ParallaxLayer[] = [];
  const depths = options.preview === true ? bandDepths(depth, bands) : [];
  const write = async ({ index, raster, hole }: Layer): Promise<void> => {
    await folder.write(names.layer(index), await encodeImage(raster, { icc: image.icc, text }));
    if (hole !== undefined && hasHole(index, bands.count, options)) {
      await folder.write(names.hole(index), await encodeImage(hole, { text }));
    }
    if (options.preview === true) {
      const label = `layer ${index + 1}`;
      previews[index] = { png: await encodeImage(shrink(raster)), label, depth: depths[index]! };
    }
  };
  let inWork: Promise<void>[] = [];
  try {
    const { featherPx, fill, compat, holeMasks: holes } = options;
    for (const layer of buildLayers(image.raster, bands, { featherPx, fill, compat, holes })) {
      options.signal?.throwIfAborted();
      inWork.push(write(layer));
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
    await folder.write(names.preview, renderParallaxPage({ title: image.name, width, height, layers: previews }));
  }
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

function filesOf(
  names: LayersNames,
  count: number,
  options: Pick<LayersJobOptions, 'depthMap' | 'holeMasks' | 'preview'>,
): string[] {
  const files: string[] = [];
  for (let i = 0; i < count; i++) {
    files.push(names.layer(i));
    if (hasHole(i, count, options)) {
      files.push(names.hole(i));
    }
  }
  return [
    ...files,
    ...(options.depthMap === true ? [names.depthMap] : []),
    ...(options.preview === true ? [names.preview] : []),
  ];
}

/** Nothing is nearer than the nearest layer. */
function hasHole(index: number, count: number, { holeMasks }: Pick<LayersJobOptions, 'holeMasks'>): boolean {
  return holeMasks === true && index < count - 1;
}

function warnOfFew(input: string, shares: readonly number[], { split }: Pick<LayersJobOptions, 'split'>): string[] {
  const empty = shares.flatMap((share, i) => (share === 0 ? [i + 1] : []));
  const asked = split.kind === 'at' ? split.cuts.length + 1 : split.layers;
  const what = split.kind === 'valleys' ? 'groups of depth with valleys between them' : 'different depths';
  return [
    ...(shares.length < asked
      ? [`${input} has ${shares.length} ${what}: ${shares.length} of ${asked} layers are made`]
      : []),
    ...(empty.length > 0 ? [`${input}: nothing is in layer ${empty.join(', ')}`] : []),
  ];
}
