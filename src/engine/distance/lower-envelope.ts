import { distanceFromAbove } from './column-distance.js';

/**
 * Where the nearest selected pixels of one row lie. Of each column only its nearest selected pixel matters;
 * the parabolas of the distances to those have a lower envelope, which is made of `count` stretches.
 */
export interface Envelope {
  /** Rows from the row to the nearest selected pixel of each column, negative above it; only of `columns`. */
  readonly offsets: Int32Array;
  /** The column whose pixel is nearest, for each stretch. */
  readonly columns: Int32Array;
  /** Where each stretch begins; it ends where the next begins. */
  readonly starts: Int32Array;
}

/**
 * Calls `visit` for each row, from the last to the first, with its envelope; the arrays are used again for
 * the next row. Selected are values from 128. Column distances above `limitPx` count as infinite.
 *
 * In linear time, after Meijster, Roerdink and Hesselink, "A general algorithm for computing distance
 * transforms in linear time" (2000).
 */
export function visitEnvelopes(
  data: Uint8Array,
  width: number,
  height: number,
  limitPx: number,
  visit: (y: number, envelope: Envelope, count: number) => void,
): void {
  const cap = Math.min(Math.floor(limitPx) + 1, height, 65535);
  const above = distanceFromAbove(data, width, cap);
  const below = new Uint16Array(width).fill(cap);
  const envelope = {
    offsets: new Int32Array(width),
    columns: new Int32Array(width),
    starts: new Int32Array(width),
  };
  for (let y = height - 1; y >= 0; y--) {
    visit(y, envelope, findStretches(data, above, y * width, below, cap, envelope));
  }
}

function findStretches(
  data: Uint8Array,
  above: Uint16Array,
  row: number,
  below: Uint16Array,
  cap: number,
  { offsets, columns, starts }: Envelope,
): number {
  const width = below.length;
  let top = -1;
  for (let x = 0; x < width; x++) {
    const next = below[x]! + 1;
    const down = data[row + x]! >= 128 ? 0 : next < cap ? next : cap;
    below[x] = down;
    const up = above[row + x]!;
    const drop = up <= down ? up : down;
    if (drop === cap) {
      continue;
    }
    offsets[x] = up <= down ? -up : down;
    let start = 0;
    while (top >= 0) {
      // The first place where this column's parabola lies below that of the last stretch.
      const column = columns[top]!;
      const gap = x - column;
      const last = offsets[column]!;
      const rise = gap * (x + column) + drop * drop - last * last;
      start = Math.floor(gap === 1 ? rise * 0.5 : rise / (2 * gap)) + 1;
      if (start > starts[top]!) {
        break;
      }
      top--;
      start = 0;
    }
    if (start < width) {
      top++;
      columns[top] = x;
      starts[top] = start;
    }
  }
  return top + 1;
}
