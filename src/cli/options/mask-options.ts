import {
  type Area,
  FEATHER_FALLOFFS,
  FEATHER_SIDES,
  type Length,
  type LevelsOptions,
  type MaskThreshold,
  parseArea,
  parseLength,
  MASK_OPERATION_DEFAULTS,
  type MaskOperations,
  STRUCTURING_ELEMENTS,
  THRESHOLD_METHODS,
} from '../../engine/index.js';
import { assertInRange, MaskwrightError } from '../../errors.js';
import type { RecipeInput } from '../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { assertOnce, integerInRange, parseNumber } from './numbers.js';
import { savedFileFrom } from './output-options.js';
import { template } from './template.js';

const group = 'Mask operations (in this order; lengths in px, or % of the diagonal):';

/** Every operation of the mask engine, in the order in which they are done. */
export const maskOperationOptions = {
  norm: {
    alias: 'n',
    type: 'string',
    requiresArg: true,
    coerce: integerInRange('--norm', 0, 100),
    describe: 'raise the contrast: 1 stretches to black and white, 2 to 5 steepen',
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
    describe: `make it binary: at 1 to 255, at ${THRESHOLD_METHODS.join(' or ')}, or low:high with hysteresis`,
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
    describe: 'fill holes; or only those up to an area: 400 (px) or 0.5% (of all)',
    group,
  },
  'remove-small': {
    synonyms: ['drop-islands'],
    type: 'string',
    requiresArg: true,
    coerce: area('--remove-small'),
    describe: 'remove connected components smaller than an area: 400 (px) or 0.5% (of all)',

    group,
  },
  'keep-largest': {
    type: 'string',
    requiresArg: true,
    coerce: integerInRange('--keep-largest', 1, Number.MAX_SAFE_INTEGER),
    describe: 'keep this many connected components, the largest',
    group,
  },
  grow: {
    synonyms: ['dilate', 'expand'],
    type: 'string',
    requiresArg: true,
    coerce: length('--grow'),
    describe: 'grow by a length: 12, 0.5%',
    group,
    basic: true,
  },
  shrink: {
    synonyms: ['erode'],
    type: 'string',
    requiresArg: true,
    coerce: length('--shrink'),
    describe: 'shrink by a length',
    group,
  },
  element: {
    choices: STRUCTURING_ELEMENTS,
    fallback: MASK_OPERATION_DEFAULTS.element,
    describe: 'structuring element of open, close, grow and shrink: a disc rounds corners, a square keeps them',
    group,
  },
  matte: {
    type: 'string',
    coerce: parseMatte,
    describe:
      "alpha from the image's colors around the edge, for hair and fur: --matte, --matte=12 (reach), --matte=vitmatte",
    group,
    basic: true,
  },
  'matte-model': {
    type: 'string',
    requiresArg: true,
    describe: 'the model that solves --matte: vitmatte, a hub id or a folder; none by default',
    group,
  },
  trimap: {
    type: 'string',
    requiresArg: true,
    describe: 'a trimap file for --matte: black and white are certain, gray is solved',
    group,
  },
  'save-trimap': {
    type: 'string',
    requiresArg: true,
    describe: 'also write the trimap of --matte to this file',
    group,
  },
  decontaminate: {
    type: 'boolean',
    describe: 'take the colors of the other side out of soft edges, so that no halo is left',
    group,
  },
  feather: {
    synonyms: ['blur'],
    type: 'string',
    requiresArg: true,
    coerce: radius('--feather'),
    describe: 'fade the edge over a length',
    group,
    basic: true,
  },
  'feather-side': {
    choices: FEATHER_SIDES,
    fallback: MASK_OPERATION_DEFAULTS.featherSide,
    describe: 'across the edge (Gaussian), or only outside or inside of it',
    group,
  },
  'feather-falloff': {
    choices: FEATHER_FALLOFFS,
    fallback: MASK_OPERATION_DEFAULTS.featherFalloff,
    describe: 'curve of a feather on one side',
    group,
  },
  invert: { type: 'boolean', describe: 'invert the mask', group },
} as const satisfies OptionTable;

export type MaskOperationArguments = ArgumentsOf<typeof maskOperationOptions>;

/** The operations that a command line asks for. Throws `USAGE` for `--grow` with `--shrink`. */
export function maskOperationsFrom(argv: MaskOperationArguments): RecipeInput['mask'] {
  if (argv.grow !== undefined && argv.shrink !== undefined) {
    throw new MaskwrightError('USAGE', '--grow and --shrink cannot go together', {
      hint: '--open shrinks and grows again, --close grows and shrinks again',
    });
  }
  const operations: MaskOperations = {
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
    matte: matteWidth(argv),
    feather: argv.feather,
    featherSide: argv.featherSide,
    featherFalloff: argv.featherFalloff,
    invert: argv.invert,
  };
  return Object.values(operations).every((value) => value === undefined) ? undefined : operations;
}

/** The fields of a recipe that say how a matte is made, besides the operation itself. */
export function matteFields({ matte, matteModel, trimap, decontaminate }: MaskOperationArguments) {
  const model = matteModel ?? (matte === MATTE_MODEL ? matte : undefined);
  return {
    trimap: trimap === undefined ? undefined : template(trimap),
    matteModel: model,
    decontaminate,
  };
}

/** Whether a command line asks for a matte. */
export function asksForMatte(argv: MaskOperationArguments): boolean {
  return matteWidth(argv) !== undefined;
}

/** A model that `--matte=` takes instead of a reach. */
const MATTE_MODEL = 'vitmatte';

/** How far the band of `--matte` reaches; `auto` where only the trimap or the model is named; undefined for `off`. */
function matteWidth({ matte, matteModel, trimap }: MaskOperationArguments): Length | undefined {
  if (matte === 'off') return undefined;
  if (matte !== undefined) return matte === MATTE_MODEL ? 'auto' : matte;
  return trimap === undefined && matteModel === undefined ? undefined : 'auto';
}

/** The output that `--save-trimap` asks for. */
export function savedTrimapFrom({ saveTrimap }: MaskOperationArguments, outputDir: string | undefined) {
  return savedFileFrom('trimap', saveTrimap, outputDir);
}

function negative(length: Length): Length {
  const text = String(length).trim();
  return text.startsWith('-') ? text.slice(1) : `-${text.replace(/^\+/, '')}`;
}

const ANY_SIZE = { width: 1, height: 1 };

/** What a yargs `coerce` is called with: what was typed once or several times, or nothing. */
type Typed = string | readonly string[] | undefined;

type Coerce<T> = (value: Typed) => T | undefined;

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
function measure(option: string, value: Typed, check: (text: string) => unknown): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  const text = assertOnce(option, value);
  try {
    check(text);
  } catch (error) {
    throw error instanceof MaskwrightError
      ? new MaskwrightError(error.code, `${option}: ${error.message}`, { hint: error.hint })
      : error;
  }
  return text;
}

/** `auto`, which a bare `--matte` stands for, `off`, a model, or how far the band reaches. */
function parseMatte(value: Typed): Length | undefined {
  return value === 'auto' || value === 'off' || value === MATTE_MODEL ? value : radius('--matte')(value);
}

function parseFillHoles(value: Typed): true | Area | undefined {
  // A flag without a value comes as the empty text.
  return value === '' ? true : area('--fill-holes')(value);
}

function parseMaskThreshold(value: Typed): MaskThreshold | undefined {
  if (value === undefined) {
    return undefined;
  }
  const text = assertOnce('--threshold-mask', value);
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

function parseLevels(value: Typed): LevelsOptions | undefined {
  if (value === undefined) {
    return undefined;
  }
  const text = assertOnce('--levels', value);
  const numbers = text.split(',').map((part) => parseNumber('--levels', part));
  if (numbers.length < 2 || numbers.length === 4 || numbers.length > 5) {
    throw new MaskwrightError('OPTION_RANGE', `--levels is ${text}`, {
      hint: 'black,white, then gray, then the lowest and highest output: 20,235,1.2,0,255',
    });
  }
  const [black, white, gray, outBlack, outWhite] = numbers;
  return { black, white, gray, outBlack, outWhite };
}
