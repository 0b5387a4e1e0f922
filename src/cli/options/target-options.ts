import { FIT_SIZE_DEFAULTS } from '../../inpaint/targets/fit-size.js';
import { findTarget } from '../../inpaint/targets/target-table.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { assertOnce } from './numbers.js';

const group = 'Target (see maskwright targets):';

/** The target that the files are for. */
export const targetOption = {
  target: {
    synonyms: ['for'],
    type: 'string',
    requiresArg: true,
    coerce: (name: string | readonly string[] | undefined) =>
      name === undefined ? undefined : findTarget(assertOnce('--target', name)).name,
    describe: 'write exactly what a target takes: invokeai, a1111, comfyui, diffusers, openai, ...',
    group,
    basic: true,
  },
} as const satisfies OptionTable;

/** The target, and how an image is brought to the sizes that it takes. */
export const targetOptions = {
  ...targetOption,
  'fit-target': { type: 'boolean', describe: 'meet its limits by scaling or padding; the manifest records it', group },
  'size-fit': {
    choices: ['pad', 'crop', 'scale'],
    fallback: FIT_SIZE_DEFAULTS.fit,
    describe: 'how sides become the multiples that it takes',
    group,
  },
} as const satisfies OptionTable;

export type TargetArguments = ArgumentsOf<typeof targetOptions>;
