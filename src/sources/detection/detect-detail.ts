import { detailWindows, tileWindows } from '../../engine/detection/detail-windows.js';
import { mergeWindows, type WindowDetection } from '../../engine/detection/merge-windows.js';
import { type Bounds, cropRaster, type Heatmap, type Raster } from '../../raster/index.js';
import { type Detection, detect } from './detect.js';
import type { Detail } from './prompt-settings.js';
import type { SourceSettings } from '../source.js';

/** Parts count from this share of the threshold: the second pass may raise their probability. */
const DOUBTFUL_SHARE = 0.6;

/** Adds a second pass at higher resolution to a detection. */
export async function detectDetail(
  first: Detection,
  raster: Raster,
  detail: Exclude<Detail, 'off'>,
  threshold: number,
  settings: SourceSettings,
): Promise<Detection> {
  const { inputSize } = await settings.models.segmenterInfo();
  const phrases = [...first.heatmaps.keys()];
  let detection = first;
  if (typeof detail === 'object') {
    const closer = await detectInWindows(tileWindows(raster, detail.tiles), phrases, raster, settings);
    detection = merge(detection, closer, raster, 'highest');
  }
  for (const phrase of phrases) {
    const windows = detailWindows(detection.heatmaps.get(phrase)!, raster, threshold * DOUBTFUL_SHARE, inputSize);
    if (windows.length > 0) {
      const closer = await detectInWindows(windows, [phrase], raster, settings);
      detection = merge(detection, closer, raster, 'outside');
    }
  }
  return detection;
}

interface WindowResult {
  readonly window: Bounds;
  readonly detection: Detection;
}

async function detectInWindows(
  windows: readonly Bounds[],
  phrases: readonly string[],
  raster: Raster,
  settings: SourceSettings,
): Promise<WindowResult[]> {
  const found: WindowResult[] = [];
  for (const [i, window] of windows.entries()) {
    settings.signal?.throwIfAborted();
    settings.onPhase?.(`detecting, window ${i + 1} of ${windows.length}`);
    found.push({ window, detection: await detect(phrases, cropRaster(raster, window), settings) });
  }
  return found;
}

function merge(
  first: Detection,
  closer: readonly WindowResult[],
  raster: Raster,
  keep: 'outside' | 'highest',
): Detection {
  const merged = new Map<string, Heatmap>(first.heatmaps);
  for (const phrase of closer[0]!.detection.heatmaps.keys()) {
    const windows = closer.map(({ window, detection: { heatmaps } }): WindowDetection => ({
      window,
      heatmap: heatmaps.get(phrase)!,
    }));
    merged.set(phrase, mergeWindows(first.heatmaps.get(phrase)!, windows, raster, keep));
  }
  return {
    heatmaps: merged,
    readings: first.readings,
    inferences: closer.reduce((sum, { detection: { inferences } }) => sum + inferences, first.inferences),
    warnings: [...new Set([...first.warnings, ...closer.flatMap(({ detection: { warnings } }) => warnings)])],
  };
}
