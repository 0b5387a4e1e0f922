import {
  autoThreshold,
  type DetectionStats,
  invertMask,
  measureDetection,
  refineHeatmap,
  thresholdHeatmap,
} from '../engine/index.js';
import type { DecodedImage } from '../io/image/decode-image.js';
import { evaluatePrompt, filesOf, phraseThresholds, phrasesOf, setThresholds } from '../prompts/index.js';
import { type Heatmap, resizeHeatmap } from '../raster/index.js';
import { detectDetail } from './detect-detail.js';
import { fromFile } from './file-source.js';
import { type Detection, detect, readingWarnings } from './detect.js';
import type { FoundMask, SourceSettings } from './sources.js';
import type { Provenance } from '../io/image/provenance.js';
import { TEXT_DEFAULTS, type TextSource } from './text-prompts.js';

/**
 * The mask of each prompt. All phrases are looked for in one run, closer looks follow where they are asked
 * for; each phrase's heatmap is brought to the image's size, heatmaps are combined, and the result is cut at
 * the threshold last, so that the mask is truly binary and its edge is fine.
 */
export async function fromText(
  sources: readonly TextSource[],
  image: DecodedImage,
  settings: SourceSettings,
): Promise<FoundMask[]> {
  const { raster } = image;
  const phrases = [...new Set(sources.flatMap(({ prompt }) => phrasesOf(prompt.tree)))];
  const files = await readFiles(sources, image, settings);
  if (phrases.length === 0) {
    return sources.map((source) => findPrompt(source, image, settings, files, NOTHING_LOOKED_FOR, {}));
  }
  const { detail = TEXT_DEFAULTS.detail, threshold, fit } = settings.text;
  const info = await settings.models.segmenterInfo();
  const first = await detect(phrases, raster, settings);
  const look =
    detail === 'off'
      ? first
      : await detectDetail(first, raster, detail, typeof threshold === 'number' ? threshold : 0.5, settings);
  const { id, ...identity } = info.identity;
  const provenance = { model: id, ...identity, fit, inferences: look.inferences };
  return sources.map((source) => {
    const cut = phrasesOf(source.prompt.tree).flatMap((phrase) => readingWarnings(look.readings.get(phrase)!, info));
    const warned = { ...look, warnings: [...look.warnings, ...cut] };
    return findPrompt(source, image, settings, files, warned, provenance);
  });
}

const NOTHING_LOOKED_FOR: Detection = { heatmaps: new Map(), readings: new Map(), inferences: 0, warnings: [] };

function findPrompt(
  { prompt, threshold, invert = false }: TextSource,
  { raster }: DecodedImage,
  { text }: SourceSettings,
  files: ReadonlyMap<string, FoundMask>,
  look: Detection,
  provenanceOfDetection: Provenance,
): FoundMask {
  const wanted = threshold ?? text.threshold;
  const own = phraseThresholds(prompt.tree);
  const thresholds = new Map(
    phrasesOf(prompt.tree).map((phrase) => [
      phrase,
      own.get(phrase) ?? (wanted === 'auto' ? autoThreshold(look.heatmaps.get(phrase)!) : wanted),
    ]),
  );
  const { refine = TEXT_DEFAULTS.refine, detail = TEXT_DEFAULTS.detail } = text;
  const full = new Map<string, Heatmap>();
  for (const [phrase, pivot] of thresholds) {
    const coarse = look.heatmaps.get(phrase)!;
    full.set(phrase, refine ? refineHeatmap(coarse, raster, { pivot }) : resizeHeatmap(coarse, raster));
  }
  const alone = prompt.tree.kind === 'phrase' ? thresholds.get(prompt.tree.phrase)! : undefined;
  const cut = alone ?? (wanted === 'auto' ? 0.5 : wanted);
  // Thresholds that were chosen for phrases one by one meet at the one that the result is cut at.
  const tree =
    wanted === 'auto' && alone === undefined
      ? setThresholds(prompt.tree, (phrase) => thresholds.get(phrase))
      : prompt.tree;
  const heatmap = evaluatePrompt(
    tree,
    { phrase: (phrase) => full.get(phrase)!, file: (path) => files.get(path)!.mask },
    raster,
    cut,
  );
  const mask = thresholdHeatmap(heatmap, cut);
  const masks = [...thresholds].map(([phrase, at]) =>
    full.get(phrase) === heatmap && at === cut ? mask : thresholdHeatmap(full.get(phrase)!, at),
  );
  const provenanceOf = (): Provenance => ({
    text: prompt.text,
    threshold: cut,
    ...(wanted === 'auto' ? { thresholdMethod: 'auto' } : {}),
    refine,
    detail,
    peak: peakOf(heatmap),
    evidence: Object.fromEntries(
      [...thresholds].map(([phrase, at], i): [string, DetectionStats] => [
        phrase,
        measureDetection(look.heatmaps.get(phrase)!, masks[i]!, at),
      ]),
    ),
    ...provenanceOfDetection,
  });
  let provenance: Provenance | undefined;
  return {
    label: prompt.text,
    mask: invert ? invertMask(mask) : mask,
    heatmap,
    warnings: [...look.warnings, ...filesOf(prompt.tree).flatMap((path) => files.get(path)!.warnings)],
    // Measured when it is asked for first: while a file is being encoded, where a job does so.
    get provenance() {
      return (provenance ??= provenanceOf());
    },
  };
}

async function readFiles(
  sources: readonly TextSource[],
  image: DecodedImage,
  settings: SourceSettings,
): Promise<Map<string, FoundMask>> {
  const paths = [...new Set(sources.flatMap(({ prompt }) => filesOf(prompt.tree)))];
  const found = await Promise.all(paths.map((path) => fromFile({ path }, image, settings)));
  return new Map(paths.map((path, i) => [path, found[i]!]));
}

function peakOf({ data }: Heatmap): number {
  let peak = 0;
  for (let i = 0; i < data.length; i++) {
    peak = data[i]! > peak ? data[i]! : peak;
  }
  return peak;
}
