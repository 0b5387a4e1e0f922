import { deflateRuns } from './deflate-runs.js';
import { deflate, type Matching } from './encode-strip.js';
import { type FilterInput, filterRows, type RowFilter } from './filter-rows.js';
import { copyRows, layoutOf, type PngPixels, type PngRows } from './png-pixels.js';

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
 * smaller on much that is drawn or was a JPEG; for the rest adaptive, or Paeth where it does as well in a third of the time.
 */
const FILTERS = [0, 1, 2, 4, 'adaptive'] as const satisfies readonly RowFilter[];
/** Filters for a fast file: a choice for each row takes several times as long as any of them. */
const FAST_FILTERS = [0, 1, 2, 4] as const satisfies readonly RowFilter[];
/** A sample of a fast file may be larger than that of a normal one by so much. */
const FAST_MARGIN = 1.22;
/**
 * A normal file may be larger by so much if it takes less time: runs alone take a twentieth of a search on a photograph that was a JPEG;
 * but not larger than what other programs write: filters chosen for each row, and a search.
 */
const NORMAL_MARGIN = 1.2;
const USUAL_MARGIN = 1.015;
/** Filters whose samples differ by no more than this are as good as each other: the faster one is taken. */
const SAME = 1.01;
/** In grain runs are smaller than this share of what level 1 makes of it. */
const GRAIN = 0.95;
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
/** Finds the same filter as the level of normal files, nearly always, in half the time. */
const TRIAL_LEVEL = 5;
/** For normal files: the first of these that is small enough. */
const NORMAL_LEVELS = [4, 5] as const;
/** For fast files: the first of these that is small enough. */
const FAST_LEVELS = [1, 4] as const;
const BAND_BYTES = 4096;
const BAND_ROWS = 2;
const MIN_BANDS = 8;
const MAX_BANDS = 16;
const SAMPLE_BYTES = 131_072;
const SAMPLE_SHARE = 1 / 32;
/** So many times as many bands are taken of an image that is flat nearly everywhere and small. */
const FLAT_SAMPLE = 4;
/** The same for `small` files, which may take long. */
const SMALL_SAMPLE = 4;
const SMALL_BYTES = 4_194_304;

/** Chooses by what deflates best in bands of rows from the whole height of the image. */
export function chooseCompression(image: PngPixels | PngRows, effort: Effort): Compression {
  const isSmall = layoutOf(image).rowBytes * image.height <= SMALL_BYTES;
  let sample = takeSample(image, effort === 'small' ? SMALL_SAMPLE : 1);
  const grain = effort === 'small' ? undefined : chooseForGrain(sample, effort);
  if (grain !== undefined) {
    return grain;
  }
  let trials = trySample(sample);
  // What is flat nearly everywhere is foretold by few bands badly, and deflated soon.
  const isFlat = Math.min(...trials.map(({ search }) => search)) < sizeOf(sample) * VERY_COMPRESSIBLE;
  if (isFlat && isSmall) {
    sample = takeSample(image, FLAT_SAMPLE);
    trials = trySample(sample);
  }
  const byRunLength = smallest(trials, ({ runLength }) => runLength);
  const bySearch = smallest(trials, ({ search }) => search);
  const least = Math.min(byRunLength.runLength, bySearch.search);
  const share = least / sizeOf(sample);
  if (effort === 'small') {
    const near = least * (share < COMPRESSIBLE ? NEAR.compressible : NEAR.other);
    const filters = trials.filter(({ runLength, search }) => Math.min(runLength, search) <= near);
    return {
      filters: filters.map(({ filter }) => filter),
      matching: 'smallest',
      level: LEVELS.small,
    };
  }
  const hasty = effort === 'fast' && share > VERY_COMPRESSIBLE ? chooseFast(sample, least * FAST_MARGIN) : undefined;
  // Where little is left, a sample says little of the levels.
  const foretold = share >= (isSmall ? COMPRESSIBLE : VERY_COMPRESSIBLE);
  return hasty ?? chooseNormal(trials, byRunLength, bySearch, foretold ? NORMAL_LEVELS : []);
}

/**
 * Runs alone, where a search in a hurry finds less than they do in an image that nothing compresses much: grain, which never
 * repeats. All other trials are spared.
 */
function chooseForGrain(sample: readonly FilterInput[], effort: 'fast' | 'normal'): Compression | undefined {
  const trials = (effort === 'fast' ? FAST_FILTERS : FILTERS).map((filter) => {
    const filtered = filterSample(sample, filter);
    return { filter, filtered, runs: deflateRuns(filtered, true).length };
  });
  const least = Math.min(...trials.map(({ runs }) => runs));
  const isGrain =
    least >= COMPRESSIBLE * sizeOf(sample) &&
    trials.every(({ filtered }) => least <= GRAIN * deflate(filtered, { level: 1, matching: 'search' }).length);
  if (!isGrain) {
    return undefined;
  }
  const usual = trials.find(({ filter }) => filter === 'adaptive');
  if (
    usual !== undefined &&
    least > USUAL_MARGIN * deflate(usual.filtered, { level: LEVELS.normal, matching: 'search' }).length
  ) {
    return undefined;
  }
  const { filter } = trials.find(({ runs }) => runs <= least * SAME)!;
  return { filters: [filter], matching: 'runs', level: 0 };
}

/** The fastest compression that is small enough. */
function chooseNormal(
  trials: readonly Trial[],
  byRunLength: Trial,
  bySearch: Trial,
  levels: readonly number[],
): Compression {
  const usual = searchSample(
    trials.find(({ filter }) => filter === 'adaptive')!,
    LEVELS.normal,
  );
  const best = Math.min(searchSample(bySearch, LEVELS.normal), bySearch.search);
  const limit = Math.min(usual * USUAL_MARGIN, best * NORMAL_MARGIN);
  const byRuns = smallest(trials, ({ runs }) => runs);
  if (byRuns.runs <= limit) {
    const { filter } = trials.find(({ runs }) => runs <= byRuns.runs * SAME)!;
    return { filters: [filter], matching: 'runs', level: 0 };
  }
  const excess = byRunLength.runLength / best;
  if (excess < 1 / CERTAIN || byRunLength.runLength <= limit) {
    return { filters: [byRunLength.filter], matching: 'run-length', level: LEVELS.normal };
  }
  const level = levels.find((candidate) => searchSample(bySearch, candidate) <= limit) ?? LEVELS.normal;
  const filters = [excess < 1 ? byRunLength.filter : bySearch.filter];
  return { filters, matching: excess > CERTAIN ? 'search' : 'smaller', level };
}

function trySample(sample: readonly FilterInput[]): Trial[] {
  return FILTERS.map((filter) => tryFilter(filterSample(sample, filter), filter));
}

/** A filtered sample, and what is left of it. */
interface Trial {
  readonly filter: RowFilter;
  readonly filtered: Uint8Array;
  readonly runs: number;
  readonly runLength: number;
  /** At `TRIAL_LEVEL`. */
  readonly search: number;
}

function tryFilter(filtered: Uint8Array, filter: RowFilter): Trial {
  return {
    filter,
    filtered,
    runs: deflateRuns(filtered, true).length,
    runLength: deflate(filtered, { level: LEVELS.normal, matching: 'run-length' }).length,
    search: deflate(filtered, { level: TRIAL_LEVEL, matching: 'search' }).length,
  };
}

function searchSample({ filtered, search }: Trial, level: number): number {
  return level === TRIAL_LEVEL ? search : deflate(filtered, { level, matching: 'search' }).length;
}

/** The first of those with the smallest size. */
function smallest(trials: readonly Trial[], size: (trial: Trial) => number): Trial {
  return trials.reduce((best, trial) => (size(trial) < size(best) ? trial : best));
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
function takeSample(image: PngPixels | PngRows, times = 1): FilterInput[] {
  const { height } = image;
  const { rowBytes, pixelBytes } = layoutOf(image);
  const bandRows = Math.max(Math.ceil(BAND_BYTES / rowBytes), BAND_ROWS);
  const sampleBytes = Math.min(rowBytes * height * SAMPLE_SHARE, SAMPLE_BYTES) * times;
  const bands = Math.min(Math.max(Math.floor(sampleBytes / (bandRows * rowBytes)), MIN_BANDS), MAX_BANDS * times);
  if (bands * (bandRows + 1) >= height) {
    return [{ rows: copyRows(image, 0, height), rowBytes, pixelBytes }];
  }
  return Array.from({ length: bands }, (_, band) => {
    const from = Math.floor(((height - bandRows - 1) * band) / (bands - 1));
    return { rows: copyRows(image, from, from + bandRows + 1), rowBytes, pixelBytes };
  });
}
