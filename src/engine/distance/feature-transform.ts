import { type Envelope, visitEnvelopes } from './lower-envelope.js';

/**
 * For each pixel the index of the nearest one that `isSource` (not 0) marks, by exact Euclidean distance, in
 * time linear in the pixels; -1 everywhere where there is none. Of several at one distance in a column, the
 * upper one counts.
 */
export function featureTransform(isSource: Uint8Array, width: number, height: number): Int32Array {
  const sources = new Uint8Array(isSource.length);
  for (let i = 0; i < sources.length; i++) {
    sources[i] = isSource[i] === 0 ? 0 : 255;
  }
  const nearest = new Int32Array(isSource.length);
  visitEnvelopes(sources, width, height, Infinity, (y, envelope, count) =>
    fillRow(nearest, y * width, y, envelope, count),
  );
  return nearest;
}

/**
 * As `featureTransform`, row by row, from the last to the first: `nearest` has the indexes for the pixels of row `y`, and is used again
 * for the next one. Two bytes a pixel. Sources are values from 128.
 */
export function visitNearestRows(
  sources: Uint8Array,
  width: number,
  height: number,
  visit: (y: number, nearest: Int32Array) => void,
): void {
  const nearest = new Int32Array(width);
  visitEnvelopes(sources, width, height, Infinity, (y, envelope, count) => {
    fillRow(nearest, 0, y, envelope, count);
    visit(y, nearest);
  });
}

/** The nearest sources of row `y`, from `row` on in `nearest`. */
function fillRow(
  nearest: Int32Array,
  row: number,
  y: number,
  { offsets, columns, starts }: Envelope,
  count: number,
): void {
  const width = offsets.length;
  if (count === 0) {
    nearest.fill(-1, row, row + width);
    return;
  }
  let end = width;
  for (let k = count - 1; k >= 0; k--) {
    const start = starts[k]!;
    const column = columns[k]!;
    const source = (y + offsets[column]!) * width + column;
    for (let x = start; x < end; x++) {
      nearest[row + x] = source;
    }
    end = start;
  }
}
