import { BLOCK, BLOCK_REACH, BLOCK_SIZE, type BlockMatrix } from './block-matrix.js';
import type { Interpolation } from './interpolation.js';

/**
 * Adds the entries of a plane of the band's matrix, from cells `begin` up to `end`, to the blocks of the aggregates that
 * they join.
 *
 * @param ahead how many cells behind each cell the one lies that its entry joins it to
 */
export function addEntries(
  { columns, rows, diagonal, neighbors, blocks }: BlockMatrix,
  { aggregates, values }: Interpolation,
  entries: Float32Array,
  plane: number,
  begin: number,
  end: number,
  ahead: number,
): void {
  const first = plane * aggregates.length;
  for (let cell = begin; cell < end; cell++) {
    const entry = entries[first + cell]!;
    if (entry === 0) continue;
    const other = cell + ahead;
    const [own, second] = [aggregates[cell]!, aggregates[other]!];
    if (second === own) {
      addOuterProduct(diagonal, own * BLOCK_SIZE, entry, values, cell * BLOCK, other * BLOCK);
    } else if (second > own) {
      const slot = own * BLOCK_REACH + (rows[own] === rows[second] ? 0 : columns[second]! - columns[own]! + 2);
      neighbors[slot] = second;
      addOuterProduct(blocks, slot * BLOCK_SIZE, entry, values, cell * BLOCK, other * BLOCK);
    } else {
      const slot = second * BLOCK_REACH + (rows[own] === rows[second] ? 0 : columns[own]! - columns[second]! + 2);
      neighbors[slot] = own;
      addOuterProduct(blocks, slot * BLOCK_SIZE, entry, values, other * BLOCK, cell * BLOCK);
    }
  }
}

/** `out += entry * p_from p_to^T`. */
function addOuterProduct(
  out: Float32Array,
  at: number,
  entry: number,
  p: Float32Array,
  from: number,
  to: number,
): void {
  const w = p[to]!;
  const x = p[to + 1]!;
  const y = p[to + 2]!;
  const z = p[to + 3]!;
  const a = entry * p[from]!;
  out[at]! += a * w;
  out[at + 1]! += a * x;
  out[at + 2]! += a * y;
  out[at + 3]! += a * z;
  const b = entry * p[from + 1]!;
  out[at + 4]! += b * w;
  out[at + 5]! += b * x;
  out[at + 6]! += b * y;
  out[at + 7]! += b * z;
  const c = entry * p[from + 2]!;
  out[at + 8]! += c * w;
  out[at + 9]! += c * x;
  out[at + 10]! += c * y;
  out[at + 11]! += c * z;
  const d = entry * p[from + 3]!;
  out[at + 12]! += d * w;
  out[at + 13]! += d * x;
  out[at + 14]! += d * y;
  out[at + 15]! += d * z;
}
