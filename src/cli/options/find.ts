import type { Options } from 'yargs';
import type { Networks } from '../../jobs/networks.js';
import type { SourceSettings } from '../../jobs/sources.js';
import { TEXT_DEFAULTS } from '../../jobs/text-prompts.js';
import type { CommandContext } from '../context.js';
import type { ModelArguments } from './model.js';
import { parseThreshold } from './source.js';

export interface FindArguments {
  readonly threshold: number;
  readonly resizeMasks?: boolean;
}

/** How words become a mask. */
export const findOptions = {
  threshold: {
    type: 'string',
    default: TEXT_DEFAULTS.threshold,
    coerce: parseThreshold,
    describe: 'probability from which a pixel is selected, 0 to 1',
    group: 'What to find:',
  },
  'resize-masks': {
    type: 'boolean',
    describe: 'scale mask files of another size to the picture',
    group: 'What to find:',
  },
} as const satisfies Record<string, Options>;

/** The settings of a run's sources; the networks must be closed by the caller. */
export function sourceSettings(
  argv: FindArguments & Pick<ModelArguments, 'fit'>,
  networks: Networks,
  context: CommandContext,
): SourceSettings {
  return {
    networks,
    text: { threshold: argv.threshold, fit: argv.fit },
    resizeMasks: argv.resizeMasks,
    signal: context.signal,
  };
}
