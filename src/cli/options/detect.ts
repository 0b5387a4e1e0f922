import type { Options } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import type { Detail } from '../../sources/detect-detail.js';
import type { ModelPool } from '../../sources/model-pool.js';
import type { SourceSettings } from '../../sources/sources.js';
import { TEXT_DEFAULTS, type TextSettings } from '../../sources/text-prompts.js';
import type { CommandContext } from '../context.js';
import type { ModelArguments } from './model.js';
import { parseThreshold } from './source.js';

export interface FindArguments {
  readonly threshold: TextSettings['threshold'];
  readonly refine: boolean;
  readonly detail: Detail;
  readonly cache: boolean;
  readonly resizeMasks?: boolean;
}

const group = 'What to find:';

/** How words become a mask. */
export const findOptions = {
  threshold: {
    type: 'string',
    default: TEXT_DEFAULTS.threshold,
    coerce: parseThreshold,
    describe: 'probability from which a pixel is selected, 0 to 1; auto: chosen for each phrase by its heatmap',
    group,
  },
  refine: {
    type: 'boolean',
    default: TEXT_DEFAULTS.refine,
    describe: "let selections follow the image's edges; --no-refine switches it off",
    group,
  },
  detail: {
    type: 'string',
    default: TEXT_DEFAULTS.detail,
    coerce: parseDetail,
    describe: 'look again, closer: parts (at what was found), tiles=2..6 (for small things), off',
    group,
  },
  cache: {
    type: 'boolean',
    default: TEXT_DEFAULTS.cache,
    describe: 'keep heatmaps between runs; --no-cache looks anew',
    group,
  },
  'resize-masks': { type: 'boolean', describe: 'scale mask files of another size to the image', group },
} as const satisfies Record<string, Options>;

const MOST_TILES = 6;

/** `parts`, `tiles=3` or `off`; nothing at all is `parts`. Throws `OPTION_RANGE`. */
export function parseDetail(value: string): Detail {
  const tiles = /^tiles=([2-9])$/.exec(value)?.[1];
  if (tiles !== undefined && Number(tiles) <= MOST_TILES) {
    return { tiles: Number(tiles) };
  }
  if (value === 'off' || value === 'parts') {
    return value;
  }
  throw new MaskwrightError('OPTION_RANGE', `--detail is ${JSON.stringify(value)}`, {
    hint: `it is parts, tiles=2 to tiles=${MOST_TILES}, or off`,
  });
}

/** The settings of a run's sources; the models must be closed by the caller. */
export function sourceSettings(
  argv: FindArguments & Pick<ModelArguments, 'fit'>,
  models: ModelPool,
  context: CommandContext,
): SourceSettings {
  const { threshold, fit, refine, detail, cache } = argv;
  return {
    models,
    text: { threshold, fit, refine, detail, cache },
    resizeMasks: argv.resizeMasks,
    signal: context.signal,
  };
}
