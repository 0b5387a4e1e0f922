import { z } from 'zod';
import { COMBINE_MODES } from '../engine/index.js';
import { NAMING_DEFAULTS } from '../io/files/output-names.js';
import { needsMask, outputSchema } from '../outputs/outputs.js';
import { RUNTIMES } from '../models/registry/model-choice.js';
import { FIT_DEFAULTS, FITS } from '../raster/square-fit.js';
import { parseShare, PROMPT_DEFAULTS } from '../sources/detection/prompt-settings.js';
import { checked, flag, maskOperations, pathFields, refine, text, threshold, whole } from '../sources/schema-fields.js';
import { sourcesSchema } from '../sources/sources.js';
import { MASK_CHANNELS, MASK_LEVELS, MASK_READ_DEFAULTS } from '../raster/index.js';

/**
 * A recipe, its placeholders interpolated. `resolvePath` turns a path as written, relative to the recipe, into one
 * that can be opened; `resolveModel` does so for models, and throws for those that may not be loaded.
 */
export function recipeSchema(resolvePath: (path: string) => string, resolveModel?: (name: string) => string) {
  const paths = pathFields(resolvePath, resolveModel);
  const fields = z.strictObject({
    about: z.string().optional().describe('what the recipe is for'),
    model: paths.model.optional().describe('for prompts: clipseg, tiny, a hub id (owner/name) or a folder (./name)'),
    revision: text().optional().describe('branch, tag or commit of a hub model'),
    dtype: text().optional().describe('weights: fp32, fp16, q8 ...'),
    device: text().optional().describe('execution device: cpu, cuda, webgpu ...'),
    runtime: z
      .enum(RUNTIMES)
      .optional()
      .describe('what runs models: auto, or transformers (transformers.js throughout)'),
    offline: flag().optional().describe('never download anything'),
    variables: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .describe('values for {name} in the other fields; --set name=value changes them; null must be set'),
    inputs: z
      .union([text(), z.array(text()).min(1)])
      .optional()
      .describe('images: files, folders, patterns; relative to the recipe'),
    filesFrom: text().optional().describe('a file with the path of an image on each line; - for standard input'),
    recursive: flag().optional().describe('also images in subfolders'),
    table: text()
      .optional()
      .describe('a CSV file with an image a row: the column `file` names it, the others are variables'),
    sources: sourcesSchema(paths).default([]).describe('where the mask comes from'),
    threshold: threshold()
      .optional()
      .meta({ default: PROMPT_DEFAULTS.threshold })
      .describe('probability from which a pixel is selected; auto: chosen for each phrase from its heatmap'),
    refine: refine()
      .optional()
      .meta({ default: PROMPT_DEFAULTS.refine })
      .describe("let selections follow the image's edges: fast, best (several times slower), or off"),
    detail: z
      .union([z.enum(['off', 'parts']), z.strictObject({ tiles: whole(2, 6) })])
      .optional()
      .meta({ default: PROMPT_DEFAULTS.detail })
      .describe('second pass at higher resolution: parts (what was found), tiles (for small things)'),
    segmenter: paths.model
      .optional()
      .describe(
        'for points, boxes and refine: sam; color (no model), edgetam, sam2, slimsam, tiny, a hub id or a folder',
      ),
    maskIndex: whole(0, 15).optional().describe("which of a segmenter's masks; the best where left out"),
    splitTouching: flag()
      .optional()
      .describe('separate touching instances, for person#left in prompts and for outputs with each'),
    maxShare: checked(text(), parseShare)
      .optional()
      .describe('a phrase that selects more than this share of the image counts as absent: 60%'),
    fit: z.enum(FITS).default(FIT_DEFAULTS.fit).describe("how the image fills the model's square"),
    resizeMasks: flag().default(false).describe('scale mask files of another size to the image'),
    maskChannel: z
      .enum(MASK_CHANNELS)
      .default(MASK_READ_DEFAULTS.channel)
      .describe('the plane of mask files that is the mask; auto: alpha where the brightness is the same everywhere'),
    maskLevels: z
      .enum(MASK_LEVELS)
      .default(MASK_READ_DEFAULTS.levels)
      .describe('auto: spread the values of mask files over 0 to 255, for 0/1 masks and labels'),
    combine: z.enum(COMBINE_MODES).default('union').describe('how several masks become one'),
    mask: z
      .union([maskOperations().transform((step) => [step]), z.array(maskOperations())])
      .default([])
      .describe('what is done to the mask; in a list one after the other'),
    retouch: z
      .strictObject({
        add: paths.path.optional().describe('a mask file: what was painted into the mask by hand'),
        erase: paths.path.optional().describe('a mask file: what was erased from it'),
      })
      .optional()
      .describe('corrections by hand, after all mask operations: first what was erased, then what was painted'),
    trimap: paths.path
      .optional()
      .describe('a trimap file that matte solves: black and white are certain, gray is unknown; without, one is made'),
    matteModel: paths.model
      .optional()
      .describe(
        'what solves matte: vitmatte, a hub id or a folder; closed-form matting without a model where left out',
      ),
    matteFrom: paths.path.optional().describe('the image that matte follows, where it is not the input'),
    decontaminate: flag()
      .default(false)
      .describe('take the colors of the other side out of soft edges, so that no halo is left'),
    outputs: z.array(outputSchema(paths)).min(1).describe('what is written for each image'),
    outdir: paths.path.default(() => resolvePath(NAMING_DEFAULTS.outdir)).describe('folder for the results'),
  });
  return fields.superRefine(({ sources, outputs }, context) => {
    const needy = outputs.find(needsMask);
    if (sources.length === 0 && needy !== undefined) {
      context.addIssue({ code: 'custom', path: ['sources'], message: `missing, and ${needy.kind} needs a mask` });
    }
  });
}

/** A recipe as it is written; `maskwright/recipe.schema.json` describes every field. */
export type RecipeInput = z.input<ReturnType<typeof recipeSchema>>;

/** A recipe for one image: nothing left to interpolate, paths that can be opened. */
export type Recipe = z.output<ReturnType<typeof recipeSchema>>;
