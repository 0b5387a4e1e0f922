import { MaskwrightError } from '../../errors.js';
import type { DepthOrder } from '../../raster/index.js';
import type { DepthRange } from '../normalize-depth.js';

/** A span of depths that shares a number of gray levels. */
export interface GraySplit {
  /** First depth of the span, in the map's own unit. */
  readonly start: number;
  /** The span ends before this depth. */
  readonly end: number;
  /** Gray levels of the span's own, of `TOTAL_LEVELS`; with none, everything in it is as far as can be. */
  readonly levels: number;
  /** Notes by lower-case key. `label` names the split, `region` numbers it, `test` colors it. */
  readonly flags: Readonly<Record<string, string>>;
}

/** Splits in ascending order, each ending where the next starts; never none. */
export type GraySplits = readonly GraySplit[];

/** Levels to share out: what 8 bits have. 16-bit maps have 256 shades to each level. */
export const TOTAL_LEVELS = 256;

/** The last split reaches this much beyond the largest depth, so that it holds it. */
const OVERHANG = 0.01;

/**
 * One split over the whole range, with all levels. A cutoff is the far end of the scale, also where nothing in the
 * map reaches that far: the gray of a depth must not change from frame to frame. daz_depthmap_processor does the
 * same, as a background of 1e38 is cut to it. A cutoff nearer than everything changes nothing.
 */
export function initialSplits(
  range: DepthRange,
  {
    cutoff,
    depthOrder = 'near-is-small',
  }: { readonly cutoff?: number | undefined; readonly depthOrder?: DepthOrder } = {},
): GraySplits {
  const isFarEnd = cutoff !== undefined && (depthOrder === 'near-is-small' ? cutoff > range.min : cutoff < range.max);
  const min = isFarEnd && depthOrder === 'near-is-large' ? cutoff : range.min;
  const max = isFarEnd && depthOrder === 'near-is-small' ? cutoff : range.max;
  return [{ start: min, end: max + OVERHANG, levels: TOTAL_LEVELS, flags: { label: 'Default' } }];
}

export function totalLevels(splits: GraySplits): number {
  return splits.reduce((sum, { levels }) => sum + levels, 0);
}

/** Throws `USAGE` where more levels are allocated than there are. */
export function assertLevels(splits: GraySplits): void {
  const total = totalLevels(splits);
  if (total > TOTAL_LEVELS) {
    throw new MaskwrightError('USAGE', `${total} levels are allocated, but there are ${TOTAL_LEVELS}`, {
      hint: `take ${total - TOTAL_LEVELS} from one of the splits: allocate <split> <levels>`,
    });
  }
}

/** The split that `depth` is in; undefined outside all. */
export function splitAt(splits: GraySplits, depth: number): number | undefined {
  const index = splits.findIndex(({ start, end }) => depth >= start && depth < end);
  return index < 0 ? undefined : index;
}

/** Splits the span around `depth` in two; the new one, behind it, has no levels yet. */
export function addSplit(splits: GraySplits, depth: number): GraySplits {
  const index = splitAt(splits, depth);
  if (index === undefined) {
    throw usage(`${depth} is outside the map: ${splits[0]!.start} to ${splits.at(-1)!.end}`);
  }
  const owner = splits[index]!;
  if (depth === owner.start) {
    throw usage(`a split starts at ${depth} already`);
  }
  return splits.toSpliced(index, 1, { ...owner, end: depth }, { start: depth, end: owner.end, levels: 0, flags: {} });
}

/** Moves the border between two splits, which is at `from`, to `to`; neither may vanish. */
export function moveBorder(splits: GraySplits, from: number, to: number): GraySplits {
  const index = splits.findIndex(({ start }) => start === from);
  if (index === 0 || from === splits.at(-1)!.end) {
    throw usage(`${from} is an end of the map and cannot be moved`, 'add a split where you want the border');
  }
  if (index < 0) {
    throw usage(
      `no split starts at ${from}`,
      `borders are at ${
        splits
          .slice(1)
          .map(({ start }) => start)
          .join(', ') || 'no depth yet'
      }`,
    );
  }
  const before = splits[index - 1]!;
  const behind = splits[index]!;
  if (to <= before.start || to >= behind.end) {
    throw usage(
      `${to} is not between ${before.start} and ${behind.end}: a split would vanish`,
      'use remove to merge splits',
    );
  }
  return splits.toSpliced(index - 1, 2, { ...before, end: to }, { ...behind, start: to });
}

/**
 * Merges a split into the one before it (the first: into the one behind), which keeps its flags and takes
 * the levels of both.
 */
export function removeSplit(splits: GraySplits, index: number): GraySplits {
  if (splits.length === 1) {
    throw usage('the only split cannot be removed');
  }
  const removed = splitOf(splits, index);
  const heir = splits[index === 0 ? 1 : index - 1]!;
  const merged = {
    ...heir,
    start: Math.min(heir.start, removed.start),
    end: Math.max(heir.end, removed.end),
    levels: heir.levels + removed.levels,
  };
  return splits.toSpliced(Math.max(index - 1, 0), 2, merged);
}

/** Gives a split its number of levels. The sum is checked when grays are mapped, not here. */
export function allocateLevels(splits: GraySplits, index: number, levels: number): GraySplits {
  if (!Number.isInteger(levels) || levels < 0 || levels > TOTAL_LEVELS) {
    throw usage(`${levels} levels cannot be allocated: it must be a whole number from 0 to ${TOTAL_LEVELS}`);
  }
  return splits.with(index, { ...splitOf(splits, index), levels });
}

/** Sets a flag, or takes it away where `value` is undefined. `region` takes a whole number from -1, -1 being none. */
export function setFlag(splits: GraySplits, index: number, key: string, value: string | undefined): GraySplits {
  const name = key.toLowerCase();
  const split = splitOf(splits, index);
  if (name === 'region' && value !== undefined && !/^(-1|\d{1,3})$/.test(value)) {
    throw usage(`${JSON.stringify(value)} is not a region: it must be a whole number from -1 (none) to 999`);
  }
  const rest = Object.entries(split.flags).filter(([flag]) => flag !== name);
  return splits.with(index, {
    ...split,
    flags: Object.fromEntries(value === undefined ? rest : [...rest, [name, value]]),
  });
}

/** The split's region, -1 where it has none. */
export function regionOf({ flags }: GraySplit): number {
  return flags['region'] === undefined ? -1 : Number(flags['region']);
}

/** The split at an index. Throws `USAGE` outside the list. */
export function splitOf(splits: GraySplits, index: number): GraySplit {
  const split = Number.isInteger(index) && index >= 0 ? splits[index] : undefined;
  if (split === undefined) {
    throw usage(`there is no split ${index}`, `splits are numbered 0 to ${splits.length - 1}`);
  }
  return split;
}

/**
 * The index that a word stands for: a number, or the label of exactly one split, upper and lower case alike.
 * Throws `USAGE`.
 */
export function findSplit(splits: GraySplits, word: string): number {
  if (/^-?\d+$/.test(word)) {
    splitOf(splits, Number(word));
    return Number(word);
  }
  const named = splits.flatMap(({ flags }, index) =>
    flags['label']?.toLowerCase() === word.toLowerCase() ? [index] : [],
  );
  if (named.length === 1) {
    return named[0]!;
  }
  if (named.length > 1) {
    throw usage(`${JSON.stringify(word)} names the splits ${named.join(' and ')}`, 'use their numbers');
  }
  const labels = splits.flatMap(({ flags }) => (flags['label'] === undefined ? [] : [flags['label']]));
  throw usage(
    `there is no split ${JSON.stringify(word)}`,
    `splits are numbered 0 to ${splits.length - 1}${labels.length === 0 ? '' : `, and named ${labels.join(', ')}`}`,
  );
}

function usage(message: string, hint?: string): MaskwrightError {
  return new MaskwrightError('USAGE', message, { hint });
}
