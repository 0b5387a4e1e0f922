import { z } from 'zod';
import { BLEND_MODES } from '../../engine/index.js';
import { flag, number, text, whole } from './schema-parts.js';

/** How a file is named in `outdir`. */
function name(preset: string) {
  return text()
    .default(preset)
    .describe('{stem} the picture, {text} the words, {kind} what it is, {ext}, {parent}, {index}; folders with /');
}

/** What is written for a picture. */
export function outputSchema(path: z.ZodType<string, string>) {
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('mask'), name: name('{stem}.mask.{ext}') }).describe('the mask, white = selected'),
    z
      .strictObject({
        kind: z.literal('debug'),
        name: name('{stem}.{text}.{kind}.{ext}').describe('must have {kind} in it'),
        hard: flag().default(false).describe('cut at the mask instead of fading by probability'),
        overlay: flag().default(false).describe('also the picture with the selection tinted and outlined'),
        heatmap: flag().default(false).describe('also the probability as a grey picture'),
      })
      .describe('selected, deselected and masked, for each source: as the command mask'),
    z
      .strictObject({
        kind: z.literal('inpaint'),
        name: name('{stem}.inpaint.{ext}'),
        opacity: whole(0, 99).default(0).describe('percent of visibility left to the selected pixels'),
      })
      .describe('the picture with the selected pixels transparent, every colour kept'),
    z
      .strictObject({
        kind: z.literal('composite'),
        name: name('{stem}.composite.{ext}'),
        overlay: path.describe('the picture that is laid over this one where the mask selects'),
        blend: z.enum(BLEND_MODES).default('normal'),
        opacity: number(0, 1).default(1),
      })
      .describe('another picture laid over this one through the mask'),
  ]);
}

export type RecipeOutput = z.output<ReturnType<typeof outputSchema>>;
