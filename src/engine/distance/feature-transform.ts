import { createMask } from '../../raster/index.js';
import { openEnvelopes } from './envelope-rows.js';
import type { Envelopes } from './lower-envelope.js';

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
  visitNearestRows(sources, width, height, (y, row) => nearest.set(row, y * width));
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
  const envelopes = openEnvelopes(createMask(width, height, sources), { cap: Math.min(height, 65_535) });
  for (let y = height - 1; y >= 0; y--) {
    fillRow(nearest, y, envelopes, envelopes.step(y));
    visit(y, nearest);
  }
}

/** The nearest sources of row `y`. */
function fillRow(nearest: Int32Array, y: number, { columns, starts, drops, isAbove }: Envelopes, count: number): void {
  const width = nearest.length;
  if (count === 0) {
    nearest.fill(-1);
    return;
  }
  let end = width;
  for (let k = count - 1; k >= 0; k--) {
    const start = starts[k]!;
    const column = columns[k]!;
    if (column < 0) {
      for (let x = start; x < end; x++) {
        nearest[x] = y * width + x;
      }
    } else if (start < end) {
      const drop = drops[column]!;
      const source = (isAbove(column) ? y - drop : y + drop) * width + column;
      for (let x = start; x < end; x++) {
        nearest[x] = source;
      }
    }
    end = start;
  }
}
