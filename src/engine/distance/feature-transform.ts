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
  visitEnvelopes(sources, width, height, Infinity, (y, envelope, count) => fillRow(nearest, y, width, envelope, count));
  return nearest;
}

function fillRow(
  nearest: Int32Array,
  y: number,
  width: number,
  { offsets, columns, starts }: Envelope,
  count: number,
): void {
  const row = y * width;
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
