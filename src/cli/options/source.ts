import type { Options } from 'yargs';
import { COMBINE_MODES, type CombineMode } from '../../engine/compose/combine-masks.js';
import { type DepthEnd, parseDepthEnd } from '../../depth/select-depth.js';
import { type ChannelName, parseChannel } from '../../engine/color/channel-names.js';
import { CHROMA_KEY_DEFAULTS, parseColor, type Rgb } from '../../engine/color/chroma-key.js';
import { MaskwrightError, assertInRange } from '../../errors.js';
import type { MaskSource, PixelSource } from '../../sources/sources.js';
import { textSources } from '../../sources/text-prompts.js';
import { THRESHOLD_SEPARATOR } from '../normalize-arguments.js';
import { numberInRange, parseNumber } from './numbers.js';

export interface TextArguments {
  readonly textMask?: readonly string[];
}

export interface SourceArguments extends TextArguments, PixelSourceArguments {
  readonly mask?: readonly string[];
}

export interface PixelSourceArguments {
  readonly fromChannel?: readonly ChannelName[];
  readonly key?: readonly Rgb[];
  readonly tolerance: number;
  readonly softness: number;
  readonly fromDepth?: readonly string[];
  readonly near?: DepthEnd;
  readonly far?: DepthEnd;
  readonly depthChannel?: string;
  readonly depthNear?: 'small' | 'large';
  readonly depthRecipe?: string;
}

/** `-tm`: words to look for. */
export const textOptions = {
  'text-mask': {
    alias: ['text_mask'],
    type: 'string',
    array: true,
    nargs: 1,
    describe: '-tm <words> [threshold]: what to look for, and how sure to be (0 to 1)',
    group: 'What to find:',
  },
} as const satisfies Record<string, Options>;

/** Sources that need no network: the image's own channels and colors, and depth maps of it. */
export const pixelSourceOptions = {
  'from-channel': {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: (values: readonly string[] | undefined) => values?.map(parseChannel),
    describe: 'a channel of the image: hsv.s, lab.a, luma, alpha; stretched from black to white',
    group: 'What to find:',
  },
  key: {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: (values: readonly string[] | undefined) => values?.map(parseColor),
    describe: 'what has this color: #00ff00',
    group: 'What to find:',
  },
  tolerance: {
    type: 'string',
    default: CHROMA_KEY_DEFAULTS.tolerance,
    coerce: numberInRange('--tolerance', 0, 100),
    describe: 'how far from the --key color, in percent',
    group: 'What to find:',
  },
  softness: {
    type: 'string',
    default: CHROMA_KEY_DEFAULTS.softness,
    coerce: numberInRange('--softness', 0, 100),
    describe: 'how much further it fades out, in percent',
    group: 'What to find:',
  },
  'from-depth': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'a depth map (EXR, PNG, TIFF, PFM) and what lies between --near and --far in it',
    group: 'What to find:',
  },
  near: {
    type: 'string',
    requiresArg: true,
    coerce: depthEnd('--near'),
    describe:
      'where it begins: 2.5 (as in the file), 20% (of the pixels, from the camera), or a split of --depth-recipe',
    group: 'What to find:',
  },
  far: {
    type: 'string',
    requiresArg: true,
    coerce: depthEnd('--far'),
    describe: 'where it ends, in the same ways',
    group: 'What to find:',
  },
  'depth-channel': { type: 'string', describe: 'which channel of an EXR depth map', group: 'What to find:' },
  'depth-near': {
    choices: ['small', 'large'] as const,
    describe: 'which values of a depth map are near [default: large in PNG, small in the others]',
    group: 'What to find:',
  },
  'depth-recipe': {
    type: 'string',
    describe: 'a recipe saved by maskwright depth, whose split names --near and --far may use',
    group: 'What to find:',
  },
} as const satisfies Record<string, Options>;

/** Every source of a mask. */
export const sourceOptions = {
  ...textOptions,
  mask: {
    alias: 'm',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'a mask file, white = selected',
    group: 'What to find:',
  },
  ...pixelSourceOptions,
} as const satisfies Record<string, Options>;

export interface CombineArguments {
  readonly combine: CombineMode;
}

/** How several sources become one mask. */
export const combineOptions = {
  combine: {
    choices: COMBINE_MODES,
    default: 'union' as const,
    describe: 'how several selections become one mask',
    group: 'What to find:',
  },
} as const satisfies Record<string, Options>;

/** The sources that a command line names, words first. Throws `USAGE` for depths without a depth map. */
export function sourcesFrom(argv: SourceArguments): MaskSource[] {
  return [
    ...textSourcesFrom(argv.textMask),
    ...(argv.mask ?? []).map((path): MaskSource => ({ kind: 'file', path })),
    ...pixelSourcesFrom(argv),
  ];
}

/** The channels, colors and depth ranges that a command line names. Throws `USAGE` for depths without a depth map. */
export function pixelSourcesFrom(argv: PixelSourceArguments): PixelSource[] {
  const { near, far, tolerance, softness, fromDepth = [] } = argv;
  if (fromDepth.length === 0 && (near ?? far) !== undefined) {
    throw new MaskwrightError('USAGE', '--near and --far are ends of a depth range, but there is no depth map', {
      hint: 'name it: --from-depth map.exr',
    });
  }
  return [
    ...(argv.fromChannel ?? []).map((channel): PixelSource => ({ kind: 'channel', channel })),
    ...(argv.key ?? []).map((color): PixelSource => ({ kind: 'key', color, tolerance, softness })),
    ...fromDepth.map((path): PixelSource => ({
      kind: 'depth',
      path,
      near,
      far,
      channel: argv.depthChannel,
      depthNear: argv.depthNear,
      recipe: argv.depthRecipe,
    })),
  ];
}

function depthEnd(option: string): (value: unknown) => DepthEnd | undefined {
  return (value) => {
    if (Array.isArray(value)) {
      throw new MaskwrightError('USAGE', `${option} was given ${value.length} times`, { hint: 'give it once' });
    }
    return typeof value === 'string' ? parseDepthEnd(value) : undefined;
  };
}

/** The prompts of `-tm`, each with the threshold given behind it. */
export function textSourcesFrom(values: readonly string[] | undefined, invert = false): MaskSource[] {
  return (values ?? []).flatMap((value) => {
    const [text = '', threshold] = value.split(THRESHOLD_SEPARATOR);
    return textSources(text, { threshold: threshold === undefined ? undefined : parseThreshold(threshold), invert });
  });
}

/** A threshold in [0, 1], or `auto`. Throws `THRESHOLD_RANGE`. */
export function parseThreshold(value: unknown): number | 'auto' {
  if (value === 'auto') {
    return 'auto';
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
