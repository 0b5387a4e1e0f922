import { expandInputs, type InputFile } from '../../io/files/expand-inputs.js';
import { BATCH_DEFAULTS } from '../../run/batch.js';
import { parseShard } from '../../run/batch/shard.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { assertOnce, integerInRange } from './numbers.js';

const group = 'Many images:';

/** Options of every command that takes many inputs. */
export const batchOptions = {
  recursive: { alias: 'r', type: 'boolean', describe: 'also images in subfolders', group, basic: true },
  'files-from': {
    type: 'string',
    requiresArg: true,
    describe: 'a file with a path on each line; - for standard input',
    group,
  },
  concurrency: {
    alias: 'j',
    synonyms: ['jobs'],
    type: 'string',
    requiresArg: true,
    fallback: BATCH_DEFAULTS.concurrency,
    coerce: integerInRange('--concurrency', 1, 64),
    describe: 'images processed at the same time, 1 to 64',
    group,
  },
  resume: { type: 'boolean', describe: 'skip what an earlier run has done from the same files and options', group },
  shard: {
    type: 'string',
    requiresArg: true,
    coerce: (text: string | readonly string[] | undefined) =>
      text === undefined ? undefined : parseShard(assertOnce('--shard', text)),
    describe: 'i/n: only the i-th of n parts of the images; auto: the part of this array job',
    group,
  },
  'json-lines': {
    type: 'boolean',
    conflicts: 'json',
    describe: 'print a line of JSON as each image is done, and a summary at the end',
    group: 'Reports:',
  },
} as const satisfies OptionTable;

export type BatchArguments = ArgumentsOf<typeof batchOptions>;

/** The files that a command line names. Results in `outdir` are not taken for inputs. */
export function inputsFrom(
  argv: Pick<BatchArguments, 'recursive' | 'filesFrom'>,
  names: readonly string[] | undefined,
  options: { readonly outdir?: string | undefined; readonly endings?: readonly string[] } = {},
): Promise<InputFile[]> {
  return expandInputs(names ?? [], {
    recursive: argv.recursive,
    filesFrom: argv.filesFrom,
    endings: options.endings,
    exclude: options.outdir,
  });
}
