import {
  autoThreshold,
  type DetectionStats,
  invertMask,
  measureDetection,
  thresholdHeatmap,
} from '../../engine/index.js';
import type { Provenance } from '../../io/image/provenance.js';
import {
  evaluatePrompt,
  filesOf,
  phraseThresholds,
  phrasesIn,
  phrasesOf,
  printPrompt,
  type Prompt,
  setThresholds,
} from '../../prompts/index.js';
import { createHeatmap, type Heatmap, heatmapBands, type Mask, type Raster } from '../../raster/index.js';
import { readMaskFile } from '../file-source.js';
import type { ModelPool } from '../model-pool.js';
import type { FoundMask, SourceImage, SourceSettings } from '../source.js';
import { detectDetail } from './detect-detail.js';
import { type Detection, detect, readingWarnings } from './detect.js';
import { enlargeHeatmap } from './enlarge-heatmap.js';
import { parseShare, PROMPT_DEFAULTS } from './prompt-settings.js';
import { type SeenInput, seenPhrases } from './seen-input.js';

/** A prompt, and the threshold that goes before that of the settings. */
export interface PromptQuery {
  readonly prompt: Prompt;
  readonly threshold?: number | 'auto' | undefined;
  readonly invert?: boolean | undefined;
}

/** What prompts are evaluated over. */
interface Inputs {
  readonly detection: Detection;
  readonly files: ReadonlyMap<string, FoundMask>;
  readonly provenance: Provenance;
}

/**
 * The mask of each prompt. All phrases are detected in one run, and a second pass follows where it is asked for.
 * Each phrase's heatmap is brought to the image's size, heatmaps are combined, and the result is thresholded last,
 * so that the mask is binary and its edge fine.
 */
export async function findPrompts(
  sources: readonly PromptQuery[],
  image: SourceImage,
  settings: SourceSettings,
): Promise<FoundMask[]> {
  const phrases = phrasesIn(sources.map(({ prompt }) => prompt));
  const useCache = settings.prompt.cache !== false;
  const seen =
    useCache && phrases.length > 0 && image.path !== undefined
      ? seenPhrases(image.path, phrases, settings.prompt.fit)
      : undefined;
  const [{ raster }, files] = await Promise.all([
    image.decoded(),
    readFiles(sources, image, settings),
    preload(settings.models, !useCache && phrases.length > 0, seen),
  ]);
  if (phrases.length === 0) {
    const inputs = { detection: NOTHING_DETECTED, files, provenance: {} };
    return sources.map((source) => findPrompt(source, raster, settings, inputs));
  }
  const { detail = PROMPT_DEFAULTS.detail, threshold, fit } = settings.prompt;
  settings.onPhase?.('loading the model');
  const info = await settings.models.segmenterInfo();
  settings.onPhase?.('detecting');
  const first = await detect(phrases, raster, settings);
  const detection =
    detail === 'off'
      ? first
      : await detectDetail(first, raster, detail, typeof threshold === 'number' ? threshold : 0.5, settings);
  if (detection.inferences > 0) {
    await seen?.add();
  }
  settings.onPhase?.('refining');
  const { id, ...identity } = info.identity;
  const provenance = { model: id, ...identity, fit };
  const found = sources.map((source) => {
    const cut = phrasesOf(source.prompt.tree).flatMap((phrase) =>
      readingWarnings(detection.readings.get(phrase)!, info),
    );
    const warned = { ...detection, warnings: [...detection.warnings, ...cut] };
    return findPrompt(source, raster, settings, { detection: warned, files, provenance });
  });
  return settings.prompt.refine === 'sam'
    ? Promise.all(found.map((mask, i) => refineFound(mask, sources[i]!, raster, settings)))
    : found;
}

/** What a promptable model makes of a selection. Phrases were found with `fast`. */
async function refineFound(
  { selection, ...found }: FoundSelection,
  { prompt, invert }: PromptQuery,
  raster: Raster,
  settings: SourceSettings,
): Promise<FoundMask> {
  const { refineByModel } = await import('../interaction/refine-by-model.js');
  const what = JSON.stringify(prompt.text);
  const refined = await refineByModel(what, selection.heatmap, selection.threshold, raster, settings);
  return {
    ...found,
    mask: invert === true ? invertMask(refined.mask) : refined.mask,
    heatmap: refined.heatmap,
    warnings: [...found.warnings, ...refined.warnings],
  };
}

/** A mask, and the selection before it is inverted. */
interface FoundSelection extends FoundMask {
  readonly selection: { readonly heatmap: Heatmap; readonly threshold: number };
}

/** Loads the network while the image is decoded, where its answers are not cached or seem not to be. */
async function preload(models: ModelPool, certain: boolean, seen: SeenInput | undefined): Promise<void> {
  if (certain || (seen !== undefined && !(await seen.has()))) {
    models.preloadSegmenter();
  }
}

const NOTHING_DETECTED: Detection = { heatmaps: new Map(), readings: new Map(), inferences: 0, warnings: [] };

function findPrompt(
  { prompt, threshold, invert = false }: PromptQuery,
  raster: Raster,
  settings: SourceSettings,
  { detection, files, provenance: model }: Inputs,
): FoundSelection {
  const wanted = threshold ?? settings.prompt.threshold;
  const own = phraseThresholds(prompt.tree);
  const thresholds = new Map(
    phrasesOf(prompt.tree).map((phrase) => [
      phrase,
      own.get(phrase) ?? (wanted === 'auto' ? autoThreshold(detection.heatmaps.get(phrase)!) : wanted),
    ]),
  );
  const { refine = PROMPT_DEFAULTS.refine, detail = PROMPT_DEFAULTS.detail } = settings.prompt;
  const maxShare = settings.prompt.maxShare === undefined ? 1 : parseShare(settings.prompt.maxShare);
  const warnings: string[] = [];
  const full = new Map<string, Heatmap>();
  for (const [phrase, pivot] of thresholds) {
    const coarse = detection.heatmaps.get(phrase)!;
    const fine = enlargeHeatmap(coarse, raster, refine, pivot);
    const share = maxShare < 1 ? shareOf(thresholdHeatmap(fine, pivot)) : 0;
    full.set(phrase, share > maxShare ? createHeatmap(raster.width, raster.height) : fine);
    if (share > maxShare) {
      warnings.push(excessWarning(JSON.stringify(phrase), share, settings.prompt.maxShare));
    }
  }
  const alone = prompt.tree.kind === 'phrase' ? thresholds.get(prompt.tree.phrase)! : undefined;
  const cut = alone ?? (wanted === 'auto' ? 0.5 : wanted);
  // Thresholds that were chosen phrase by phrase are mapped to the one that the result is thresholded at.
  const tree =
    wanted === 'auto' && alone === undefined
      ? setThresholds(prompt.tree, (phrase) => thresholds.get(phrase))
      : prompt.tree;
  const heatmap = evaluatePrompt(
    tree,
    { phrase: (phrase) => full.get(phrase)!, file: (path) => files.get(path)!.mask },
    raster,
    cut,
    {
      splitTouching: settings.prompt.splitTouching,
      onMissingInstance: (node, count) => {
        const term = printPrompt(node);
        warnings.push(`${term} is absent: there ${count === 1 ? 'is 1 instance' : `are ${count} instances`}`);
      },
    },
  );
  const selected = thresholdHeatmap(heatmap, cut);
  const excess = maxShare < 1 && shareOf(selected) > maxShare;
  if (excess) {
    warnings.push(excessWarning(JSON.stringify(prompt.text), shareOf(selected), settings.prompt.maxShare));
  }
  const isAbsent = warnings.length > 0 && (excess || !selected.data.includes(255));
  const mask = excess ? thresholdHeatmap(createHeatmap(raster.width, raster.height), 1) : selected;
  const masks = [...thresholds].map(([phrase, at]) =>
    full.get(phrase) === heatmap && at === cut ? selected : thresholdHeatmap(full.get(phrase)!, at),
  );
  const measure = (): Provenance => ({
    prompt: prompt.text,
    threshold: cut,
    ...(wanted === 'auto' ? { thresholdMethod: 'auto' } : {}),
    refine,
    detail,
    peak: peakOf(heatmap),
    ...(isAbsent ? { absent: warnings.join('; ') } : {}),
    detections: Object.fromEntries(
      [...thresholds].map(([phrase, at], i): [string, DetectionStats] => [
        phrase,
        measureDetection(detection.heatmaps.get(phrase)!, masks[i]!, at),
      ]),
    ),
    ...model,
  });
  let measured: Provenance | undefined;
  return {
    selection: { heatmap, threshold: cut },
    label: prompt.text,
    mask: invert ? invertMask(mask) : mask,
    heatmap,
    warnings: [
      ...warnings,
      ...detection.warnings,
      ...filesOf(prompt.tree).flatMap((path) => files.get(path)!.warnings),
    ],
    // Measured when it is first asked for: while a file is being encoded, where an output does so.
    get provenance() {
      return (measured ??= measure());
    },
    facts: { inferences: detection.inferences },
  };
}

function shareOf({ data }: Mask): number {
  let selected = 0;
  for (let i = 0; i < data.length; i++) {
    selected += data[i]! >> 7;
  }
  return selected / data.length;
}

function excessWarning(what: string, share: number, maxShare: string | undefined): string {
  return `${what} selects ${(share * 100).toFixed(1)} % of the image, more than ${maxShare}: it counts as absent`;
}

async function readFiles(
  sources: readonly PromptQuery[],
  image: SourceImage,
  settings: SourceSettings,
): Promise<Map<string, FoundMask>> {
  const paths = [...new Set(sources.flatMap(({ prompt }) => filesOf(prompt.tree)))];
  const found = await Promise.all(paths.map((path) => readMaskFile({ path }, image, settings)));
  return new Map(paths.map((path, i) => [path, found[i]!]));
}

function peakOf(heatmap: Heatmap): number {
  let peak = 0;
  for (const { values } of heatmapBands(heatmap)) {
    for (let i = 0; i < values.length; i++) {
      peak = values[i]! > peak ? values[i]! : peak;
    }
  }
  return peak;
}
