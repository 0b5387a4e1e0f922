import { hasMatte, type MaskOperations } from '../engine/index.js';
import type { Recipe } from './schema.js';

/** Fields that only prompts and heatmaps have a use for. */
const DETECTION_FIELDS = ['threshold', 'refine', 'detail'] as const;

/** Outputs that hold no colors of the image. */
const COLORLESS: ReadonlySet<string> = new Set(['mask', 'trimap', 'export']);

/** Whether an output shows colors of the image. */
export function hasColors({ kind }: { readonly kind: string }): boolean {
  return !COLORLESS.has(kind);
}

/** Warnings of fields that are set and change nothing, whatever the image is. */
export function warnOfIdleFields(recipe: Recipe): string[] {
  const { sources, mask, outputs, trimap, matteModel, decontaminate } = recipe;
  const detects = sources.some(({ kind }) => kind === 'prompt' || kind === 'heatmap');
  const steps = [...mask, ...sources.flatMap((source) => source.mask ?? [])];
  const fromFile = sources.some(({ kind }) => kind === 'file');
  const idle = detects
    ? []
    : DETECTION_FIELDS.filter(
        (field) =>
          recipe[field] !== undefined && recipe[field] !== 'off' && !(field === 'refine' && refinesModels(recipe)),
      );
  return [
    ...idle.map(
      (field) =>
        `${field} has no effect: no mask comes from a prompt or a heatmap` +
        (fromFile ? '; mask files are taken as they are, unless read as heatmaps (--as heatmap)' : ''),
    ),
    ...(trimap !== undefined && !steps.some(hasMatte) ? ['trimap has no effect without matte'] : []),
    ...(trimap !== undefined && steps.some(hasReach) ? ['matte: how far it reaches has no effect with a trimap'] : []),
    ...(matteModel !== undefined && !steps.some(hasMatte) ? ['matteModel has no effect without matte'] : []),
    ...(decontaminate && !outputs.some(hasColors)
      ? ['decontaminate has no effect: no output holds colors of the image']
      : []),
  ];
}

/** Whether `matte` states how far its band reaches. */
function hasReach({ matte }: MaskOperations): boolean {
  return matte !== undefined && typeof matte !== 'boolean' && matte !== 'auto';
}

/** Whether a mask comes from a model that labels pixels, or that segments from points and boxes: these are refined. */
function refinesModels({ sources, segmenter = 'color' }: Recipe): boolean {
  return sources.some(
    ({ kind }) => kind === 'part' || ((kind === 'seeds' || kind === 'ground') && segmenter !== 'color'),
  );
}
