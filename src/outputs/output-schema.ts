import { z } from 'zod';
import { FILL_METHODS } from '../depth/layers/fill-hole.js';
import { LAYER_DEFAULTS, MAX_FEATHER_PX } from '../depth/layers/layers-build.js';
import { GRAY_DEFAULTS } from '../depth/gray/map-grays.js';
import { MAX_CLEAN_EDGES_PX } from '../depth/layers/slice-clean.js';
import { MAX_LAYERS, SPLIT_DEFAULTS, assertCuts } from '../depth/layers/split-depth.js';
import { CHANNEL_MASK_DEFAULTS } from '../engine/color/channel-mask.js';
import { parseChannel } from '../engine/color/channel-names.js';
import { BLEND_MODES } from '../engine/index.js';
import { FIT_SIZE_DEFAULTS } from '../inpaint/targets/fit-size.js';
import { CROP_SIDE, PLAN_CROP_DEFAULTS } from '../inpaint/crop/plan-crop.js';
import { findTarget } from '../inpaint/targets/target-table.js';
import { STITCH_SHAPE_DEFAULTS } from './crop-output.js';
import { DEPTH_SIZE_DEFAULT, depthModelChoice, assertLicense } from '../sources/depth-model.js';
import { checked, flag, number, text, whole } from '../recipe/fields.js';

const cropSide = () => whole(CROP_SIDE.least, CROP_SIDE.most);

/** How a file is named in `outdir`. */
function name(preset: string) {
  return text()
    .default(preset)
    .describe('{stem} the image, {text} the words, {kind} what it is, {ext}, {parent}, {index}; folders with /');
}

function target(): z.ZodType<string, string> {
  return checked(text(), findTarget);
}

/** What is written for an image. */
export function outputSchema(path: z.ZodType<string, string>, model: z.ZodType<string, string>) {
  return z.discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('mask'),
        name: name('{stem}.mask.{ext}'),
        for: target().optional().describe('a program, whose idea of a mask it is written in'),
      })
      .describe('the mask, white = selected'),
    z
      .strictObject({
        kind: z.literal('debug'),
        name: name('{stem}.{text}.{kind}.{ext}').describe('must have {kind} in it'),
        hard: flag().default(false).describe('cut at the mask instead of fading by probability'),
        overlay: flag().default(false).describe('also the image with the selection tinted and outlined'),
        heatmap: flag().default(false).describe('also the probability as a gray image'),
      })
      .describe('selected, deselected and masked, for each source: as the command mask'),
    z
      .strictObject({
        kind: z.literal('inpaint'),
        name: name('{stem}.inpaint.{ext}'),
        opacity: whole(0, 99).default(0).describe('percent of visibility left to the selected pixels'),
      })
      .describe('the image with the selected pixels transparent, every color kept'),
    z
      .strictObject({
        kind: z.literal('composite'),
        name: name('{stem}.composite.{ext}'),
        overlay: path.describe('the image that is laid over this one where the mask selects'),
        blend: z.enum(BLEND_MODES).default('normal'),
        opacity: number(0, 1).default(1),
      })
      .describe('another image laid over this one through the mask'),
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
          .union([cropSide(), z.strictObject({ width: cropSide(), height: cropSide() })])
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
    layersSchema(path, model),
    channelSchema(path),
    depthSchema(path),
  ]);
}

/** The image cut by depth. */
function layersSchema(path: z.ZodType<string, string>, model: z.ZodType<string, string>) {
  const network = z.strictObject({
    model: model
      .default(DEPTH_SIZE_DEFAULT)
      .describe('Depth Anything V2 small, base or large; tiny; or a hub id, or a folder'),
    acceptLicense: flag().default(false).describe('base and large: not for commercial use'),
    revision: text().optional().describe('branch, tag or commit of a hub model'),
    dtype: text().optional().describe('weights: fp32, fp16, q8 ...'),
    device: text().optional().describe('what computes: cpu, cuda, webgpu ...'),
  });
  const at = z.strictObject({
    at: z
      .array(number(0, 1))
      .min(1)
      .max(MAX_LAYERS - 1),
  });
  const fields = z.strictObject({
    kind: z.literal('layers'),
    name: text()
      .optional()
      .describe('must have {kind} in it: layer-1 is the farthest; left out, {stem}_layer_01.png and so on'),
    suffix: text().default('').describe('without a name: end of the names that stays at the end, as @3x'),
    depth: z
      .union([path, checked(network, (choice) => assertLicense(depthModelChoice(choice), choice, LICENSE_FIELDS))])
      .optional()
      .describe(
        'a depth map (EXR, PNG, TIFF, PFM), or a network: { model: small }; left out, the top is far, the bottom near',
      ),
    near: z.enum(['small', 'large']).optional().describe('which values of the depth map are near'),
    channel: text().optional().describe('which channel of an EXR depth map'),
    layers: whole(1, MAX_LAYERS).optional().describe(`how many [default: ${SPLIT_DEFAULTS.layers}]`),
    split: z
      .union([z.enum(['quantile', 'even', 'kmeans', 'valleys']), checked(at, (cuts) => assertCuts(cuts.at))])
      .default(SPLIT_DEFAULTS.kind)
      .describe('or { at: [0.2, 0.6] }: cut there; 0 is far, 1 near'),
    range: z.enum(['each', 'shared']).default('each').describe('shared: all images are cut at the same depths'),
    cleanEdges: whole(0, MAX_CLEAN_EDGES_PX).default(0).describe('take outlines and specks out: a radius; 0 is off'),
    feather: whole(0, MAX_FEATHER_PX).default(LAYER_DEFAULTS.featherPx).describe('reach of soft edges in pixels'),
    fill: z.enum(FILL_METHODS).optional().describe('paint each layer behind the nearer ones'),
    compat: flag().default(false).describe('cut exactly as image-to-layers does'),
    depthMap: flag().default(false).describe('also the depth as an image, near = light'),
    holeMasks: flag().default(false).describe('also what nearer layers hide of each, white: what to inpaint'),
    preview: flag().default(false).describe('also a web page that moves the layers'),
  });
  return fields
    .superRefine(({ depth, near, channel, name, suffix, split, layers }, context) => {
      const refuse = (key: string, message: string, hint: string): void => {
        context.addIssue({ code: 'custom', path: [key], message, params: { hint } });
      };
      if (typeof depth !== 'string' && (near ?? channel) !== undefined) {
        const key = near === undefined ? 'channel' : 'near';
        refuse(key, 'goes with a depth map of your own', `name it under depth, or leave ${key} out`);
      }
      if (name !== undefined && suffix !== '') {
        refuse('suffix', 'goes with the names that are given here', 'write it into name, or leave name out');
      }
      if (typeof split === 'object' && layers !== undefined && layers !== split.at.length + 1) {
        refuse('layers', `${layers}, but the cuts make ${split.at.length + 1}`, 'leave it out');
      }
    })
    .describe('the image in layers by depth; together they give it back exactly');
}

/** Channels of the image, each by itself. */
function channelSchema(path: z.ZodType<string, string>) {
  return z
    .strictObject({
      kind: z.literal('channel'),
      name: name('{stem}.{text}.{ext}').describe('must have {text} in it: the channel'),
      channels: z.array(checked(text(), parseChannel)).default([]).describe('lab.l, hsv.s, luma, alpha ...'),
      sheet: flag().default(false).describe('also one image of all channels, to choose by'),
      normalize: z.enum(['clip', 'off']).default(CHANNEL_MASK_DEFAULTS.normalize).describe('clip: black to white'),
      blackPoint: whole(0, 255).default(CHANNEL_MASK_DEFAULTS.blackPoint).describe('the value that becomes black'),
      whitePoint: whole(0, 255).default(CHANNEL_MASK_DEFAULTS.whitePoint).describe('the value that becomes white'),
      grayPoint: number(0.01, 9.99).default(CHANNEL_MASK_DEFAULTS.grayPoint).describe('gamma'),
      invert: flag().default(CHANNEL_MASK_DEFAULTS.invert).describe('turn black and white round'),
      within: path.optional().describe('keep only what this mask selects; left out, the alpha of the image'),
    })
    .superRefine(({ channels, sheet }, context) => {
      if (channels.length === 0 && !sheet) {
        context.addIssue({ code: 'custom', path: ['channels'], message: 'missing, and there is no sheet either' });
      }
    })
    .describe('channels of the image as masks: as the command channel');
}

/** A depth map as a gray image. */
function depthSchema(path: z.ZodType<string, string>) {
  return z
    .strictObject({
      kind: z.literal('depth'),
      name: name('{stem}.{kind}.{ext}').describe('must have {kind} in it'),
      path: path.optional().describe('a depth map (EXR, PFM, PNG, TIFF); left out, the input is one'),
      channel: text().optional().describe('which channel of an EXR file'),
      depthNear: z.enum(['small', 'large']).optional().describe('which values of the file are near'),
      recipe: path.optional().describe('splits saved by the shell of the depth command'),
      cutoff: z
        .union([number(), z.literal('auto')])
        .optional()
        .describe('what is at this depth or beyond is as far as can be; auto: find a gap'),
      range: z
        .union([z.literal('shared'), z.strictObject({ min: number(), max: number() })])
        .optional()
        .describe('the depths that grays are spread over; shared: those of all maps together'),
      compress: flag().default(GRAY_DEFAULTS.compress).describe('grays evenly over the different depths that occur'),
      near: z.enum(['white', 'black']).default('white').describe('what is near in the image'),
      bits: whole(8, 16).default(GRAY_DEFAULTS.bits).describe('8 or 16'),
      mask: flag().default(false).describe('also black where nothing is, or beyond the cutoff'),
      noise: flag().default(false).describe('noise where the mask is black'),
      seed: whole(0, 2 ** 32 - 1)
        .default(0)
        .describe('another number, other noise'),
      regions: flag().default(false).describe('also splits in the colors of sd-webui-regional-prompter'),
      histogramPlot: flag().default(false).describe('also where depths lie, as an image'),
    })
    .superRefine(({ recipe, cutoff, range, bits }, context) => {
      const refuse = (key: string, message: string): void => {
        context.addIssue({ code: 'custom', path: [key], message });
      };
      if (recipe !== undefined && (cutoff ?? range) !== undefined) {
        refuse(cutoff === undefined ? 'range' : 'cutoff', 'does not go with a recipe, which says where its splits are');
      }
      if (range === 'shared' && cutoff === 'auto') {
        refuse('cutoff', 'auto looks at each map by itself, range: shared at all');
      }
      if (typeof range === 'object' && range.min >= range.max) {
        refuse('range', `${range.min} to ${range.max} is no range`);
      }
      if (bits !== 8 && bits !== 16) {
        refuse('bits', `${bits} is neither 8 nor 16`);
      }
    })
    .describe('a depth map as a gray image, with masks of its ranges: as the command depth');
}

const LICENSE_FIELDS = { accept: 'acceptLicense: true', avoid: 'model: small' } as const;

export type RecipeOutput = z.output<ReturnType<typeof outputSchema>>;
