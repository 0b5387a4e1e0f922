import { deflateRuns } from './deflate-runs.js';
import { deflate, type Matching } from './encode-strip.js';
import { type FilterInput, filterRows, type RowFilter } from './filter-rows.js';
import { copyRows, layoutOf, type PngPixels } from './png-pixels.js';

/** `fast` files are larger and sooner written, `small` ones take longer than `normal` ones. */
export type Effort = 'fast' | 'normal' | 'small';

/** How the rows of an image are filtered and deflated. */
export interface Compression {
  /** More than one with `small`: each strip takes what is smallest. */
  readonly filters: readonly RowFilter[];
  readonly matching: Matching;
  /** zlib's level of the search for matches. */
  readonly level: number;
}

/**
 * None for flat masks and drawings; sub or up keep repetitions whole that a choice for each row breaks, and are a tenth to a fifth
 * smaller on much that is drawn or was a JPEG; adaptive for the rest.
 */
const FILTERS = [0, 1, 2, 'adaptive'] as const satisfies readonly RowFilter[];
/** Filters for a fast file: a choice for each row takes several times as long as any of them. */
const FAST_FILTERS = [0, 1, 2, 4] as const satisfies readonly RowFilter[];
/** A sample of a fast file may be larger than that of a normal one by so much. */
const FAST_MARGIN = 1.22;
/**
 * A normal file may be larger by so much if only run lengths are matched, which takes a seventh of the time on a photograph that was a
 * JPEG; but not larger than what other programs write: filters chosen for each row, and a search.
 */
const NORMAL_MARGIN = 1.1;
/** Where the sample differs by no more than this, each strip decides for itself. */
const CERTAIN = 1.05;
/**
 * With `small`, filters are tried on whole strips where their sample is larger than the best by no more than this. Where little is left
 * of the samples, they foretell less, and a trial takes less time.
 */
const NEAR = { compressible: 1.15, other: 1.02 } as const;
const COMPRESSIBLE = 0.2;
/** Where so little is left, `fast` is compressed as `normal`: it hardly takes longer. */
const VERY_COMPRESSIBLE = 0.08;
const LEVELS = { normal: 6, small: 9 } as const;
/** For fast files: the first of these that is small enough. */
const FAST_LEVELS = [1, 4] as const;
const BAND_BYTES = 8192;
const BAND_ROWS = 3;
const MIN_BANDS = 4;
const MAX_BANDS = 16;
const SAMPLE_BYTES = 131_072;
const SAMPLE_SHARE = 1 / 16;

/** Chooses by what deflates best in bands of rows from the whole height of the image. */
export function chooseCompression(image: PngPixels, effort: Effort): Compression {
  const sample = takeSample(image);
  const trials = FILTERS.map((filter) => {
    const filtered = filterSample(sample, filter);
    const runLength = deflate(filtered, { level: LEVELS.normal, matching: 'run-length' }).length;
    const search = deflate(filtered, { level: LEVELS.normal, matching: 'search' }).length;
    return { filter, runLength, search };
  });
  const byRunLength = trials.reduce((best, trial) => (trial.runLength < best.runLength ? trial : best));
  const bySearch = trials.reduce((best, trial) => (trial.search < best.search ? trial : best));
  const excess = byRunLength.runLength / bySearch.search;
  const least = Math.min(byRunLength.runLength, bySearch.search);
  const share = least / sizeOf(sample);
  if (effort === 'small') {
    const near = least * (share < COMPRESSIBLE ? NEAR.compressible : NEAR.other);
    const filters = trials.filter(({ runLength, search }) => Math.min(runLength, search) <= near);
    return { filters: filters.map(({ filter }) => filter), matching: 'smallest', level: LEVELS.small };
  }
  const hasty = effort === 'fast' && share > VERY_COMPRESSIBLE ? chooseFast(sample, least * FAST_MARGIN) : undefined;
  if (hasty !== undefined) {
    return hasty;
  }
  const level = LEVELS.normal;
  const usual = trials.find(({ filter }) => filter === 'adaptive')!.search;
  if (excess < 1 / CERTAIN || byRunLength.runLength <= Math.min(usual, bySearch.search * NORMAL_MARGIN)) {
    return { filters: [byRunLength.filter], matching: 'run-length', level };
  }
  const filters = [excess < 1 ? byRunLength.filter : bySearch.filter];
  return { filters, matching: excess > CERTAIN ? 'search' : 'smaller', level };
}

/** The fastest compression that makes no more of the sample than `limit`; undefined where none does. */
function chooseFast(sample: readonly FilterInput[], limit: number): Compression | undefined {
  const candidates = FAST_FILTERS.map((filter) => ({ filter, filtered: filterSample(sample, filter) }));
  const runs = candidates.map(({ filter, filtered }) => ({ filter, size: deflateRuns(filtered, true).length }));
  const best = runs.reduce((least, trial) => (trial.size < least.size ? trial : least));
  if (best.size <= limit) {
    return { filters: [best.filter], matching: 'runs', level: 0 };
  }
  for (const level of FAST_LEVELS) {
    const searched = candidates.map(({ filter, filtered }) => ({
      filter,
      size: deflate(filtered, { level, matching: 'search' }).length,
    }));
    const { filter, size } = searched.reduce((least, trial) => (trial.size < least.size ? trial : least));
    if (size <= limit) {
      return { filters: [filter], matching: 'search', level };
    }
  }
  return undefined;
}

function filterSample(sample: readonly FilterInput[], filter: RowFilter): Buffer {
  return Buffer.concat(sample.map((input) => filterRows(input, filter).data.slice()));
}

function sizeOf(sample: readonly FilterInput[]): number {
  return sample.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** Bands of rows, each with the row above it first. */
function takeSample(image: PngPixels): FilterInput[] {
  const { height } = image;
  const { rowBytes, pixelBytes } = layoutOf(image);
  const bandRows = Math.max(Math.ceil(BAND_BYTES / rowBytes), BAND_ROWS);
  const sampleBytes = Math.min(rowBytes * height * SAMPLE_SHARE, SAMPLE_BYTES);
  const bands = Math.min(Math.max(Math.floor(sampleBytes / (bandRows * rowBytes)), MIN_BANDS), MAX_BANDS);
  if (bands * (bandRows + 1) >= height) {
    return [{ rows: copyRows(image, 0, height), rowBytes, pixelBytes }];
  }
  return Array.from({ length: bands }, (_, band) => {
    const from = Math.floor(((height - bandRows - 1) * band) / (bands - 1));
    return { rows: copyRows(image, from, from + bandRows + 1), rowBytes, pixelBytes };
  });
}
