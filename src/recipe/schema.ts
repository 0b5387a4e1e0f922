import { z } from 'zod';
import {
  COMBINE_MODES,
  FEATHER_FALLOFFS,
  FEATHER_SIDES,
  type MaskOperations,
  STRUCTURING_ELEMENTS,
  THRESHOLD_METHODS,
} from '../engine/index.js';
import { FIT_DEFAULTS, FITS } from '../raster/square-fit.js';
import { NAMING_DEFAULTS } from '../io/files/output-names.js';
import { TEXT_DEFAULTS } from '../sources/text-prompts.js';
import { outputSchema } from '../outputs/output-schema.js';
import { area, flag, length, number, text, threshold, whole } from './fields.js';
import { sourceSchema } from '../sources/source-schema.js';

/** What is done to a mask; the order of the keys does not matter, that of the operations is fixed. */
const maskOperationsSchema = z.strictObject({
  normalize: whole(0, 100)
    .optional()
    .describe('raise the contrast: 1 stretches to black and white, 2 and more cut steeper'),
  levels: z
    .strictObject({
      black: number(0, 255).optional(),
      white: number(0, 255).optional(),
      gray: number(0.01, 9.99).optional(),
      outBlack: number(0, 255).optional(),
      outWhite: number(0, 255).optional(),
    })
    .optional()
    .describe('black, white and gray points, and the range of the result'),
  threshold: z
    .union([
      z.number().min(1).max(255),
      z.enum(THRESHOLD_METHODS),
      z.strictObject({ low: number(1, 255), high: number(1, 255) }),
    ])
    .optional()
    .describe('make it black and white: at a value from 1 to 255, by a method, or from low to high with hysteresis'),
  open: length().optional().describe('remove specks and thin lines of this radius'),
  close: length().optional().describe('close gaps of this radius'),
  fillHoles: z.union([z.boolean(), area()]).optional().describe('select what is shut in; or only up to an area'),
  removeSmall: area().optional().describe('remove parts smaller than this'),
  keepLargest: whole(1, 1_000_000).optional().describe('keep only so many parts'),
  grow: length().optional().describe('grow; less than 0 shrinks'),
  element: z.enum(STRUCTURING_ELEMENTS).optional(),
  feather: length().optional().describe('fade the edge over this length'),
  featherSide: z.enum(FEATHER_SIDES).optional(),
  featherFalloff: z.enum(FEATHER_FALLOFFS).optional(),
  invert: flag().optional().describe('select what is not selected'),
}) satisfies z.ZodType<MaskOperations>;

/**
 * A recipe, its placeholders filled in. `resolvePath` turns a path as written, relative to the recipe, into one
 * that can be opened.
 */
export function recipeSchema(resolvePath: (path: string) => string) {
  const path = text().transform(resolvePath);
  // A hub id has a slash too: only what begins with a dot is surely a folder beside the recipe.
  const model = text().transform((name) => (/^\.{1,2}[/\\]/.test(name) ? resolvePath(name) : name));
  const fields = z.strictObject({
    about: z.string().optional().describe('what the recipe is for'),
    model: model.optional().describe('for words: clipseg, tiny, a hub id (owner/name) or a folder (./name)'),
    revision: text().optional().describe('branch, tag or commit of a hub model'),
    dtype: text().optional().describe('weights: fp32, fp16, q8 ...'),
    device: text().optional().describe('what computes: cpu, cuda, webgpu ...'),
    offline: flag().optional().describe('never download anything'),
    variables: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .describe('values for {name} in the other fields; --set name=value changes them; null must be set'),
    inputs: z
      .union([text(), z.array(text()).min(1)])
      .optional()
      .describe('images: files, folders, patterns; relative to the recipe'),
    recursive: flag().optional().describe('look in the folders inside the named ones too'),
    table: text()
      .optional()
      .describe('a CSV file with an image a row: the column `file` names it, the others are variables'),
    sources: z
      .array(sourceSchema(path))
      .default([])
      .transform((sources) => sources.flat())
      .describe('where the mask comes from'),
    threshold: threshold()
      .default(TEXT_DEFAULTS.threshold)
      .describe('probability from which a pixel is selected; auto: chosen for each phrase by its heatmap'),
    refine: flag().default(TEXT_DEFAULTS.refine).describe("let selections follow the image's edges"),
    detail: z
      .union([z.enum(['off', 'parts']), z.strictObject({ tiles: whole(2, 6) })])
      .default(TEXT_DEFAULTS.detail)
      .describe('look again, closer: parts (at what was found), tiles (for small things)'),
    fit: z.enum(FITS).default(FIT_DEFAULTS.fit).describe("how the image fills the model's square"),
    resizeMasks: flag().default(false).describe('scale mask files of another size to the image'),
    combine: z.enum(COMBINE_MODES).default('union').describe('how several selections become one'),
    shape: z
      .union([maskOperationsSchema.transform((step) => [step]), z.array(maskOperationsSchema)])
      .default([])
      .describe('what is done to the mask; in a list one after the other'),
    outputs: z.array(outputSchema(path, model)).min(1).describe('what is written for each image'),
    outdir: path.default(() => resolvePath(NAMING_DEFAULTS.outdir)).describe('folder for the results'),
  });
  return fields.superRefine(({ sources, outputs }, context) => {
    const needy = outputs.find(({ kind }) => !['layers', 'channel', 'depth'].includes(kind));
    if (sources.length === 0 && needy !== undefined) {
      context.addIssue({ code: 'custom', path: ['sources'], message: `missing, and ${needy.kind} needs a mask` });
    }
  });
}

/** A recipe as it is written; `maskwright/recipe.schema.json` describes every field. */
export type RecipeSource = z.input<ReturnType<typeof recipeSchema>>;

/** A recipe for one image: nothing left to fill in, paths that can be opened. */
export type Recipe = z.output<ReturnType<typeof recipeSchema>>;
export type { RecipeOutput } from '../outputs/output-schema.js';
