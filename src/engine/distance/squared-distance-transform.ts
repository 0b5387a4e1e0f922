import type { Mask } from '../../raster/index.js';
import { type Envelope, visitEnvelopes } from './lower-envelope.js';

/**
 * Calls `visit` for each row, from the last to the first, with the exact squared distance of each of its
 * pixels to the nearest selected one (128 and more); infinite where that is farther than `limitPx`. The
 * row's array is used again for the next.
 */
export function squaredDistanceTransform(
  { width, height, data }: Mask,
  limitPx: number,
  visit: (y: number, squares: Float64Array) => void,
): void {
  const squares = new Float64Array(width);
  visitEnvelopes(data, width, height, limitPx, (y, envelope, count) => {
    fillRow(squares, envelope, count);
    visit(y, squares);
  });
}

function fillRow(squares: Float64Array, { offsets, columns, starts }: Envelope, count: number): void {
  if (count === 0) {
    squares.fill(Infinity);
    return;
  }
  let end = squares.length;
  for (let k = count - 1; k >= 0; k--) {
    const start = starts[k]!;
    const column = columns[k]!;
    const offset = offsets[column]!;
    const height = offset * offset;
    for (let x = start; x < end; x++) {
      squares[x] = (x - column) * (x - column) + height;
    }
    end = start;
  }
}
