import type { Bounds, Size } from './types.js';

/** One plane of numbers. */
export interface Plane extends Size {
  readonly data: Float32Array;
}

/**
 * A plane at the centers of the cells that divide a part of it: bilinear, its edges repeated.
 *
 * @param part in pixels of the plane, which may be fractions
 * @param size the number of cells
 * @param from the first row of cells that is wanted
 * @param to the row after the last
 * @param into memory for the result, which is at its beginning
 */
export function samplePlane(
  { width, height, data }: Plane,
  part: Bounds,
  size: Size,
  from = 0,
  to: number = size.height,
  into?: Float32Array,
): Float32Array {
  const count = size.width * (to - from);
  const out = into?.subarray(0, count) ?? new Float32Array(count);
  const columns = placeCells(part.x, part.width, size.width, width);
  const rows = placeCells(part.y, part.height, size.height, height);
  // The first cell behind each sample. Positions ascend, so the cells between two samples follow each other.
  const begins = new Int32Array(width + 1).fill(size.width);
  for (let x = size.width - 1; x >= 0; x--) begins[columns.firsts[x]!] = x;
  for (let sample = width - 1; sample >= 0; sample--) begins[sample] = Math.min(begins[sample]!, begins[sample + 1]!);
  // Rows of the plane, spread to the cells' columns: each serves all rows of cells between it and the next ones.
  let upper = { sample: -1, cells: new Float32Array(size.width) };
  let lower = { sample: -1, cells: new Float32Array(size.width) };
  const spread = (line: typeof upper, sample: number): void => {
    spreadRow(data, sample * width, begins, columns.fractions, line.cells);
    line.sample = sample;
  };
  for (let y = from; y < to; y++) {
    const top = rows.firsts[y]!;
    const bottom = Math.min(top + 1, height - 1);
    if (upper.sample !== top) {
      [upper, lower] = [lower, upper];
      if (upper.sample !== top) spread(upper, top);
    }
    if (lower.sample !== bottom) spread(lower, bottom);
    blendRows(upper.cells, lower.cells, rows.fractions[y]!, out, (y - from) * size.width);
  }
  return out;
}

function placeCells(begin: number, length: number, count: number, samples: number) {
  const firsts = new Int32Array(count);
  const fractions = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = Math.min(Math.max(begin + ((i + 0.5) * length) / count - 0.5, 0), samples - 1);
    firsts[i] = Math.floor(at);
    fractions[i] = at - firsts[i]!;
  }
  return { firsts, fractions };
}

function blendRows(upper: Float32Array, lower: Float32Array, share: number, out: Float32Array, at: number): void {
  for (let x = 0; x < upper.length; x++) {
    const value = upper[x]!;
    out[at + x] = value + (lower[x]! - value) * share;
  }
}

/** From each value of a row to the next: the cells in between. The last value repeats itself. */
function spreadRow(
  data: Float32Array,
  row: number,
  begins: Int32Array,
  fractions: Float32Array,
  out: Float32Array,
): void {
  const last = begins.length - 2;
  for (let sample = 0; sample <= last; sample++) {
    const end = begins[sample + 1]!;
    const value = data[row + sample]!;
    const step = data[row + Math.min(sample + 1, last)]! - value;
    for (let x = begins[sample]!; x < end; x++) out[x] = value + step * fractions[x]!;
  }
}
