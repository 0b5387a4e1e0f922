import { detailWindows, tileWindows } from '../engine/detection/detail-windows.js';
import { mergeWindows, type WindowLook } from '../engine/detection/merge-windows.js';
import { type Bounds, cropRaster, type Heatmap, type Raster } from '../raster/index.js';
import { type Look, lookFor } from './detect.js';
import type { SourceSettings } from './sources.js';

/**
 * Whether a second, closer look is taken: at each part that the first one found (`parts`), or at the whole
 * picture in `tiles` times `tiles` pieces and then at the parts, for things that the first look is too coarse for.
 */
export type Detail = 'off' | 'parts' | { readonly tiles: number };

/** Parts count from this share of the threshold: a closer look may make them surer. */
const DOUBTFUL_SHARE = 0.6;

/** Adds closer looks to a first one. */
export async function lookCloser(
  first: Look,
  raster: Raster,
  detail: Exclude<Detail, 'off'>,
  threshold: number,
  settings: SourceSettings,
): Promise<Look> {
  const { inputSize } = await settings.networks.segmenterInfo();
  const phrases = [...first.heatmaps.keys()];
  let look = first;
  if (typeof detail === 'object') {
    const closer = await lookThrough(tileWindows(raster, detail.tiles), phrases, raster, settings);
    look = merge(look, closer, raster, 'highest');
  }
  for (const phrase of phrases) {
    const windows = detailWindows(look.heatmaps.get(phrase)!, raster, threshold * DOUBTFUL_SHARE, inputSize);
    if (windows.length > 0) {
      const closer = await lookThrough(windows, [phrase], raster, settings);
      look = merge(look, closer, raster, 'outside');
    }
  }
  return look;
}

interface CloserLook {
  readonly window: Bounds;
  readonly look: Look;
}

async function lookThrough(
  windows: readonly Bounds[],
  phrases: readonly string[],
  raster: Raster,
  settings: SourceSettings,
): Promise<CloserLook[]> {
  const looks: CloserLook[] = [];
  for (const window of windows) {
    settings.signal?.throwIfAborted();
    looks.push({ window, look: await lookFor(phrases, cropRaster(raster, window), settings) });
  }
  return looks;
}

function merge(look: Look, closer: readonly CloserLook[], raster: Raster, keep: 'outside' | 'highest'): Look {
  const merged = new Map<string, Heatmap>(look.heatmaps);
  for (const phrase of closer[0]!.look.heatmaps.keys()) {
    const looks = closer.map(({ window, look: { heatmaps } }): WindowLook => ({
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
