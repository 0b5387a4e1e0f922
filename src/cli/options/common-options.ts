import type { OptionTable } from '../command.js';

export interface CommonArguments {
  readonly json?: boolean | undefined;
  readonly jsonLines?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/** Options of every command. */
export const commonOptions = {
  json: { type: 'boolean', describe: 'print one JSON document instead of text', group: 'Reports:', basic: true },
  quiet: { type: 'boolean', alias: 'q', describe: 'print nothing but warnings and errors', group: 'Reports:' },
  verbose: { type: 'boolean', describe: 'print more about what is done', group: 'Reports:' },
} as const satisfies OptionTable;
