import { endianness } from 'node:os';
import { constants, deflateRawSync } from 'node:zlib';
import { deflateRuns } from './deflate-runs.js';
import { filterRows, type RowFilter } from './filter-rows.js';
import { pngChunk } from './png-chunks.js';

/** Rows of an image that are compressed on their own, as a part of one zlib stream. */
export interface StripTask {
  /** Packed rows in the byte order of this machine. */
  readonly rows: Uint8Array;
  readonly rowBytes: number;
  readonly pixelBytes: number;
  /** Samples of two bytes. */
  readonly wide: boolean;
  /** Rows that stand before the first of the strip: one above it, and those that prime the window. None at the top. */
  readonly rowsBefore: number;
  /** Where there are more than one, the smallest result is taken. */
  readonly filters: readonly RowFilter[];
  readonly matching: Matching;
  /** zlib's level of the search for matches. */
  readonly level: number;
  readonly last: boolean;
}

/**
 * How deflate finds repetitions: by `search` in the window, or only `run-length`s, which takes a third to a fifth of the time and
 * loses nothing on the grain of a photograph, which never repeats. `smaller` takes what a sample says is smaller, `smallest` does both.
 * `runs` is `run-length` by `deflateRuns`: a little larger, in a fifth of the time.
 */
export type Matching = 'search' | 'run-length' | 'smaller' | 'smallest' | 'runs';

/** A compressed strip. */
export interface EncodedStrip {
  /** An IDAT chunk. */
  readonly chunk: Uint8Array;
  /** Adler-32 of the strip's filtered rows, and how many bytes they are. */
  readonly adler: number;
  readonly length: number;
}

/** zlib's window: so many bytes before a strip can be matched with. */
export const WINDOW_BYTES = 32_768;

/** CMF and FLG of RFC 1950: deflate with a window of 32 KiB, no dictionary, the default level. */
const ZLIB_HEADER = Uint8Array.of(0x78, 0x9c);
/** zlib looks so many bytes ahead: its window holds as much less. */
const MIN_LOOKAHEAD = 262;
const TRIAL_LEVEL = 6;
const NEAR_BEST = 1.03;
const SAMPLES = 2;
const SAMPLE_BYTES = 24_576;
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** Filters and deflates a strip: the work of one thread. */
export function encodeStrip(task: StripTask): EncodedStrip {
  const rows = toFilterInput(task);
  let best: ReturnType<typeof filterAndDeflate> | undefined;
  for (const filter of promisingFilters(rows, task)) {
    const candidate = filterAndDeflate(rows, filter, task);
    if (best === undefined || candidate.deflated.length < best.deflated.length) {
      best = candidate;
    }
  }
  const { deflated, adler, length } = best!;
  const parts = task.rowsBefore === 0 ? [ZLIB_HEADER, deflated] : [deflated];
  return { chunk: pngChunk('IDAT', parts), adler, length };
}

/** Filters that are near the best at a level which takes a tenth of the time. */
function promisingFilters(rows: Uint8Array, task: StripTask): readonly RowFilter[] {
  if (task.filters.length === 1) {
    return task.filters;
  }
  const trial = { ...task, level: TRIAL_LEVEL };
  const lengths = task.filters.map((filter) => filterAndDeflate(rows, filter, trial).deflated.length);
  const near = Math.min(...lengths) * NEAR_BEST;
  return task.filters.filter((_, i) => lengths[i]! <= near);
}

function filterAndDeflate(
  rows: Uint8Array,
  filter: RowFilter,
  task: StripTask,
): { deflated: Uint8Array; adler: number; length: number } {
  const { rowBytes, pixelBytes, rowsBefore } = task;
  const { data, adler } = filterRows({ rows, rowBytes, pixelBytes }, filter);
  const primed = Math.max(rowsBefore - 1, 0) * (rowBytes + 1);
  const strip = data.subarray(primed);
  const dictionary = data.subarray(Math.max(primed - WINDOW_BYTES, 0), primed);
  return { deflated: deflateStrip(strip, dictionary, task), adler: adler(strip.length), length: strip.length };
}

/** The row above first, of zeros at the top of the image; samples of two bytes big-endian. */
function toFilterInput({ rows, rowBytes, rowsBefore, wide }: StripTask): Uint8Array {
  if (wide && IS_LITTLE_ENDIAN) {
    Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength).swap16();
  }
  if (rowsBefore > 0) {
    return rows;
  }
  const withZeros = new Uint8Array(rowBytes + rows.length);
  withZeros.set(rows, rowBytes);
  return withZeros;
}

function deflateStrip(strip: Uint8Array, dictionary: Uint8Array, { matching, level, last }: StripTask): Uint8Array {
  if (matching === 'runs') {
    return deflateRuns(strip, last);
  }
  const options = { level, dictionary, last };
  if (matching === 'smallest') {
    const searched = deflate(strip, { ...options, matching: 'search' });
    const runLength = deflate(strip, { ...options, matching: 'run-length' });
    return runLength.length < searched.length ? runLength : searched;
  }
  if (matching === 'smaller') {
    return deflate(strip, { ...options, matching: isSmallerByRunLength(strip, level) ? 'run-length' : 'search' });
  }
  return deflate(strip, { ...options, matching });
}

/** Judged by samples from the first and the second half. */
function isSmallerByRunLength(strip: Uint8Array, level: number): boolean {
  let difference = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const middle = (strip.length * (2 * i + 1)) / (2 * SAMPLES);
    const from = Math.max(Math.floor(middle - SAMPLE_BYTES / 2), 0);
    const sample = strip.subarray(from, from + SAMPLE_BYTES);
    difference += deflate(sample, { level, matching: 'run-length' }).length;
    difference -= deflate(sample, { level, matching: 'search' }).length;
  }
  return difference < 0;
}

/** Raw deflate data. Unless it is the `last`, it ends on a whole byte, with no end of the stream. */
export function deflate(
  data: Uint8Array,
  options: {
    readonly level: number;
    readonly matching: 'search' | 'run-length';
    readonly dictionary?: Uint8Array;
    readonly last?: boolean;
  },
): Uint8Array {
  const { level, matching, dictionary, last = false } = options;
  // zlib allocates by these: a small image needs no window of 32 KiB. What it finds in one that holds all data is the same.
  const held = data.length + (dictionary?.length ?? 0) + MIN_LOOKAHEAD;
  const bits = Math.min(Math.max(Math.ceil(Math.log2(held)), 9), 15);
  return deflateRawSync(data, {
    level,
    windowBits: bits,
    memLevel: Math.min(bits - 6, 9),
    strategy: matching === 'run-length' ? constants.Z_RLE : constants.Z_DEFAULT_STRATEGY,
    finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    chunkSize: Math.max(16_384, data.length >> 1),
    ...(dictionary === undefined || dictionary.length === 0 ? {} : { dictionary }),
  });
}
