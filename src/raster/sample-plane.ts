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
 */
export function samplePlane({ width, height, data }: Plane, part: Bounds, size: Size): Float32Array {
  const out = new Float32Array(size.width * size.height);
  const columns = placeCells(part.x, part.width, size.width, width);
  const rows = placeCells(part.y, part.height, size.height, height);
  // The first cell behind each sample. Positions ascend, so the cells between two samples follow each other.
  const begins = new Int32Array(width + 1).fill(size.width);
  for (let x = size.width - 1; x >= 0; x--) begins[columns.firsts[x]!] = x;
  for (let sample = width - 1; sample >= 0; sample--) begins[sample] = Math.min(begins[sample]!, begins[sample + 1]!);
  // One value more than there are columns, so that each has a next one.
  const row = new Float32Array(width + 1);
  for (let y = 0; y < size.height; y++) {
    const top = rows.firsts[y]!;
    blendRows(data, top * width, Math.min(top + 1, height - 1) * width, rows.fractions[y]!, row);
    spreadRow(row, begins, columns.fractions, out.subarray(y * size.width, (y + 1) * size.width));
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

function blendRows(data: Float32Array, upper: number, lower: number, share: number, row: Float32Array): void {
  const width = row.length - 1;
  for (let x = 0; x < width; x++) {
    const value = data[upper + x]!;
    row[x] = value + (data[lower + x]! - value) * share;
  }
  row[width] = row[width - 1]!;
}

/** From each value to the next: the cells in between. */
function spreadRow(row: Float32Array, begins: Int32Array, fractions: Float32Array, out: Float32Array): void {
  for (let sample = 0; sample + 1 < begins.length; sample++) {
    const end = begins[sample + 1]!;
    const value = row[sample]!;
    const step = row[sample + 1]! - value;
    for (let x = begins[sample]!; x < end; x++) out[x] = value + step * fractions[x]!;
  }
}
