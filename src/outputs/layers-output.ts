import { type LayerAnalysis, analyzeLayers } from '../depth/layers/analyze-layers.js';
import { drawDepthHistogram } from '../render/draw-histogram.js';
import { normalizeDepth } from '../depth/normalize-depth.js';
import { sortDepths, splitDepth } from '../depth/layers/split-depth.js';
import { decodeImage } from '../io/image/decode-image.js';
import { encodeImage } from '../io/image/encode-image.js';
import { colorWarnings } from './color-warning.js';
import { type CutOptions, cutImage, encodeLayers, hasHole, layersFiles } from './cut-layers.js';
import { findDepth, resizeDepth } from '../sources/find-depth.js';
import type { LayersFolder } from './layers-folder.js';
import { layersNames, type LayersNaming } from './layers-names.js';
import { stemOf } from '../io/files/output-names.js';
import { type Provenance, provenanceText } from '../io/image/provenance.js';

export interface LayersJobOptions extends CutOptions {
  readonly naming: LayersNaming;
  readonly folder: LayersFolder;
}

export interface LayerReport {
  readonly file: string;
  /** Normalized depth where the layer begins and ends; 0 far, 1 near. */
  readonly from: number;
  readonly to: number;
  /** Share of the image's pixels in it, 0..1, before any feather. */
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
  readonly depth: Provenance;
  readonly warnings: readonly string[];
}

/** Every file that an image's job may write. There are fewer where depths do not suffice for the layers. */
export function layersOutputs(
  input: string,
  options: Pick<LayersJobOptions, 'naming' | 'depthMap' | 'holeMasks' | 'preview'>,
): string[] {
  return layersFiles(layersNames(stemOf(input), options.naming), options.naming.layers, options);
}

/** Cuts one image into layers by its depth and writes each as a PNG, the farthest first in number. */
export async function layersJob(input: string, options: LayersJobOptions): Promise<LayersResult> {
  const image = await decodeImage(input);
  const cut = await cutImage(image, options);
  const { bands, thresholds } = cut;
  const names = layersNames(stemOf(input), options.naming);
  await options.folder.claim(layersFiles(names, bands.count, options));
  await encodeLayers(image, cut, names, options, (path, data) => options.folder.write(path, data));
  return {
    input,
    width: image.raster.width,
    height: image.raster.height,
    layers: cut.shares.map((share, i) => ({
      file: names.layer(i),
      from: thresholds[i - 1] ?? 0,
      to: thresholds[i] ?? 1,
      share,
      ...(hasHole(i, bands.count, options) ? { hole: names.hole(i) } : {}),
    })),
    ...(options.depthMap === true ? { depthMap: names.depthMap } : {}),
    ...(options.preview === true ? { preview: names.preview } : {}),
    depth: cut.provenance,
    warnings: [...image.warnings, ...colorWarnings(image), ...cut.warnings],
  };
}

export interface AnalyzeResult extends LayerAnalysis {
  readonly input: string;
  readonly histogram: string;
  readonly depth: Provenance;
  readonly warnings: readonly string[];
}

/** Detections at one image's depth and suggests how to cut it; writes its histogram, with the suggested cuts. */
export async function analyzeJob(
  input: string,
  options: Pick<LayersJobOptions, 'depth' | 'naming' | 'folder' | 'provenance' | 'signal'>,
): Promise<AnalyzeResult> {
  const image = await decodeImage(input);
  const found = await findDepth(image, options.depth, options.signal);
  const depth = resizeDepth(normalizeDepth(found.depth), image.raster);
  const analysis = analyzeLayers(depth);
  const cuts = splitDepth(sortDepths(depth), { kind: 'quantile', layers: analysis.suggestedLayers });
  const { histogram } = layersNames(stemOf(input), options.naming);
  await options.folder.claim([histogram]);
  const text = provenanceText({ ...options.provenance, depth: found.provenance, thresholds: cuts });
  await options.folder.write(histogram, await encodeImage(drawDepthHistogram(depth, cuts), { text }));
  return { input, ...analysis, histogram, depth: found.provenance, warnings: [...image.warnings, ...found.warnings] };
}
