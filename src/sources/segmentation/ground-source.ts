import { z } from 'zod';
import { invertMask } from '../../engine/index.js';
import type { DetectedBox } from '../../models/object-detection/object-detector.js';
import { type Bounds, createMask } from '../../raster/index.js';
import { parseShare } from '../detection/prompt-settings.js';
import { COLOR_SEGMENTER, openSegmenter } from '../interaction/segmenter.js';
import { number, text } from '../schema-fields.js';
import { type SourceFields, sourceFields, type SourceModule, type SourceSettings } from '../source.js';
import { BOX_THRESHOLD_DEFAULT, GROUND_MODEL_DEFAULT } from './ground-defaults.js';

/** What a phrase names, by a model that detects boxes; the segmenter selects the thing in each box. */
export interface GroundSource extends SourceFields {
  readonly kind: 'ground';
  readonly phrase: string;
  readonly model?: string | undefined;
  readonly boxThreshold?: number | undefined;
  /** Another image of the same size that it is found in. */
  readonly image?: string | undefined;
}

/** A box with more overlap (IoU) with a more probable one is of the same thing. */
const MAX_OVERLAP = 0.7;
/** Boxes that are segmented, the most probable ones. */
const MAX_BOXES = 32;

export const groundSource = {
  schema: ({ model, path }) =>
    z
      .strictObject({
        kind: z.literal('ground'),
        phrase: text().describe('what to detect, in a few words: red car'),
        model: model.optional().describe('grounding-dino, owlv2, a hub id or a folder'),
        boxThreshold: number(0, 1).optional().describe(`probability from which a box counts: ${BOX_THRESHOLD_DEFAULT}`),
        image: path.optional().describe('another image of the same size that it is found in'),
        ...sourceFields(),
      })
      .transform((source) => [source]),
  label: ({ phrase }) => phrase,
  files: ({ image }) => (image === undefined ? [] : [image]),
  find: async (sources, image, settings) => {
    const { raster } = await image.decoded();
    const { fitToSize } = await import('../../io/image/fit-to-size.js');
    return Promise.all(
      sources.map(async ({ phrase, model = GROUND_MODEL_DEFAULT, boxThreshold: wanted, invert }) => {
        const detector = await settings.models.objectDetector({ model });
        const boxThreshold = wanted ?? detector.boxThreshold;
        const pixels = fitToSize(raster, detector.inputSize(raster), 'bilinear');
        const found = await detector.detect(pixels, raster, phrase, { signal: settings.signal });
        const boxes = dropRepeated(found.filter(({ score }) => score >= boxThreshold)).slice(0, MAX_BOXES);
        const mask = createMask(raster.width, raster.height);
        const segmenter = boxes.length === 0 ? undefined : await openSegmenter(image, settings);
        const idle = segmenter?.warningsOf?.({ boxes: boxes.map(({ bounds }) => bounds) }) ?? [];
        for (const { bounds } of boxes) {
          const { data } = await segmenter!.segment({ boxes: [bounds] });
          data.forEach((value, i) => value > 0 && (mask.data[i] = 255));
        }
        const absent =
          boxes.length === 0
            ? `${JSON.stringify(phrase)} is absent: no box reaches ${boxThreshold}, the best has ${(found[0]?.score ?? 0).toFixed(2)}`
            : excessOf(phrase, mask.data, settings);
        if (absent !== undefined) {
          mask.data.fill(0);
        }
        return {
          label: phrase,
          mask: invert === true ? invertMask(mask) : mask,
          warnings: [...idle, ...(absent === undefined ? [] : [absent])],
          provenance: {
            phrase,
            model: detector.identity,
            boxThreshold,
            segmenter: settings.segmenter ?? COLOR_SEGMENTER,
            boxes: boxes.map(({ bounds, score }) => ({ bounds: roundBounds(bounds), score: round(score, 4) })),
            ...(absent === undefined ? {} : { absent }),
            invert,
          },
        };
      }),
    );
  },
} satisfies SourceModule<GroundSource>;

/** The boxes without those that a more probable one nearly covers, and without those that have no pixel. */
function dropRepeated(boxes: readonly DetectedBox[]): DetectedBox[] {
  const kept: DetectedBox[] = [];
  for (const box of boxes) {
    const { width, height } = box.bounds;
    if (width >= 1 && height >= 1 && kept.every(({ bounds }) => overlapOf(bounds, box.bounds) <= MAX_OVERLAP)) {
      kept.push(box);
    }
  }
  return kept;
}

function overlapOf(a: Bounds, b: Bounds): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const both = Math.max(0, width) * Math.max(0, height);
  return both / (a.width * a.height + b.width * b.height - both);
}

/** Why a phrase counts as absent where it selects more than the share that `maxShare` allows. */
function excessOf(phrase: string, data: Uint8Array, { prompt: { maxShare } }: SourceSettings): string | undefined {
  const limit = maxShare === undefined ? 1 : parseShare(maxShare);
  const share = data.reduce((sum, value) => sum + (value >> 7), 0) / data.length;
  return share > limit
    ? `${JSON.stringify(phrase)} selects ${(share * 100).toFixed(1)} % of the image, more than ${maxShare}: it counts as absent`
    : undefined;
}

function roundBounds({ x, y, width, height }: Bounds): Bounds {
  return { x: round(x, 2), y: round(y, 2), width: round(width, 2), height: round(height, 2) };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
