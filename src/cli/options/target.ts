import type { Options } from 'yargs';
import { FIT_SIZE_DEFAULTS } from '../../inpaint/targets/fit-size.js';
import type { SizeFit, Target } from '../../inpaint/targets/target.js';
import { findTarget } from '../../inpaint/targets/target-table.js';
import type { TargetChoice, TargetReport } from '../../outputs/target-output.js';
import type { CommandContext } from '../context.js';
import { assertOnce } from './numbers.js';

export interface TargetArguments {
  readonly for?: Target;
  readonly fitTarget?: boolean;
  readonly sizeFit: SizeFit;
}

const group = 'For a program (see maskwright targets):';

/** `--for`: which program the files are for. */
export const forOption = {
  for: {
    type: 'string',
    requiresArg: true,
    coerce: (name: string | readonly string[] | undefined) =>
      name === undefined ? undefined : findTarget(assertOnce('--for', name)),
    describe: 'write exactly what a program takes: invokeai, a1111, comfyui, diffusers, openai, ...',
    group,
  },
} as const satisfies Record<string, Options>;

/** The program, and how an image is brought to what it takes. */
export const targetOptions = {
  ...forOption,
  'fit-target': {
    type: 'boolean',
    describe: 'meet its limits by scaling or padding; the way back is recorded',
    group,
  },
  'size-fit': {
    choices: ['pad', 'crop', 'scale'],
    default: FIT_SIZE_DEFAULTS.fit,
    describe: 'how sides become the multiples that it takes',
    group,
  },
} as const satisfies Record<string, Options>;

/** The choice that a command line makes; undefined without `--for`. */
export function targetFrom(argv: TargetArguments): TargetChoice | undefined {
  return argv.for === undefined
    ? undefined
    : { target: argv.for, fit: argv.sizeFit, fitTarget: argv.fitTarget === true };
}

/** What was written for a program and what to do with it, in lines for people. */
export function describeTarget({ files, size, nextStep, restoreStep }: TargetReport): string[] {
  return [
    `${files.image}  ${size.width} x ${size.height}`,
    ...(files.mask === undefined ? [] : [files.mask]),
    `  next: ${nextStep}`,
    `  then: ${restoreStep}`,
  ];
}

/** Tells the warnings of a job that has one result. */
export function warnAll(context: CommandContext, warnings: readonly string[]): void {
  for (const warning of warnings) {
    context.warn(warning);
  }
}
