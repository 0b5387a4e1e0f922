import type { Mask } from '../../raster/index.js';
import { distanceFromAbove } from './column-distance.js';

/**
 * Calls `visit` for each row, from the last to the first, with the exact squared distance of each of its
 * pixels to the nearest selected one (128 and more); infinite where that is farther than `limitPx`. The
 * row's array is used again for the next.
 *
 * In linear time, after Meijster, Roerdink and Hesselink, "A general algorithm for computing distance
 * transforms in linear time" (2000): of each column only the nearest selected pixel matters to a row, and the
 * parabolas of those distances have a lower envelope.
 */
export function squaredDistanceTransform(
  { width, height, data }: Mask,
  limitPx: number,
  visit: (y: number, squares: Float64Array) => void,
): void {
  const cap = Math.min(Math.floor(limitPx) + 1, height, 65535);
  const above = distanceFromAbove(data, width, cap);
  const below = new Uint16Array(width).fill(cap);
  const squares = new Float64Array(width);
  const drops = new Float64Array(width);
  // Columns whose selected pixel is the nearest to some stretch of the row, and where each stretch begins.
  const columns = new Int32Array(width);
  const starts = new Int32Array(width);
  for (let y = height - 1; y >= 0; y--) {
    const row = y * width;
    let top = -1;
    for (let x = 0; x < width; x++) {
      const next = below[x]! + 1;
      const down = data[row + x]! >= 128 ? 0 : next < cap ? next : cap;
      below[x] = down;
      const up = above[row + x]!;
      const drop = up < down ? up : down;
      if (drop === cap) {
        continue;
      }
      const square = drop * drop;
      drops[x] = square;
      let start = 0;
      while (top >= 0) {
        const column = columns[top]!;
        start = Math.floor((x * x - column * column + square - drops[column]!) / (2 * (x - column))) + 1;
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
    fillRow(squares, top, columns, starts, drops);
    visit(y, squares);
  }
}

function fillRow(
  squares: Float64Array,
  top: number,
  columns: Int32Array,
  starts: Int32Array,
  drops: Float64Array,
): void {
  if (top < 0) {
    squares.fill(Infinity);
    return;
  }
  let end = squares.length;
  for (let k = top; k >= 0; k--) {
    const start = starts[k]!;
    const column = columns[k]!;
    const drop = drops[column]!;
    for (let x = start; x < end; x++) {
      squares[x] = (x - column) * (x - column) + drop;
    }
    end = start;
  }
}
