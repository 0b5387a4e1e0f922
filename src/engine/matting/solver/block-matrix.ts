import type { Range } from './band-cells.js';

/**
 * A symmetric sparse matrix of blocks of 4 x 4, one a grid point, in reading order. A point is joined to its eight
 * neighbors; those behind it are stored: right, lower left, below, lower right.
 */
export interface BlockMatrix {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** The block of each point with itself, row by row. */
  readonly diagonal: Float32Array;
  /** For each point four neighbors behind it; the number of points where there is none. */
  readonly neighbors: Int32Array;
  /** The blocks of those neighbors: rows are the point's unknowns, columns the neighbor's. */
  readonly blocks: Float32Array;
  /** The points of groups of rows: blocks join a group to itself and the next one only. */
  readonly chunks: readonly Range[];
}

/** Unknowns of a point. */
export const BLOCK = 4;
/** Values of a block. */
export const BLOCK_SIZE = BLOCK * BLOCK;
/** Neighbors behind a point. */
export const BLOCK_REACH = 4;

/** Pivots below this share of the greatest diagonal value count as 0. */
const PIVOT = 1e-6;

/**
 * Writes the inverse of each block of the diagonal, by Gauss-Jordan elimination. Unknowns that have no equation, or
 * whose equation follows from the others', stay 0.
 */
export function invertDiagonal({ diagonal }: BlockMatrix, out: Float32Array): void {
  const block = new Float64Array(BLOCK_SIZE);
  for (let at = 0; at < diagonal.length; at += BLOCK_SIZE) {
    let limit = 0;
    for (let k = 0; k < BLOCK_SIZE; k++) {
      block[k] = diagonal[at + k]!;
      if (k % (BLOCK + 1) === 0) limit = Math.max(limit, block[k]! * PIVOT);
    }
    for (let p = 0; p < BLOCK; p++) {
      const pivot = block[p * BLOCK + p]!;
      if (pivot <= limit) {
        for (let k = 0; k < BLOCK; k++) block[p * BLOCK + k] = block[k * BLOCK + p] = 0;
        continue;
      }
      block[p * BLOCK + p] = 1;
      for (let k = 0; k < BLOCK; k++) block[p * BLOCK + k]! /= pivot;
      for (let row = 0; row < BLOCK; row++) {
        if (row === p) continue;
        const factor = block[row * BLOCK + p]!;
        block[row * BLOCK + p] = 0;
        for (let k = 0; k < BLOCK; k++) block[row * BLOCK + k]! -= factor * block[p * BLOCK + k]!;
      }
    }
    out.set(block, at);
  }
}

/** `out -= L vector`, with `L` the blocks below the diagonal. */
export function subtractLowerBlocks(
  { neighbors, blocks }: BlockMatrix,
  vector: Float32Array,
  out: Float32Array,
  [begin, end]: Range,
): void {
  for (let i = begin; i < end; i++) {
    subtractColumn(neighbors, blocks, i, vector, out);
  }
}

/** What the blocks below the diagonal in the column of point `i` make of its values is taken from `out`. */
function subtractColumn(
  neighbors: Int32Array,
  blocks: Float32Array,
  i: number,
  vector: Float32Array,
  out: Float32Array,
): void {
  const a = vector[i * 4]!;
  const b = vector[i * 4 + 1]!;
  const c = vector[i * 4 + 2]!;
  const d = vector[i * 4 + 3]!;
  for (let n = i * 4, at = i * 64; n < i * 4 + 4; n++, at += 16) {
    const to = neighbors[n]! * 4;
    out[to]! -= blocks[at]! * a + blocks[at + 4]! * b + blocks[at + 8]! * c + blocks[at + 12]! * d;
    out[to + 1]! -= blocks[at + 1]! * a + blocks[at + 5]! * b + blocks[at + 9]! * c + blocks[at + 13]! * d;
    out[to + 2]! -= blocks[at + 2]! * a + blocks[at + 6]! * b + blocks[at + 10]! * c + blocks[at + 14]! * d;
    out[to + 3]! -= blocks[at + 3]! * a + blocks[at + 7]! * b + blocks[at + 11]! * c + blocks[at + 15]! * d;
  }
}

/** Block Gauss-Seidel forth, from zero: solves `(D + L) out = right`, which `out` holds. */
export function sweepBlocksForth(
  { neighbors, blocks }: BlockMatrix,
  inverses: Float32Array,
  out: Float32Array,
  [begin, end]: Range,
): void {
  for (let i = begin; i < end; i++) {
    multiplyBlock(inverses, i, out[i * 4]!, out[i * 4 + 1]!, out[i * 4 + 2]!, out[i * 4 + 3]!, out);
    subtractColumn(neighbors, blocks, i, out, out);
  }
}

/** `out_i = block_i * (a, b, c, d)`. */
function multiplyBlock(
  blocks: Float32Array,
  i: number,
  a: number,
  b: number,
  c: number,
  d: number,
  out: Float32Array,
): void {
  const at = i * 16;
  out[i * 4] = blocks[at]! * a + blocks[at + 1]! * b + blocks[at + 2]! * c + blocks[at + 3]! * d;
  out[i * 4 + 1] = blocks[at + 4]! * a + blocks[at + 5]! * b + blocks[at + 6]! * c + blocks[at + 7]! * d;
  out[i * 4 + 2] = blocks[at + 8]! * a + blocks[at + 9]! * b + blocks[at + 10]! * c + blocks[at + 11]! * d;
  out[i * 4 + 3] = blocks[at + 12]! * a + blocks[at + 13]! * b + blocks[at + 14]! * c + blocks[at + 15]! * d;
}

/** `out = right - U vector`, with `U` the blocks above the diagonal. */
export function subtractUpperBlocks(
  { neighbors, blocks }: BlockMatrix,
  right: Float32Array,
  vector: Float32Array,
  out: Float32Array,
  [begin, end]: Range,
): void {
  for (let i = begin; i < end; i++) {
    subtractRow(neighbors, blocks, i, right, vector, out);
  }
}

function subtractRow(
  neighbors: Int32Array,
  blocks: Float32Array,
  i: number,
  right: Float32Array,
  vector: Float32Array,
  out: Float32Array,
): void {
  let a = right[i * 4]!;
  let b = right[i * 4 + 1]!;
  let c = right[i * 4 + 2]!;
  let d = right[i * 4 + 3]!;
  for (let n = i * 4, at = i * 64; n < i * 4 + 4; n++, at += 16) {
    const from = neighbors[n]! * 4;
    const w = vector[from]!;
    const x = vector[from + 1]!;
    const y = vector[from + 2]!;
    const z = vector[from + 3]!;
    a -= blocks[at]! * w + blocks[at + 1]! * x + blocks[at + 2]! * y + blocks[at + 3]! * z;
    b -= blocks[at + 4]! * w + blocks[at + 5]! * x + blocks[at + 6]! * y + blocks[at + 7]! * z;
    c -= blocks[at + 8]! * w + blocks[at + 9]! * x + blocks[at + 10]! * y + blocks[at + 11]! * z;
    d -= blocks[at + 12]! * w + blocks[at + 13]! * x + blocks[at + 14]! * y + blocks[at + 15]! * z;
  }
  out[i * 4] = a;
  out[i * 4 + 1] = b;
  out[i * 4 + 2] = c;
  out[i * 4 + 3] = d;
}

/** Block Gauss-Seidel back: solves `(D + U) vector = right` into `vector`. */
export function sweepBlocksBack(
  { neighbors, blocks }: BlockMatrix,
  inverses: Float32Array,
  right: Float32Array,
  vector: Float32Array,
  [begin, end]: Range,
): void {
  for (let i = end - 1; i >= begin; i--) {
    subtractRow(neighbors, blocks, i, right, vector, vector);
    multiplyBlock(inverses, i, vector[i * 4]!, vector[i * 4 + 1]!, vector[i * 4 + 2]!, vector[i * 4 + 3]!, vector);
  }
}

/** `out = right - D vector`, with `D` the blocks of the diagonal. */
export function subtractDiagonalBlocks(
  { diagonal }: BlockMatrix,
  right: Float32Array,
  vector: Float32Array,
  out: Float32Array,
  [begin, end]: Range,
): void {
  for (let i = begin; i < end; i++) {
    const at = i * 4;
    multiplyBlock(diagonal, i, vector[at]!, vector[at + 1]!, vector[at + 2]!, vector[at + 3]!, out);
    for (let k = at; k < at + 4; k++) out[k] = right[k]! - out[k]!;
  }
}
