import type { NoData } from '../../depth/mark-no-data.js';
import { DEPTH_ORDERS } from '../../raster/types.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { assertOnce, parseNumber } from './numbers.js';
import { template } from './template.js';

type Typed = string | readonly string[] | undefined;

const group = 'Depth map:';

/** How a depth map is read. */
export const depthFileOptions = {
  'depth-channel': {
    type: 'string',
    requiresArg: true,
    fallback: 'the one that looks like depth: Z, *.Z, depth.V, Y, R=G=B',
    describe: 'channel of an EXR file',
    group,
  },
  'depth-part': {
    type: 'string',
    requiresArg: true,
    describe: 'part of a multipart EXR file: its name, or its number from 1',
    group,
  },
  'depth-order': {
    synonyms: ['depth-near'],
    type: 'string',
    requiresArg: true,
    choices: DEPTH_ORDERS,
    fallback: 'near-is-large in PNG, near-is-small in the others',
    coerce: (value: Typed) => oneOf('--depth-order', value, 'near-is-', DEPTH_ORDERS),
    describe: 'which values of the file are near',
    group,
  },
  'no-data': {
    type: 'string',
    requiresArg: true,
    fallback: 'auto',
    coerce: parseNoData,
    describe: 'values that mean no depth, comma-separated; auto: detect 0, -1, -9999 and -32768; none: no value',
    group,
  },
} as const satisfies OptionTable;

/** A depth split plan. */
export const splitPlanOption = {
  'split-plan': {
    type: 'string',
    requiresArg: true,
    describe: 'a depth split plan, saved by depth --interactive',
    group,
  },
} as const satisfies OptionTable;

export type DepthFileArguments = ArgumentsOf<typeof depthFileOptions>;

/** The fields of a recipe that say how a depth map is read. */
export function depthFileFieldsFrom({ depthChannel, depthPart, depthOrder, noData }: DepthFileArguments) {
  return {
    channel: depthChannel === undefined ? undefined : template(depthChannel),
    part: depthPart === undefined ? undefined : template(depthPart),
    depthOrder,
    noData: noData === undefined || typeof noData === 'string' ? noData : [...noData],
  };
}

/** The choice that a value names, with or without its prefix; a value that names none is left to the choices. */
export function oneOf<Choice extends string>(
  option: string,
  value: Typed,
  prefix: string,
  choices: readonly Choice[],
): Choice | undefined {
  if (value === undefined) {
    return undefined;
  }
  const text = assertOnce(option, value);
  return choices.find((choice) => choice === text || choice === `${prefix}${text}`) ?? (text as Choice);
}

function parseNoData(value: Typed): NoData | undefined {
  if (value === undefined || value === 'auto' || value === 'none') {
    return value;
  }
  const values = assertOnce('--no-data', value)
    .split(',')
    // NaN always means no depth.
    .filter((text) => text.trim().toLowerCase() !== 'nan')
    .map((text) => parseNumber('--no-data', text));
  return values.length === 0 ? 'none' : values;
}
