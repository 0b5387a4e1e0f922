import { assertSeeds, SCRIBBLE_VALUES, type Scribble, type SeedPoint, type Seeds } from '../../engine/index.js';
import { MaskwrightError } from '../../errors.js';
import { fitToSize } from '../../io/image/fit-to-size.js';
import type { MaskPrompt, PromptableImage, PromptedMask } from '../../models/sam/promptable-segmenter.js';
import { type Bounds, createMask, type Heatmap, type Mask, type Raster } from '../../raster/index.js';
import { enlargeHeatmap } from '../detection/enlarge-heatmap.js';
import { PROMPT_DEFAULTS, type Refine } from '../detection/prompt-settings.js';
import type { SourceSettings } from '../source.js';

/** Points that stand for the strokes of a scribble, of each kind: models were trained with few points. */
const POINTS_OF_STROKES = 8;
/** The probability from which a pixel belongs to a model's mask: a logit of 0. */
export const MODEL_THRESHOLD = 0.5;

/** An image in the hands of a promptable model. Its pixels are encoded with the first prompt, once. */
export interface ModelSegmenter {
  /** The mask of the thing that the seeds are on. Throws what `assertSeeds` throws. */
  readonly segment: (seeds: Seeds) => Promise<Mask>;
  /** The masks that the model offers for one prompt, at its own resolution. */
  readonly propose: (prompt: MaskPrompt) => Promise<PromptedMask[]>;
  /** A heatmap of the model at the size of the image, along its edges. */
  readonly enlarge: (heatmap: Heatmap) => Heatmap;
  /** Whether boxes count; else the middle of a box stands for it. */
  readonly takesBoxes: boolean;
}

const opened = new WeakMap<Raster, Map<string, Promise<ModelSegmenter>>>();

/**
 * Opens an image with the promptable model of a name, a hub id or a folder. An image that is worked on again keeps its
 * features. Throws `MODEL_*`.
 */
export function openModelSegmenter(model: string, raster: Raster, settings: SourceSettings): Promise<ModelSegmenter> {
  const { refine = PROMPT_DEFAULTS.refine } = settings.prompt;
  const key = JSON.stringify([model, refine, settings.maskIndex]);
  const known = opened.get(raster) ?? new Map<string, Promise<ModelSegmenter>>();
  opened.set(raster, known);
  const opening = known.get(key) ?? open(model, raster, refine, settings);
  known.set(key, opening);
  opening.catch(() => known.delete(key));
  return opening;
}

async function open(
  model: string,
  raster: Raster,
  refine: Refine,
  { models, maskIndex, signal }: SourceSettings,
): Promise<ModelSegmenter> {
  const segmenter = await models.promptableSegmenter({ model });
  const image: PromptableImage = segmenter.open(fitToSize(raster, segmenter.inputSize(raster), 'bilinear'), raster);
  const propose: ModelSegmenter['propose'] = (prompt) => image.segment(prompt, { signal });
  const enlarge: ModelSegmenter['enlarge'] = (heatmap) => enlargeHeatmap(heatmap, raster, refine, MODEL_THRESHOLD);
  const { boxes: takesBoxes } = segmenter.takes;
  return {
    propose,
    enlarge,
    takesBoxes,
    segment: async (seeds) => {
      assertSeeds(seeds, raster);
      const out = new Uint8Array(raster.width * raster.height);
      for (const prompt of promptsOf(seeds, takesBoxes)) {
        const { data } = enlarge(chooseMask(await propose(prompt), maskIndex).heatmap);
        for (let i = 0; i < out.length; i++) {
          out[i] = data[i]! >= MODEL_THRESHOLD ? 255 : out[i]!;
        }
      }
      return createMask(raster.width, raster.height, out);
    },
  };
}

/** The mask at an index, else the one with the highest score. Throws `OPTION_RANGE`. */
function chooseMask(masks: readonly PromptedMask[], index: number | undefined): PromptedMask {
  if (index !== undefined && index >= masks.length) {
    throw new MaskwrightError('OPTION_RANGE', `the model has no mask ${index}: it offers ${masks.length}`, {
      hint: `--mask-index is from 0 to ${masks.length - 1}`,
    });
  }
  return index === undefined ? masks.reduce((best, mask) => (mask.score > best.score ? mask : best)) : masks[index]!;
}

/**
 * Seeds as prompts of one thing each: a box with the points in it, and all points outside of boxes together. Points
 * outside the thing go with each.
 */
function promptsOf({ points = [], boxes = [], scribble }: Seeds, takesBoxes: boolean): MaskPrompt[] {
  const all: SeedPoint[] = [...points, ...(scribble === undefined ? [] : pointsOfStrokes(scribble))];
  const excluded = all.filter(({ include = true }) => !include);
  const included = all.filter(({ include = true }) => include);
  const free = included.filter((point) => !boxes.some((box) => contains(box, point)));
  const boxed = boxes.map((box): MaskPrompt => {
    const inside = included.filter((point) => contains(box, point));
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    return takesBoxes
      ? { box, points: [...inside, ...excluded] }
      : { points: [...(inside.length > 0 ? inside : [middle]), ...excluded] };
  });
  return free.length > 0 ? [{ points: [...free, ...excluded] }, ...boxed] : boxed;
}

function contains({ x, y, width, height }: Bounds, point: SeedPoint): boolean {
  return point.x >= x && point.y >= y && point.x < x + width && point.y < y + height;
}

/** Points spread over the strokes of each kind: each next one is the farthest from those before (Gonzalez 1985). */
function pointsOfStrokes({ width, data }: Scribble): SeedPoint[] {
  return [SCRIBBLE_VALUES.include, SCRIBBLE_VALUES.exclude].flatMap((kind) => {
    const pixels: number[] = [];
    data.forEach((value, i) => value === kind && pixels.push(i));
    const distances = new Float64Array(pixels.length).fill(Infinity);
    const chosen: SeedPoint[] = [];
    let next = pixels.length >> 1;
    while (chosen.length < POINTS_OF_STROKES && next < pixels.length && distances[next]! > 0) {
      const [x, y] = [pixels[next]! % width, Math.floor(pixels[next]! / width)];
      chosen.push({ x, y, include: kind === SCRIBBLE_VALUES.include });
      let farthest = 0;
      pixels.forEach((pixel, i) => {
        const distance = ((pixel % width) - x) ** 2 + (Math.floor(pixel / width) - y) ** 2;
        distances[i] = Math.min(distances[i]!, distance);
        farthest = distances[i] > distances[farthest]! ? i : farthest;
      });
      next = farthest;
    }
    return chosen;
  });
}
