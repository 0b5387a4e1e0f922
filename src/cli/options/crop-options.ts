import { MaskwrightError } from '../../errors.js';
import { CROP_SIDE, PLAN_CROP_DEFAULTS } from '../../inpaint/crop/plan-crop.js';
import type { Size } from '../../raster/index.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { assertOnce, integerInRange, numberInRange, parseNumber } from './numbers.js';

const group = 'Window:';

/** Where the window lies and how large it is painted. */
export const cropOptions = {
  context: {
    type: 'string',
    fallback: PLAN_CROP_DEFAULTS.context,
    coerce: numberInRange('--context', 1, 100),
    describe: 'how much larger than the selection, each way',
    group,
  },
  size: {
    type: 'string',
    requiresArg: true,
    coerce: parseSize,
    fallback: 'as it is',
    describe: 'the long side of the result (1024), or both sides (1024x768)',
    group,
    basic: true,
  },
  'multiple-of': {
    type: 'string',
    requiresArg: true,
    coerce: integerInRange('--multiple-of', 1, 1024),
    fallback: `${PLAN_CROP_DEFAULTS.multipleOf}, or what --target takes`,
    describe: 'both sides are multiples of it',
    group,
  },
  aspect: {
    type: 'string',
    requiresArg: true,
    coerce: parseAspects,
    fallback: 'that of the selection',
    describe: 'aspect ratios to choose from: 1:1 or 1:1,3:2,2:3',
    group,
  },
  square: {
    type: 'boolean',
    describe: 'a square result, as --aspect 1:1; where the image ends, its edge is repeated',
    group,
  },
} as const satisfies OptionTable;

export type WindowArguments = ArgumentsOf<typeof cropOptions>;

type Typed = string | readonly string[] | undefined;

function parseSize(value: Typed): number | Size | undefined {
  if (value === undefined) {
    return undefined;
  }
  const text = assertOnce('--size', value);
  const sides = text.split(/x/i).map((side) => integerInRange('--size', CROP_SIDE.least, CROP_SIDE.most)(side)!);
  const [width, height] = sides as [number, number?];
  if (sides.length > 2) {
    throw new MaskwrightError('OPTION_RANGE', `--size is ${text}`, {
      hint: 'one side (1024), or both (1024x768)',
    });
  }
  return height === undefined ? width : { width, height };
}

function parseAspects(value: Typed): readonly number[] | undefined {
  return value === undefined ? undefined : assertOnce('--aspect', value).split(',').map(parseAspect);
}

function parseAspect(text: string): number {
  const [width, height] = text.split(':').map((side) => parseNumber('--aspect', side)) as [number, number?];
  const aspect = width / (height ?? 1);
  if (!(aspect > 0.01 && aspect < 100)) {
    throw new MaskwrightError('OPTION_RANGE', `--aspect ${text} is not an aspect ratio`, {
      hint: 'width:height, as 3:2',
    });
  }
  return aspect;
}
