import type { Mask } from '../../../raster/index.js';
import { asWords } from '../../packed-bytes.js';
import { isUnknown } from '../make-trimap.js';

/**
 * The unknown pixels of a trimap as cells in reading order. Each row's unknown pixels lie in runs that reach two cells
 * further on either side, beyond the image as well, so that all unknown pixels within two columns of a cell are
 * consecutive cells. Cells that are not unknown take no part in the equations. The first and the last cells are no
 * pixels: cells behind and before another always exist.
 */
export interface BandCells {
  /** A multiple of 4. */
  readonly count: number;
  /** Where each cell lies in the image. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** 1 where a cell is an unknown pixel. */
  readonly unknown: Uint8Array;
  /** The runs of each row: those from `firstRuns[row]` up to `firstRuns[row + 1]`. */
  readonly firstRuns: Int32Array;
  /** `RUN` values each: the first cell, its column, and the column behind the last. */
  readonly runs: Int32Array;
  /**
   * All cells in order, divided where cells in the rows around cease to be consecutive. `SEGMENT` values each: the first
   * cell, the one behind the last, and the cells one row above the first, two rows above, one below and two below; 0
   * where none is.
   */
  readonly segments: Int32Array;
  /** The segments of groups of rows, each of two rows or more: equations reach the next group, but none farther. */
  readonly chunks: readonly Range[];
}

/** Segments from the first up to the one behind the last. */
export type Range = readonly [begin: number, end: number];

/** Values of a run and of a segment. */
export const RUN = 3;
export const SEGMENT = 6;

/** How far a window of 3 x 3 pixels joins pixels. */
const REACH = 2;
/** Cells before the first run and behind the last: passes take four at a time. */
const MARGIN = 4;
/** Cells of a chunk, at least: few enough that their equations stay in a processor's cache. */
const CHUNK_CELLS = 1500;
/** Rows that the equations of a pixel reach, in the order of a segment's values. */
const ROWS_AROUND = [-1, -2, 1, 2] as const;

export function bandCells(trimap: Mask): BandCells {
  const { width, height } = trimap;
  const words = asWords(trimap.data);
  const runs: number[] = [];
  const firstRuns = new Int32Array(height + 1);
  let count = MARGIN;
  for (let y = 0; y < height; y++) {
    count = addRuns(trimap, words, y, runs, count);
    firstRuns[y + 1] = runs.length / RUN;
  }
  const cellCount = Math.ceil((count + MARGIN) / 4) * 4;
  const cells = {
    count: cellCount,
    columns: new Int32Array(cellCount),
    rows: new Int32Array(cellCount),
    unknown: new Uint8Array(cellCount),
    firstRuns,
    runs: Int32Array.from(runs),
  };
  for (let y = 0; y < height; y++) {
    for (let run = firstRuns[y]! * RUN; run < firstRuns[y + 1]! * RUN; run += RUN) {
      for (let cell = runs[run]!, x = runs[run + 1]!; x < runs[run + 2]!; x++, cell++) {
        cells.columns[cell] = x;
        cells.rows[cell] = y;
        if (x >= 0 && x < width && isUnknown(trimap.data[y * width + x]!)) cells.unknown[cell] = 1;
      }
    }
  }
  return { ...cells, ...segmentsOf(cells, height) };
}

/** Appends the runs of a row; returns the next cell. */
function addRuns({ width, data }: Mask, words: Int32Array, y: number, runs: number[], firstCell: number): number {
  let cell = firstCell;
  let end = -Infinity;
  for (let i = y * width, x = 0; x < width; x++, i++) {
    // Four pixels of background or foreground at once.
    if (i % 4 === 0 && x + 4 <= width && (words[i >> 2] === 0 || words[i >> 2] === -1)) {
      x += 3;
      i += 3;
      continue;
    }
    if (!isUnknown(data[i]!)) continue;
    if (x - REACH > end) {
      end = x - REACH;
      runs.push(cell, end, end);
    }
    cell += x + REACH + 1 - end;
    end = x + REACH + 1;
    runs[runs.length - 1] = end;
  }
  return cell;
}

function segmentsOf(
  { runs, firstRuns }: Omit<BandCells, 'segments' | 'chunks'>,
  height: number,
): Pick<BandCells, 'segments' | 'chunks'> {
  const segments: number[] = [];
  const chunks: Range[] = [];
  let [chunkRow, chunkSegment, chunkCell] = [0, 0, 0];
  const next = [0, 0, 0, 0];
  const found = [0, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    const cell = runs[firstRuns[y]! * RUN] ?? Infinity;
    if (y - chunkRow >= REACH && cell - chunkCell >= CHUNK_CELLS) {
      chunks.push([chunkSegment, segments.length / SEGMENT]);
      [chunkRow, chunkSegment, chunkCell] = [y, segments.length / SEGMENT, cell];
    }
    ROWS_AROUND.forEach((dy, k) => {
      next[k] = firstRuns[Math.min(Math.max(y + dy, 0), height)]! * RUN;
    });
    for (let run = firstRuns[y]! * RUN; run < firstRuns[y + 1]! * RUN; run += RUN) {
      const toCell = runs[run]! - runs[run + 1]!;
      for (let x = runs[run + 1]!; x < runs[run + 2]!;) {
        let end = runs[run + 2]!;
        for (let k = 0; k < ROWS_AROUND.length; k++) {
          const row = y + ROWS_AROUND[k]!;
          found[k] = 0;
          if (row < 0 || row >= height) continue;
          const last = firstRuns[row + 1]! * RUN;
          while (next[k]! < last && runs[next[k]! + 2]! <= x) next[k]! += RUN;
          if (next[k]! >= last) continue;
          const begin = runs[next[k]! + 1]!;
          if (begin > x) {
            end = Math.min(end, begin);
          } else {
            end = Math.min(end, runs[next[k]! + 2]!);
            found[k] = runs[next[k]!]! + x - begin;
          }
        }
        segments.push(x + toCell, end + toCell, ...found);
        x = end;
      }
    }
  }
  chunks.push([chunkSegment, segments.length / SEGMENT]);
  return { segments: Int32Array.from(segments), chunks };
}
