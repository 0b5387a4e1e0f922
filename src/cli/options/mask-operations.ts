import type { Options } from 'yargs';
import {
  type Area,
  FEATHER_FALLOFFS,
  FEATHER_SIDES,
  type FeatherFalloff,
  type FeatherSide,
  type Length,
  type LevelsOptions,
  type MaskThreshold,
  parseArea,
  parseLength,
  MASK_OPERATION_DEFAULTS,
  type MaskOperations,
  STRUCTURING_ELEMENTS,
  type StructuringElement,
  THRESHOLD_METHODS,
} from '../../engine/index.js';
import { MaskwrightError, assertInRange } from '../../errors.js';
import { integerInRange, parseNumber } from './numbers.js';

export interface MaskOperationArguments {
  readonly norm?: number;
  readonly levels?: LevelsOptions;
  readonly thresholdMask?: MaskThreshold;
  readonly open?: Length;
  readonly close?: Length;
  readonly fillHoles?: true | Area;
  readonly removeSmall?: Area;
  readonly keepLargest?: number;
  readonly grow?: Length;
  readonly shrink?: Length;
  readonly element: StructuringElement;
  readonly feather?: Length;
  readonly featherSide: FeatherSide;
  readonly featherFalloff: FeatherFalloff;
  readonly invert?: boolean;
}

const group = 'Shape of the mask (always in this order; lengths in px, or % of the diagonal):';

/** Every operation of the mask engine, in the order in which they are done. */
export const maskOperationOptions = {
  norm: {
    alias: 'n',
    type: 'string',
    requiresArg: true,
    coerce: integerInRange('--norm', 0, 100),
    describe: 'raise the contrast: 0 as it is, 1 stretches to black and white, 2 to 5 cut ever more steeply',
    group,
  },
  levels: {
    type: 'string',
    requiresArg: true,
    coerce: parseLevels,
    describe: 'black,white[,gray[,out-black,out-white]]: 20,235,1.2',
    group,
  },
  'threshold-mask': {
    type: 'string',
    requiresArg: true,
    coerce: parseMaskThreshold,
    describe: `make it black and white: at 1 to 255, at ${THRESHOLD_METHODS.join(' or ')}, or low:high with hysteresis`,
    group,
  },
  open: {
    type: 'string',
    requiresArg: true,
    coerce: radius('--open'),
    describe: 'remove specks and lines thinner than twice a length',
    group,
  },
  close: {
    type: 'string',
    requiresArg: true,
    coerce: radius('--close'),
    describe: 'close gaps narrower than twice a length',
    group,
  },
  'fill-holes': {
    type: 'string',
    coerce: parseFillHoles,
    describe: 'select the holes in what is selected; or only those up to an area: 400 (px) or 0.5% (of all)',
    group,
  },
  'drop-small components': {
    type: 'string',
    requiresArg: true,
    coerce: area('--drop-small components'),
    describe: 'remove parts smaller than an area: 400 (px) or 0.5% (of all)',
    group,
  },
  'keep-largest': {
    type: 'string',
    requiresArg: true,
    coerce: integerInRange('--keep-largest', 1, Number.MAX_SAFE_INTEGER),
    describe: 'keep only so many parts, the largest',
    group,
  },
  grow: { type: 'string', requiresArg: true, coerce: length('--grow'), describe: 'grow by a length: 12, 0.5%', group },
  shrink: { type: 'string', requiresArg: true, coerce: length('--shrink'), describe: 'shrink by a length', group },
  element: {
    choices: STRUCTURING_ELEMENTS,
    default: MASK_OPERATION_DEFAULTS.element,
    describe: 'what open, close, grow and shrink draw edges with: a disc rounds corners, a square keeps them',
    group,
  },
  feather: {
    type: 'string',
    requiresArg: true,
    coerce: radius('--feather'),
    describe: 'fade the edge over a length',
    group,
  },
  'feather-side': {
    choices: FEATHER_SIDES,
    default: MASK_OPERATION_DEFAULTS.featherSide,
    describe: 'over the edge (Gaussian), or only outside or inside of it',
    group,
  },
  'feather-falloff': {
    choices: FEATHER_FALLOFFS,
    default: MASK_OPERATION_DEFAULTS.featherFalloff,
    describe: 'how a feather of one side fades',
    group,
  },
  invert: { type: 'boolean', describe: 'select what is not selected', group },
} as const satisfies Record<string, Options>;

/** The operations that a command line asks for. Throws `USAGE` for `--grow` with `--shrink`. */
export function maskOperationsFrom(argv: MaskOperationArguments): MaskOperations {
  if (argv.grow !== undefined && argv.shrink !== undefined) {
    throw new MaskwrightError('USAGE', '--grow and --shrink cannot go together', {
      hint: '--open shrinks and grows again, --close grows and shrinks again',
    });
  }
  return {
    normalize: argv.norm,
    levels: argv.levels,
    threshold: argv.thresholdMask,
    open: argv.open,
    close: argv.close,
    fillHoles: argv.fillHoles,
    removeSmall: argv.removeSmall,
    keepLargest: argv.keepLargest,
    grow: argv.shrink === undefined ? argv.grow : negative(argv.shrink),
    element: argv.element,
    feather: argv.feather,
    featherSide: argv.featherSide,
    featherFalloff: argv.featherFalloff,
    invert: argv.invert,
  };
}

function negative(length: Length): Length {
  const text = String(length).trim();
  return text.startsWith('-') ? text.slice(1) : `-${text.replace(/^\+/, '')}`;
}

const ANY_SIZE = { width: 1, height: 1 };

/** What yargs hands over: once or several times what was given, or nothing. */
type Given = string | readonly string[] | undefined;

type Coerce<T> = (value: Given) => T | undefined;

function length(option: string): Coerce<Length> {
  return (value) => measure(option, value, (text) => parseLength(text, ANY_SIZE));
}

function radius(option: string): Coerce<Length> {
  return (value) =>
    measure(option, value, (text) => {
      if (parseLength(text, ANY_SIZE) < 0) {
        throw new MaskwrightError('OPTION_RANGE', `${text} is negative`, { hint: 'a length of 0 or more' });
      }
    });
}

function area(option: string): Coerce<Area> {
  return (value) => measure(option, value, (text) => parseArea(text, ANY_SIZE));
}

/** The text itself, which is a length only on an image of known size, once `check` accepts it. */
function measure(option: string, value: Given, check: (text: string) => unknown): string | undefined {
  const text = once(option, value);
  if (text === undefined) {
    return undefined;
  }
  try {
    check(text);
  } catch (error) {
    throw error instanceof MaskwrightError
      ? new MaskwrightError(error.code, `${option}: ${error.message}`, { hint: error.hint })
      : error;
  }
  return text;
}

function once(option: string, value: Given): string | undefined {
  if (typeof value === 'object') {
    throw new MaskwrightError('OPTION_RANGE', `${option} was given ${value.length} times`, { hint: 'give it once' });
  }
  return value;
}

function parseFillHoles(value: Given): true | Area | undefined {
  // A flag without a value comes as the empty text.
  return value === '' ? true : area('--fill-holes')(value);
}

function parseMaskThreshold(value: Given): MaskThreshold | undefined {
  const text = once('--threshold-mask', value);
  if (text === undefined) {
    return undefined;
  }
  const method = THRESHOLD_METHODS.find((name) => name === text);
  if (method !== undefined) {
    return method;
  }
  const parts = text.split(':');
  const numbers = parts.map((part) => assertInRange('--threshold-mask', parseNumber('--threshold-mask', part), 1, 255));
  const [low, high] = numbers as [number, number?];
  if (numbers.length > 2 || (high !== undefined && low > high)) {
    throw new MaskwrightError('OPTION_RANGE', `--threshold-mask is ${text}`, {
      hint: `a value (128), ${THRESHOLD_METHODS.join(' or ')}, or low:high (64:160)`,
    });
  }
  return high === undefined ? low : { low, high };
}

function parseLevels(value: Given): LevelsOptions | undefined {
  const text = once('--levels', value);
  if (text === undefined) {
    return undefined;
  }
  const numbers = text.split(',').map((part) => parseNumber('--levels', part));
  if (numbers.length < 2 || numbers.length === 4 || numbers.length > 5) {
    throw new MaskwrightError('OPTION_RANGE', `--levels is ${text}`, {
      hint: 'black,white, then gray, then the lowest and highest output: 20,235,1.2,0,255',
    });
  }
  const [black, white, gray, outBlack, outWhite] = numbers;
  return { black, white, gray, outBlack, outWhite };
}
