import { type DepthEnd, describeDepthEnd, parseDepthEnd } from '../../depth/select-depth.js';
import { parseChannel } from '../../engine/color/channel-names.js';
import { CHROMA_KEY_DEFAULTS, parseColor } from '../../engine/color/chroma-key.js';
import { COMBINE_MODES } from '../../engine/compose/combine-masks.js';
import { assertInRange, MaskwrightError } from '../../errors.js';
import { literal } from '../../recipe/interpolate.js';
import type { RecipeInput } from '../../recipe/schema.js';
import { parsePromptSources } from '../../sources/detection/parse-prompt-sources.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { THRESHOLD_SEPARATOR } from '../normalize-arguments.js';
import { depthFileFieldsFrom, depthFileOptions, splitPlanOption } from './depth-options.js';
import { assertOnce, numberInRange, parseNumber } from './numbers.js';
import { selectionOptions, selectionSourcesFrom } from './selection/selection-options.js';
import { template } from './template.js';

export type SourceInput = NonNullable<RecipeInput['sources']>[number];

const group = 'Selection:';

/** What a yargs `coerce` is called with: what was typed once or several times, or nothing. */
type Typed = string | readonly string[] | undefined;

/** `-p`: what to detect. */
export const promptOption = {
  prompt: {
    alias: ['p', 'tm', 'text_mask'],
    synonyms: ['text', 'text-mask'],
    type: 'string',
    array: true,
    nargs: 1,
    describe: '<prompt> [threshold]: what to detect, and its threshold (0 to 1)',
    group,
    basic: true,
  },
} as const satisfies OptionTable;

/** Sources that need no model: the image's own channels and colors, and depth maps of it. */
export const pixelSourceOptions = {
  'from-channel': {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: (values: readonly string[] | undefined) => values?.map(parseChannel),
    describe: 'a channel of the image: hsv.s, lab.a, luma, alpha; stretched from black to white',
    group,
  },
  key: {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: (values: readonly string[] | undefined) => values?.map(checkColor),
    describe: 'the pixels of this color: #00ff00',
    group,
  },
  tolerance: {
    type: 'string',
    fallback: CHROMA_KEY_DEFAULTS.tolerance,
    coerce: numberInRange('--tolerance', 0, 100),
    describe: 'distance from the --key color, in percent',
    group,
  },
  softness: {
    type: 'string',
    fallback: CHROMA_KEY_DEFAULTS.softness,
    coerce: numberInRange('--softness', 0, 100),
    describe: 'further distance over which the selection fades, in percent',
    group,
  },
  'from-depth': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'a depth map (EXR, PNG, TIFF, PFM) and what lies between --near and --far in it',
    group,
  },
  near: {
    type: 'string',
    requiresArg: true,
    coerce: depthEnd('--near'),
    describe: 'the near end: 2.5 (as in the file), 20% (of the pixels, from the camera), or a split of --split-plan',
    group,
  },
  far: {
    type: 'string',
    requiresArg: true,
    coerce: depthEnd('--far'),
    describe: 'the far end, in the same ways',
    group,
  },
  ...depthFileOptions,
  'split-plan': {
    ...splitPlanOption['split-plan'],
    synonyms: ['depth-recipe'],
    describe: 'a depth split plan, whose split names --near and --far may use',
  },
} as const satisfies OptionTable;

/** Every source of a mask. */
export const sourceOptions = {
  ...promptOption,
  mask: {
    alias: 'm',
    type: 'string',
    array: true,
    nargs: 1,
    describe:
      'a mask file, white = selected, or a folder of masks named as the images; {stem} is the name of each image',
    group,
    basic: true,
  },
  as: {
    choices: ['mask', 'heatmap'],
    fallback: 'mask',
    describe:
      'what --mask files are: masks, or heatmaps that go through --refine and --threshold like those of prompts',
    group,
  },
  ...selectionOptions,
  ...pixelSourceOptions,
  intersect: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: '<prompt> [threshold]: of all that is named above, only what this selects as well',
    group,
  },
  subtract: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: '<prompt> [threshold]: all that is named above, without what this selects',
    group,
  },
} as const satisfies OptionTable;

/** How several sources become one mask. */
export const combineOption = {
  combine: { choices: COMBINE_MODES, fallback: 'union', describe: 'how several masks become one', group },
} as const satisfies OptionTable;

export type PromptArguments = ArgumentsOf<typeof promptOption>;
export type PixelSourceArguments = ArgumentsOf<typeof pixelSourceOptions>;
export type SourceArguments = ArgumentsOf<typeof sourceOptions>;

/**
 * The sources that a command line names, prompts first; without any, a trimap is its own mask. Throws `USAGE` for
 * depths without a depth map.
 */
export function sourcesFrom(argv: SourceArguments & { readonly trimap?: string | undefined }): SourceInput[] {
  const sources = [
    ...promptSourcesFrom(argv.prompt),
    ...fileSourcesFrom(argv.mask, undefined, argv.as === 'heatmap' ? 'heatmap' : 'file'),
    ...selectionSourcesFrom(argv),
    ...pixelSourcesFrom(argv),
    ...combinedSourcesFrom(argv.intersect, 'intersect'),
    ...combinedSourcesFrom(argv.subtract, 'subtract'),
  ];
  return sources.length === 0 && argv.trimap !== undefined ? fileSourcesFrom([argv.trimap]) : sources;
}

function combinedSourcesFrom(values: readonly string[] | undefined, combine: 'intersect' | 'subtract'): SourceInput[] {
  return promptSourcesFrom(values).map((source) => ({ ...source, combine }));
}

/** Mask files. */
export function fileSourcesFrom(
  paths: readonly string[] | undefined,
  invert?: true,
  kind: 'file' | 'heatmap' = 'file',
): SourceInput[] {
  return (paths ?? []).map((path) => ({ kind, path: template(path), invert }));
}

/** The channels, colors and depth ranges that a command line names. Throws `USAGE` for depths without a depth map. */
export function pixelSourcesFrom(argv: PixelSourceArguments): SourceInput[] {
  const { near, far, tolerance, softness, fromDepth = [], splitPlan } = argv;
  if (fromDepth.length === 0 && (near ?? far) !== undefined) {
    throw new MaskwrightError('USAGE', '--near and --far are ends of a depth range, but there is no depth map', {
      hint: 'name it: --from-depth map.exr',
    });
  }
  return [
    ...(argv.fromChannel ?? []).map((channel) => ({ kind: 'channel', channel }) as const),
    ...(argv.key ?? []).map((color) => ({ kind: 'key', color, tolerance, softness }) as const),
    ...fromDepth.map(
      (path) =>
        ({
          kind: 'depth',
          path: template(path),
          near: near && describeDepthEnd(near),
          far: far && describeDepthEnd(far),
          ...depthFileFieldsFrom(argv),
          splitPlan: splitPlan === undefined ? undefined : template(splitPlan),
        }) as const,
    ),
  ];
}

/** Prompts, each with the threshold that is typed behind it. Throws `TEXT_EMPTY`, `PROMPT_SYNTAX`. */
export function promptSourcesFrom(values: readonly string[] | undefined, invert?: true): SourceInput[] {
  return (values ?? []).map((value) => {
    const [prompt = '', threshold] = value.split(THRESHOLD_SEPARATOR);
    parsePromptSources(prompt);
    return { kind: 'prompt', prompt: literal(prompt), threshold: parseThreshold(threshold), invert };
  });
}

/** A threshold in [0, 1], or `auto`. Throws `THRESHOLD_RANGE`. */
export function parseThreshold(value: Typed): number | 'auto' | undefined {
  if (value === undefined || value === 'auto') {
    return value;
  }
  try {
    return assertInRange('the threshold', parseNumber('the threshold', value), 0, 1);
  } catch (error) {
    throw error instanceof MaskwrightError
      ? new MaskwrightError('THRESHOLD_RANGE', error.message, {
          hint: 'it is a probability, from 0 to 1, or auto; the default is 0.5',
        })
      : error;
  }
}

function depthEnd(option: string): (value: Typed) => DepthEnd | undefined {
  return (value) => (value === undefined ? undefined : parseDepthEnd(assertOnce(option, value)));
}

function checkColor(color: string): string {
  parseColor(color);
  return color;
}
