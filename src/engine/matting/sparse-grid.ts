/**
 * A symmetric sparse matrix over unknowns that are points of a grid, in reading order. Only entries above the diagonal
 * are stored: each unknown has `reach` slots for the neighbors behind it.
 */
export interface SparseGrid {
  /** Column and row of each unknown. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  readonly diagonal: Float64Array;
  readonly reach: number;
  /** For each unknown `reach` neighbors behind it; the number of unknowns where a slot is empty. */
  readonly neighbors: Int32Array;
  readonly entries: Float32Array | Float64Array;
}

/** `out = matrix * vector`; the last value of `vector`, behind the unknowns, must be 0. */
export function multiply(matrix: SparseGrid, vector: Float64Array, out: Float64Array): void {
  const { diagonal, entries, neighbors, reach } = matrix;
  const count = diagonal.length;
  for (let i = 0; i < count; i++) {
    out[i] = diagonal[i]! * vector[i]!;
  }
  for (let i = 0, k = 0; i < count; i++) {
    const value = vector[i]!;
    let sum = 0;
    for (const end = k + reach; k < end; k++) {
      const j = neighbors[k]!;
      const entry = entries[k]!;
      sum += entry * vector[j]!;
      out[j]! += entry * value;
    }
    out[i]! += sum;
  }
}

/** `out_i -= sum of a_ij v_j over all j before i`: `out` loses what the lower triangle makes of `vector`. */
export function subtractLower(matrix: SparseGrid, vector: Float64Array, out: Float64Array): void {
  const { diagonal, entries, neighbors, reach } = matrix;
  for (let i = 0, k = 0; i < diagonal.length; i++) {
    const value = vector[i]!;
    for (const end = k + reach; k < end; k++) {
      out[neighbors[k]!]! -= entries[k]! * value;
    }
  }
}

/** `out = -U vector`, with `U` the upper triangle without the diagonal. */
export function negativeUpper(matrix: SparseGrid, vector: Float64Array, out: Float64Array): void {
  const { diagonal, entries, neighbors, reach } = matrix;
  for (let i = 0, k = 0; i < diagonal.length; i++) {
    let sum = 0;
    for (const end = k + reach; k < end; k++) {
      sum -= entries[k]! * vector[neighbors[k]!]!;
    }
    out[i] = sum;
  }
}

/** Solves `(D + L) out = vector`: one Gauss-Seidel sweep forth, from zero. */
export function sweepForth(matrix: SparseGrid, vector: Float64Array, out: Float64Array): void {
  const { diagonal, entries, neighbors, reach } = matrix;
  const count = diagonal.length;
  out.set(vector);
  for (let i = 0, k = 0; i < count; i++) {
    const value = (out[i]! /= diagonal[i]!);
    for (const end = k + reach; k < end; k++) {
      out[neighbors[k]!]! -= entries[k]! * value;
    }
  }
  out[count] = 0;
}

/** Solves `(D + U) vector = right` into `vector`: the sweep back. */
export function sweepBack(matrix: SparseGrid, right: Float64Array, vector: Float64Array): void {
  const { diagonal, entries, neighbors, reach } = matrix;
  for (let i = diagonal.length - 1; i >= 0; i--) {
    let sum = right[i]!;
    for (let k = i * reach, end = k + reach; k < end; k++) {
      sum -= entries[k]! * vector[neighbors[k]!]!;
    }
    vector[i] = sum / diagonal[i]!;
  }
}
