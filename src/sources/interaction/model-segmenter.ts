import { assertSeeds, SCRIBBLE_VALUES, type Scribble, type SeedPoint } from '../../engine/index.js';
import { MaskwrightError } from '../../errors.js';
import { fitToSize } from '../../io/image/fit-to-size.js';
import type {
  MaskPrompt,
  PromptableImage,
  PromptableSegmenter,
  PromptedMask,
} from '../../models/sam/promptable-segmenter.js';
import { type Bounds, createMask, type Heatmap, type Mask, type Raster } from '../../raster/index.js';
import { enlargeHeatmap } from '../detection/enlarge-heatmap.js';
import { PROMPT_DEFAULTS, type Refine } from '../detection/prompt-settings.js';
import type { SourceSettings } from '../source.js';
import type { PromptSeeds } from './prompt-seeds.js';

/** Points that stand for the strokes of a scribble, of each kind: models were trained with few points. */
const POINTS_OF_STROKES = 8;
/** The probability from which a pixel belongs to a model's mask: a logit of 0. */
export const MODEL_THRESHOLD = 0.5;

/** An image in the hands of a promptable model. Its pixels are encoded with the first prompt, once. */
export interface ModelSegmenter {
  /** The mask of the thing that the seeds are on. Throws what `assertSeeds` throws. */
  readonly segment: (seeds: PromptSeeds) => Promise<Mask>;
  /** The masks that the model offers for one prompt, at its own resolution. */
  readonly propose: (prompt: MaskPrompt) => Promise<PromptedMask[]>;
  /** A heatmap of the model at the size of the image, along its edges. */
  readonly enlarge: (heatmap: Heatmap) => Heatmap;
  readonly takes: PromptableSegmenter['takes'];
  /** Seeds of kinds that the model's graph does not take. Throws `USAGE` where there are no others. */
  readonly warningsOf: (seeds: PromptSeeds) => string[];
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
  const { takes } = segmenter;
  return {
    propose,
    enlarge,
    takes,
    warningsOf: (seeds) => idleSeeds(seeds, takes, model),
    segment: async (seeds) => {
      assertSeeds(seeds, raster);
      idleSeeds(seeds, takes, model);
      const out = new Uint8Array(raster.width * raster.height);
      const mask = seeds.mask !== undefined && takes.masks ? segmenter.toMaskLogits(seeds.mask) : undefined;
      for (const prompt of promptsOf(seeds, takes)) {
        const { data } = enlarge(chooseMask(await propose({ ...prompt, mask }), maskIndex).heatmap);
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

/** What of the seeds a graph does not take. */
function idleSeeds(
  { points = [], boxes = [], scribble, mask }: PromptSeeds,
  takes: ModelSegmenter['takes'],
  model: string,
): string[] {
  const idleMask = mask !== undefined && !takes.masks ? [`${model} takes no earlier mask: it has no effect`] : [];
  const hasPoints = points.length > 0 || scribble !== undefined;
  if (!takes.points && boxes.length === 0) {
    throw new MaskwrightError('USAGE', `${model} takes ${takes.boxes ? 'boxes only' : 'neither points nor boxes'}`, {
      hint: takes.boxes ? 'name a box: --box x,y,width,height' : 'name another model with --segmenter',
    });
  }
  if (!takes.points && hasPoints) {
    return [...idleMask, `${model} takes boxes only: points and strokes have no effect`];
  }
  const idleBoxes = `${model} takes points only: a box stands for the points in it, or for its middle where there are none`;
  return [...idleMask, ...(!takes.boxes && boxes.length > 0 ? [idleBoxes] : [])];
}

/**
 * Seeds as prompts of one thing each: a box with the points in it, and all points outside of boxes together. Points
 * outside the thing go with each.
 */
function promptsOf({ points = [], boxes = [], scribble }: PromptSeeds, takes: ModelSegmenter['takes']): MaskPrompt[] {
  if (!takes.points) {
    return boxes.map((box) => ({ box }));
  }
  const all: SeedPoint[] = [...points, ...(scribble === undefined ? [] : pointsOfStrokes(scribble))];
  const excluded = all.filter(({ include = true }) => !include);
  const included = all.filter(({ include = true }) => include);
  const free = included.filter((point) => !boxes.some((box) => contains(box, point)));
  const boxed = boxes.map((box): MaskPrompt => {
    const inside = included.filter((point) => contains(box, point));
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    return takes.boxes
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
