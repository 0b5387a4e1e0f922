import type { Options } from 'yargs';
import { COMBINE_MODES, type CombineMode } from '../../engine/combine-masks.js';
import { MaskwrightError, requireInRange } from '../../errors.js';
import type { MaskSource } from '../../jobs/sources.js';
import { textSources } from '../../jobs/text-prompts.js';
import { THRESHOLD_SEPARATOR } from '../normalize-arguments.js';
import { parseNumber } from './numbers.js';

export interface TextArguments {
  readonly textMask?: readonly string[];
}

export interface SourceArguments extends TextArguments {
  readonly mask?: readonly string[];
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

/** The sources that a command line names, words first. */
export function sourcesFrom(argv: SourceArguments): MaskSource[] {
  return [...textSourcesFrom(argv.textMask), ...(argv.mask ?? []).map((path): MaskSource => ({ kind: 'file', path }))];
}

/** The prompts of `-tm`, each with the threshold given behind it. */
export function textSourcesFrom(values: readonly string[] | undefined, invert = false): MaskSource[] {
  return (values ?? []).flatMap((value) => {
    const [text = '', threshold] = value.split(THRESHOLD_SEPARATOR);
    return textSources(text, { threshold: threshold === undefined ? undefined : parseThreshold(threshold), invert });
  });
}

/** A threshold in [0, 1]. Throws `THRESHOLD_RANGE`. */
export function parseThreshold(value: unknown): number {
  try {
    return requireInRange('the threshold', parseNumber('the threshold', value), 0, 1);
  } catch (error) {
    throw error instanceof MaskwrightError
      ? new MaskwrightError('THRESHOLD_RANGE', error.message, {
          hint: 'it is a probability, from 0 to 1; the default is 0.5',
        })
      : error;
  }
}
