import type { Mask } from '../../raster/index.js';
import { distanceFromAbove } from './column-distance.js';

/**
 * Where the nearest selected pixels (values from 128) of each row lie. Of each column only its nearest selected pixel
 * matters; the parabolas of the distances to those have a lower envelope, which is made of stretches. In linear time, after
 * Meijster, Roerdink and Hesselink, "A general algorithm for computing distance transforms in linear time" (2000).
 */
export interface Envelopes {
  /** The column whose pixel is nearest, for each stretch of the row; -1 where all pixels of the stretch are selected. */
  readonly columns: Int32Array;
  /** Where each stretch begins; it ends where the next begins, which may be at once. */
  readonly starts: Int32Array;
  /** For each column the rows between the row and its nearest selected pixel. */
  readonly drops: Uint16Array;
  /** Goes on to row `y`, from the last row to the first; returns the number of its stretches. */
  readonly step: (y: number) => number;
  /** Whether the nearest selected pixel of a column lies above the row, or as near as one below. */
  readonly isAbove: (column: number) => boolean;
  /** Writes the distances of the row, of so many stretches, more than 0, at index `at`. */
  readonly fillDistances: (count: number, out: Float32Array, at: number) => void;
  /** Raises the row of `out` at index `at` to what the table has for the squared distance, where no pixel is selected. */
  readonly raiseNear: (count: number, out: Uint8Array, at: number) => void;
}

/** What `openEnvelopes` takes. */
export interface EnvelopeOptions {
  /** Distances along a column from here on count as infinite: at most 65535. */
  readonly cap: number;
  /** For `raiseNear`, by squared distance; nothing is raised beyond it. */
  readonly table?: Uint8Array | undefined;
}

/** As `openEnvelopes`, without WebAssembly. */
export function envelopesInJavaScript(
  { width, data }: Mask,
  { cap, table = new Uint8Array(0) }: EnvelopeOptions,
): Envelopes {
  const above = distanceFromAbove(data, width, cap);
  const below = new Uint16Array(width).fill(cap);
  const drops = new Uint16Array(width);
  const columns = new Int32Array(2 * width + 2);
  const starts = new Int32Array(2 * width + 2);
  let row = 0;
  const visit = (count: number, fill: (column: number, start: number, end: number) => void): void => {
    for (let k = 0; k < count; k++) {
      fill(columns[k]!, starts[k]!, k + 1 < count ? starts[k + 1]! : width);
    }
  };
  return {
    columns,
    starts,
    drops,
    step: (y) => {
      row = y * width;
      for (let x = 0; x < width; x++) {
        const up = above[row + x]!;
        const down = up === 0 ? 0 : Math.min(below[x]! + 1, cap);
        below[x] = down;
        drops[x] = Math.min(up, down);
      }
      return findStretches(drops, cap, columns, starts);
    },
    isAbove: (column) => above[row + column] === drops[column],
    fillDistances: (count, out, at) => {
      visit(count, (column, start, end) => {
        for (let x = start; x < end; x++) {
          out[at + x] = column < 0 ? 0 : Math.sqrt((x - column) ** 2 + drops[column]! ** 2);
        }
      });
    },
    raiseNear: (count, out, at) => {
      visit(count, (column, start, end) => {
        if (column < 0) {
          return;
        }
        for (let x = start; x < end; x++) {
          out[at + x] = Math.max(out[at + x]!, table[(x - column) ** 2 + drops[column]! ** 2] ?? 0);
        }
      });
    },
  };
}

function findStretches(drops: Uint16Array, cap: number, columns: Int32Array, starts: Int32Array): number {
  const width = drops.length;
  let top = -1;
  const push = (column: number, start: number): void => {
    top++;
    columns[top] = column;
    starts[top] = start;
  };
  for (let x = 0; x < width; x++) {
    const drop = drops[x]!;
    if (drop === cap) {
      continue;
    }
    let start = 0;
    while (top >= 0) {
      // The first place where this column's parabola lies below that of the last stretch.
      const column = columns[top]!;
      const gap = x - column;
      const rise = gap * (x + column) + drop ** 2 - drops[column]! ** 2;
      start = Math.floor(rise / (2 * gap)) + 1;
      if (start > starts[top]!) {
        break;
      }
      top--;
      start = 0;
    }
    if (start < width) {
      push(x, start);
    }
    if (drop === 0) {
      // A run of selected pixels is a stretch of its own; what lies behind it has its last pixel for a neighbor.
      push(-1, x);
      while (x + 1 < width && drops[x + 1] === 0) {
        x++;
      }
      if (x + 1 < width) {
        push(x, x + 1);
      }
    }
  }
  return top + 1;
}
