import { deflate, type Effort, type Matching } from './encode-strip.js';
import { filterRows, type RowFilter } from './filter-rows.js';
import { copyRows, layoutOf, type PngPixels } from './png-pixels.js';

/** How the rows of an image are filtered and deflated. */
export interface Compression {
  readonly filter: RowFilter;
  readonly matching: Matching;
}

/**
 * None for flat masks and drawings; sub or up keep repetitions whole that a choice for each row breaks, and are a tenth to a fifth
 * smaller on much that is drawn or was a JPEG; adaptive for the rest.
 */
const FILTERS = [0, 1, 2, 'adaptive'] as const satisfies readonly RowFilter[];
/** A fast file may be larger by so much if only run lengths are looked for. */
const FAST_MARGIN = 1.25;
/** Where the sample differs by no more than this, each strip decides for itself. */
const CERTAIN = 1.05;
const LEVEL = 6;
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
    const filtered = Buffer.concat(sample.map((input) => filterRows(input, filter).data.slice()));
    const runLength = deflate(filtered, { level: LEVEL, matching: 'run-length' }).length;
    const search = deflate(filtered, { level: LEVEL, matching: 'search' }).length;
    return { filter, runLength, search };
  });
  const byRunLength = trials.reduce((best, trial) => (trial.runLength < best.runLength ? trial : best));
  const bySearch = trials.reduce((best, trial) => (trial.search < best.search ? trial : best));
  const excess = byRunLength.runLength / bySearch.search;
  if (effort === 'fast') {
    return excess < FAST_MARGIN
      ? { filter: byRunLength.filter, matching: 'run-length' }
      : { filter: bySearch.filter, matching: 'search' };
  }
  if (effort === 'normal' && excess < 1 / CERTAIN) {
    return { filter: byRunLength.filter, matching: 'run-length' };
  }
  const matching = effort === 'normal' && excess > CERTAIN ? 'search' : 'smaller';
  return { filter: excess < 1 ? byRunLength.filter : bySearch.filter, matching };
}

/** Bands of rows, each with the row above it first. */
function takeSample(image: PngPixels): { rows: Uint8Array; rowBytes: number; pixelBytes: number }[] {
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
