import type { Options } from 'yargs';
import { expandInputs, type InputFile } from '../../io/files/expand-inputs.js';
import { BATCH_DEFAULTS } from '../../run/batch.js';
import { integerInRange } from './numbers.js';

export interface BatchArguments {
  readonly recursive?: boolean;
  readonly filesFrom?: string;
  readonly jobs: number;
  readonly resume?: boolean;
}

const group = 'Many images:';

/** Options of every command that takes many inputs. */
export const batchOptions = {
  recursive: { alias: 'r', type: 'boolean', describe: 'look in the folders inside the named ones too', group },
  'files-from': { type: 'string', describe: 'a file with a path on each line; - for standard input', group },
  jobs: {
    alias: 'j',
    type: 'string',
    default: BATCH_DEFAULTS.jobs,
    coerce: integerInRange('--jobs', 1, 64),
    describe: 'images in work at the same time',
    group,
  },
  'json-lines': {
    type: 'boolean',
    conflicts: 'json',
    describe: 'print a line of JSON as each image is done, and a summary at the end',
    group: 'Output:',
  },
  resume: {
    type: 'boolean',
    describe: 'skip what an earlier run has done from the same files and options',
    group,
  },
} as const satisfies Record<string, Options>;

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
