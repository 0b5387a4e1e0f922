import { z } from 'zod';
import { BLEND_MODES } from '../../engine/index.js';
import { FILL_METHODS } from '../../depth/fill-hole.js';
import { MAX_FEATHER_PX } from '../../depth/layers-build.js';
import { MAX_LAYERS, SPLIT_DEFAULTS } from '../../depth/split-depth.js';
import { FIT_SIZE_DEFAULTS } from '../../inpaint/fit-size.js';
import { PLAN_CROP_DEFAULTS } from '../../inpaint/plan-crop.js';
import { findTarget } from '../../inpaint/target-table.js';
import { STITCH_SHAPE_DEFAULTS } from '../crop-job.js';
import { checked, flag, number, text, whole } from './schema-parts.js';

/** How a file is named in `outdir`. */
function name(preset: string) {
  return text()
    .default(preset)
    .describe('{stem} the picture, {text} the words, {kind} what it is, {ext}, {parent}, {index}; folders with /');
}

function target(): z.ZodType<string, string> {
  return checked(text(), findTarget);
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
    z
      .strictObject({
        kind: z.literal('target'),
        name: name('{stem}.{kind}.{ext}').describe('must have {kind} and {ext} in it'),
        for: target().describe('the program: invokeai, a1111, comfyui, diffusers, openai ...'),
        sizeFit: z.enum(['pad', 'crop', 'scale']).default(FIT_SIZE_DEFAULTS.fit).describe('how sides become multiples'),
        fitTarget: flag().default(false).describe('meet its limits by scaling or padding'),
      })
      .describe('exactly the files that a program takes, and the job that leads back'),
    z
      .strictObject({
        kind: z.literal('crop'),
        name: name('{stem}.{kind}.{ext}').describe('must have {kind} and {ext} in it'),
        for: target().optional().describe('the program that paints the crop'),
        context: number(1, 100).default(PLAN_CROP_DEFAULTS.context).describe('how much larger than the selection'),
        size: z
          .union([whole(8, 16_384), z.strictObject({ width: whole(8, 16_384), height: whole(8, 16_384) })])
          .optional()
          .describe('the long side of the result, or both'),
        multipleOf: whole(1, 1024).optional().describe('both sides are multiples of it'),
        aspects: z.array(number(0.01, 100)).min(1).optional().describe('shapes to choose from, width / height'),
        each: flag().default(false).describe('a crop for each part of the selection'),
        samplerGrow: number(0, 4096).default(0).describe('by how much the mask that is painted through is larger'),
        stitchGrow: number(0, 4096).default(0).describe('by how much the mask of the way back is larger'),
        stitchFeather: number(0, 4096).default(STITCH_SHAPE_DEFAULTS.feather).describe('over how much the seam fades'),
      })
      .describe('the selection with its context at the size that is painted, and the job that leads back'),
    z
      .strictObject({
        kind: z.literal('layers'),
        name: name('{stem}.{kind}.{ext}').describe('must have {kind} in it: layer-1 is the farthest'),
        depth: path.optional().describe('a depth map (EXR, PNG, TIFF, PFM); left out, the top is far, the bottom near'),
        near: z.enum(['small', 'large']).optional().describe('which values of the depth map are near'),
        layers: whole(1, MAX_LAYERS).default(SPLIT_DEFAULTS.layers),
        split: z.enum(['quantile', 'even', 'kmeans', 'valleys']).default(SPLIT_DEFAULTS.kind),
        range: z.enum(['each', 'shared']).default('each').describe('shared: all pictures are cut at the same depths'),
        feather: whole(0, MAX_FEATHER_PX).default(0).describe('reach of soft edges in pixels'),
        fill: z.enum(FILL_METHODS).optional().describe('paint each layer behind the nearer ones'),
      })
      .describe('the picture in layers by depth; together they give it back exactly'),
  ]);
}

export type RecipeOutput = z.output<ReturnType<typeof outputSchema>>;
