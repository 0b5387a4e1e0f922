import type { Options } from 'yargs';

export interface CommonArguments {
  readonly json?: boolean;
  readonly jsonLines?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Options of every command. */
export const commonOptions = {
  json: { type: 'boolean', describe: 'print one JSON document instead of text', group: 'Output:' },
  quiet: { type: 'boolean', alias: 'q', describe: 'print nothing but warnings and errors', group: 'Output:' },
  verbose: { type: 'boolean', describe: 'say more about what is done', group: 'Output:' },
} as const satisfies Record<string, Options>;
