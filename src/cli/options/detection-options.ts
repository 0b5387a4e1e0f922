import { REFINE_MODES } from '../../engine/index.js';
import { invalidOption, MaskwrightError } from '../../errors.js';
import { type Detail, parseShare, PROMPT_DEFAULTS, type Refine } from '../../sources/detection/prompt-settings.js';
import type { ArgumentsOf, OptionTable } from '../command.js';
import { assertOnce } from './numbers.js';
import { parseThreshold } from './source-options.js';
import { MASK_CHANNELS, MASK_LEVELS, MASK_READ_DEFAULTS } from '../../raster/index.js';
import { template } from './template.js';

const group = 'Selection:';

/** How prompts are detected. */
export const detectionOptions = {
  threshold: {
    type: 'string',
    requiresArg: true,
    fallback: PROMPT_DEFAULTS.threshold,
    coerce: parseThreshold,
    describe: 'probability from which a pixel is selected, 0 to 1; auto: from the heatmap of each phrase',
    group,
    basic: true,
  },
  refine: {
    type: 'string',
    fallback: PROMPT_DEFAULTS.refine,
    coerce: parseRefine,
    describe: "let selections follow the image's edges: --refine=fast, best, sam (by --segmenter), off",
    group,
  },
  segmenter: {
    type: 'string',
    requiresArg: true,
    fallback: 'color, with --refine=sam edgetam',
    describe: 'for --point and --box: color (no model), edgetam, sam2, slimsam, tiny, a hub id or a folder',
    group,
  },
  'mask-index': {
    type: 'string',
    requiresArg: true,
    coerce: checkMaskIndex,
    describe: "which of the segmenter's masks, 0 to 2; the best where left out",
    group,
  },
  detail: {
    type: 'string',
    fallback: PROMPT_DEFAULTS.detail,
    coerce: parseDetail,
    describe: 'second pass at higher resolution: parts (of what was found), tiles=2..6 (for small things), off',
    group,
  },
  'split-touching': {
    type: 'boolean',
    describe: 'separate touching instances, for person#left in prompts and for --each',
    group,
  },
  'max-share': {
    type: 'string',
    requiresArg: true,
    coerce: checkShare,
    describe: 'a phrase that selects more than this share of the image counts as absent: 60%',
    group,
  },
  cache: {
    type: 'boolean',
    fallback: PROMPT_DEFAULTS.cache,
    describe: 'keep heatmaps between runs; --no-cache detects anew',
    group: 'Model:',
  },
} as const satisfies OptionTable;

export const maskFileOptions = {
  'resize-masks': { type: 'boolean', describe: 'scale mask files of another size to the image', group },
  'mask-channel': {
    type: 'string',
    choices: MASK_CHANNELS,
    fallback: MASK_READ_DEFAULTS.channel,
    describe: 'the plane of a mask file that is the mask; auto: alpha where the brightness is the same everywhere',
    group,
  },
  'mask-levels': {
    type: 'string',
    choices: MASK_LEVELS,
    fallback: MASK_READ_DEFAULTS.levels,
    describe: 'auto: spread the values of a mask file over 0 to 255, for 0/1 masks and labels',
    group,
  },
  'retouch-add': {
    type: 'string',
    requiresArg: true,
    describe: 'a mask file of what is added to the mask by hand, after all mask operations',
    group,
  },
  'retouch-erase': {
    type: 'string',
    requiresArg: true,
    describe: 'a mask file of what is erased from the mask by hand, after all mask operations',
    group,
  },
} as const satisfies OptionTable;

export type DetectionArguments = ArgumentsOf<typeof detectionOptions & typeof maskFileOptions>;

/** The fields of a recipe that say how prompts are detected. */
export function detectionFields({
  threshold,
  refine,
  segmenter,
  maskIndex,
  detail,
  splitTouching,
  maxShare,
  ...argv
}: DetectionArguments) {
  return { threshold, refine, segmenter, maskIndex, detail, splitTouching, maxShare, ...maskFileFields(argv) };
}

/** The fields of a recipe that say how mask files are read, and the corrections by hand. */
export function maskFileFields({
  resizeMasks,
  maskChannel,
  maskLevels,
  retouchAdd,
  retouchErase,
}: ArgumentsOf<typeof maskFileOptions>) {
  const add = retouchAdd === undefined ? undefined : template(retouchAdd);
  const erase = retouchErase === undefined ? undefined : template(retouchErase);
  const retouch = add === undefined && erase === undefined ? undefined : { add, erase };
  return { resizeMasks, maskChannel, maskLevels, retouch };
}

function checkShare(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  const share = assertOnce('--max-share', value);
  parseShare(share);
  return share;
}

function checkMaskIndex(value: string | readonly string[] | undefined): number | undefined {
  if (value === undefined) {
    return undefined;
  }
  const index = assertOnce('--mask-index', value);
  if (!/^\d{1,2}$/.test(index)) {
    throw invalidOption('--mask-index', 'a whole number from 0', index);
  }
  return Number(index);
}

/** `fast`, `best`, `sam` or `off`. Throws `OPTION_RANGE`. */
export function parseRefine(value: string | undefined): Refine | undefined {
  const modes: readonly Refine[] = [...REFINE_MODES, 'sam', 'off'];
  const mode = modes.find((name) => name === value);
  if (mode === undefined && value !== undefined) {
    throw invalidOption('--refine', modes.join(', '), value);
  }
  return mode;
}

const MAX_TILES = 6;

/** `parts`, `tiles=3` or `off`; nothing at all is `parts`. Throws `OPTION_RANGE`. */
export function parseDetail(value: string | undefined): Detail | undefined {
  const tiles = /^tiles=([2-9])$/.exec(value ?? '')?.[1];
  if (tiles !== undefined && Number(tiles) <= MAX_TILES) {
    return { tiles: Number(tiles) };
  }
  if (value === undefined || value === 'off' || value === 'parts') {
    return value;
  }
  throw new MaskwrightError('OPTION_RANGE', `--detail is ${JSON.stringify(value)}`, {
    hint: `it is parts, tiles=2 to tiles=${MAX_TILES}, or off`,
  });
}
