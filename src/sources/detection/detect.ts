import { join } from 'node:path';
import { fitToSquare } from '../../io/image/fit-to-square.js';
import {
  type CachedHeatmap,
  HEATMAP_CACHE_DEFAULTS,
  type HeatmapCache,
  heatmapKeys,
  readHeatmap,
  storeHeatmaps,
} from '../../io/files/heatmap-cache.js';
import { cacheFolder } from '../../models/hub/cache-folder.js';
import type { TextModelInfo } from '../../models/registry/text-model-info.js';
import type { PhraseReading } from '../../models/clipseg/text-segmenter.js';
import { contentInSquare, cropToContent, type Heatmap, type Raster } from '../../raster/index.js';
import type { SourceSettings } from '../source.js';

/** What the network says of phrases in an image, or in a part of one. */
export interface Detection {
  /** Probability of each phrase, at the network's resolution; it covers the image and nothing else. */
  readonly heatmaps: ReadonlyMap<string, Heatmap>;
  readonly readings: ReadonlyMap<string, PhraseReading>;
  /** How often the network looked: 0 where everything was known from before. */
  readonly inferences: number;
  readonly warnings: readonly string[];
}

/** Where heatmaps are kept between runs. */
export function heatmapCache(): HeatmapCache {
  return { folder: join(cacheFolder(), 'heatmaps'), ...HEATMAP_CACHE_DEFAULTS };
}

/** Detections for phrases, all in one run of the network; those that it was asked for before are read from the cache. */
export async function detect(phrases: readonly string[], raster: Raster, settings: SourceSettings): Promise<Detection> {
  const { models, signal } = settings;
  const { fit, cache: useCache = true } = settings.prompt;
  const { identity, inputSize } = await models.segmenterInfo();
  const cache = useCache ? heatmapCache() : undefined;
  const keysOf = cache === undefined ? undefined : heatmapKeys(raster);
  const keyOf = (phrase: string): string => keysOf!({ ...identity, fit, phrase });
  const known = new Map<string, CachedHeatmap>();
  if (cache !== undefined) {
    for (const phrase of phrases) {
      const cached = await readHeatmap(cache, keyOf(phrase));
      if (cached !== undefined && isReading(cached.notes['reading'])) {
        known.set(phrase, cached);
      }
    }
  }
  const missing = phrases.filter((phrase) => !known.has(phrase));
  const warnings: string[] = [];
  if (missing.length > 0) {
    // The image is resized while the model is loaded.
    const loading = models.segmenter();
    const [segmenter, { square }] = await Promise.all([loading, fitToSquare(raster, inputSize, fit)]);
    const [heatmaps, readings] = await Promise.all([
      segmenter.segment(square, missing, { signal }),
      segmenter.readPhrases(missing),
    ]);
    for (const [i, phrase] of missing.entries()) {
      known.set(phrase, { heatmap: heatmaps[i]!, notes: { reading: readings[i]! } });
    }
    if (cache !== undefined) {
      const entries = missing.map((phrase) => [keyOf(phrase), known.get(phrase)!] as const);
      await storeHeatmaps(cache, entries).catch((error: unknown) => {
        warnings.push(`heatmaps could not be kept in ${cache.folder}: ${(error as Error).message}`);
      });
    }
  }
  const content = contentInSquare(raster, inputSize, fit);
  return {
    heatmaps: new Map(phrases.map((phrase) => [phrase, cropToContent(known.get(phrase)!.heatmap, content, inputSize)])),
    readings: new Map(phrases.map((phrase) => [phrase, known.get(phrase)!.notes['reading'] as PhraseReading])),
    inferences: missing.length > 0 ? 1 : 0,
    warnings,
  };
}

/** A file of the cache may be damaged, or of another's making. */
function isReading(value: unknown): value is PhraseReading {
  const { tokens, kept, dropped } = (value ?? {}) as Partial<PhraseReading>;
  return typeof tokens === 'number' && typeof kept === 'string' && typeof dropped === 'string';
}

/** What is lost of phrases that are too long for the model. */
export function readingWarnings({ tokens, kept, dropped }: PhraseReading, { tokenLimit }: TextModelInfo): string[] {
  return dropped === ''
    ? []
    : [
        `the text has ${tokens} tokens, the model reads ${tokenLimit}: it is cut after ${JSON.stringify(kept.slice(-30))}, before ${JSON.stringify(dropped.slice(0, 30))}`,
      ];
}
