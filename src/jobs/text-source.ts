import { invertMask, thresholdHeatmap } from '../engine/index.js';
import type { DecodedImage } from '../io/decode-image.js';
import { fitToSquare } from '../io/fit-to-square.js';
import { evaluatePrompt, filesOf, phrasesOf } from '../prompts/index.js';
import { cropToContent, type Heatmap, type Mask } from '../raster/index.js';
import { fromFile } from './file-source.js';
import type { FoundMask, SourceSettings } from './sources.js';
import type { TextSource } from './text-prompts.js';

/**
 * The mask of each prompt: its heatmap is brought to the picture's size first and cut at the threshold then,
 * so that the mask is truly binary and its edge is smooth. All phrases are looked for in one run.
 */
export async function fromText(
  sources: readonly TextSource[],
  image: DecodedImage,
  settings: SourceSettings,
): Promise<FoundMask[]> {
  const phrases = [...new Set(sources.flatMap(({ prompt }) => phrasesOf(prompt.tree)))];
  const look = phrases.length === 0 ? NOTHING_LOOKED_FOR : await lookFor(phrases, image, settings);
  const files = await readFiles(sources, image, settings);
  return sources.map(({ prompt, threshold = settings.text.threshold, invert = false }) => {
    const heatmap = evaluatePrompt(
      prompt.tree,
      { phrase: (phrase) => look.heatmaps.get(phrase)!, file: (path) => files.get(path)!.mask },
      image.raster,
      threshold,
    );
    const mask = thresholdHeatmap(heatmap, threshold);
    return {
      label: prompt.text,
      mask: invert ? invertMask(mask) : mask,
      heatmap,
      warnings: [
        ...phrasesOf(prompt.tree).flatMap((phrase) => look.warnings.get(phrase) ?? []),
        ...filesOf(prompt.tree).flatMap((path) => files.get(path)!.warnings),
      ],
      story: { text: prompt.text, threshold, peak: peakOf(heatmap), ...look.story },
    };
  });
}

interface Look {
  readonly heatmaps: ReadonlyMap<string, Heatmap>;
  readonly warnings: ReadonlyMap<string, readonly string[]>;
  readonly story: object;
}

const NOTHING_LOOKED_FOR: Look = { heatmaps: new Map(), warnings: new Map(), story: {} };

async function lookFor(phrases: readonly string[], image: DecodedImage, settings: SourceSettings): Promise<Look> {
  const segmenter = await settings.networks.segmenter();
  const { square, content } = await fitToSquare(image.raster, segmenter.inputSize, settings.text.fit);
  const [heatmaps, readings] = await Promise.all([
    segmenter.segment(square, phrases, { signal: settings.signal }),
    segmenter.readPhrases(phrases),
  ]);
  const { id, ...identity } = segmenter.identity;
  return {
    heatmaps: new Map(
      heatmaps.map((heatmap, i) => [phrases[i]!, cropToContent(heatmap, content, segmenter.inputSize)]),
    ),
    warnings: new Map(
      readings.map(({ phrase, tokens, kept, dropped }) => [
        phrase,
        dropped === ''
          ? []
          : [
              `the text has ${tokens} tokens, the model reads ${segmenter.tokenLimit}: it is cut after ${JSON.stringify(kept.slice(-30))}, before ${JSON.stringify(dropped.slice(0, 30))}`,
            ],
      ]),
    ),
    story: { model: id, ...identity, fit: settings.text.fit },
  };
}

async function readFiles(
  sources: readonly TextSource[],
  image: DecodedImage,
  settings: SourceSettings,
): Promise<Map<string, { mask: Mask; warnings: readonly string[] }>> {
  const paths = [...new Set(sources.flatMap(({ prompt }) => filesOf(prompt.tree)))];
  const found = await Promise.all(paths.map((path) => fromFile({ kind: 'file', path }, image, settings)));
  return new Map(paths.map((path, i) => [path, found[i]!]));
}

function peakOf({ data }: Heatmap): number {
  let peak = 0;
  for (const value of data) {
    peak = value > peak ? value : peak;
  }
  return peak;
}
