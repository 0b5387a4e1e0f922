import { detailWindows, tileWindows } from '../engine/detection/detail-windows.js';
import { mergeWindows, type WindowDetection } from '../engine/detection/merge-windows.js';
import { type Bounds, cropRaster, type Heatmap, type Raster } from '../raster/index.js';
import { type Detection, detect } from './detect.js';
import type { SourceSettings } from './sources.js';

/**
 * Whether a second, closer look is taken: at each part that the first one found (`parts`), or at the whole
 * image in `tiles` times `tiles` pieces and then at the parts, for things that the first look is too coarse for.
 */
export type Detail = 'off' | 'parts' | { readonly tiles: number };

/** Parts count from this share of the threshold: a closer look may make them surer. */
const DOUBTFUL_SHARE = 0.6;

/** Adds closer looks to a first one. */
export async function detectDetail(
  first: Detection,
  raster: Raster,
  detail: Exclude<Detail, 'off'>,
  threshold: number,
  settings: SourceSettings,
): Promise<Detection> {
  const { inputSize } = await settings.models.segmenterInfo();
  const phrases = [...first.heatmaps.keys()];
  let look = first;
  if (typeof detail === 'object') {
    const closer = await detectInWindows(tileWindows(raster, detail.tiles), phrases, raster, settings);
    look = merge(look, closer, raster, 'highest');
  }
  for (const phrase of phrases) {
    const windows = detailWindows(look.heatmaps.get(phrase)!, raster, threshold * DOUBTFUL_SHARE, inputSize);
    if (windows.length > 0) {
      const closer = await detectInWindows(windows, [phrase], raster, settings);
      look = merge(look, closer, raster, 'outside');
    }
  }
  return look;
}

interface WindowedDetection {
  readonly window: Bounds;
  readonly look: Detection;
}

async function detectInWindows(
  windows: readonly Bounds[],
  phrases: readonly string[],
  raster: Raster,
  settings: SourceSettings,
): Promise<WindowedDetection[]> {
  const looks: WindowedDetection[] = [];
  for (const window of windows) {
    settings.signal?.throwIfAborted();
    looks.push({ window, look: await detect(phrases, cropRaster(raster, window), settings) });
  }
  return looks;
}

function merge(
  look: Detection,
  closer: readonly WindowedDetection[],
  raster: Raster,
  keep: 'outside' | 'highest',
): Detection {
  const merged = new Map<string, Heatmap>(look.heatmaps);
  for (const phrase of closer[0]!.look.heatmaps.keys()) {
    const looks = closer.map(({ window, look: { heatmaps } }): WindowDetection => ({
      window,
      heatmap: heatmaps.get(phrase)!,
    }));
    merged.set(phrase, mergeWindows(look.heatmaps.get(phrase)!, looks, raster, keep));
  }
  return {
    heatmaps: merged,
    readings: look.readings,
    inferences: closer.reduce((sum, { look: { inferences } }) => sum + inferences, look.inferences),
    warnings: [...new Set([...look.warnings, ...closer.flatMap(({ look: { warnings } }) => warnings)])],
  };
}
