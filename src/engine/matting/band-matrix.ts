/**
 * A symmetric sparse matrix over the cells of a band (see `BandCells`). Only entries above the diagonal are stored:
 * `BAND_REACH` for each cell, one for every pixel behind it, in reading order, within two columns and two rows.
 */
export interface BandMatrix {
  readonly diagonal: Float64Array;
  readonly entries: Float32Array;
  /** The cell one row and two rows below each cell. */
  readonly below: Int32Array;
  readonly belowTwo: Int32Array;
}

/** Entries a cell: two in its row and five in each of the next two rows. */
export const BAND_REACH = 12;

/** Solves `(D + L) out = right`: one Gauss-Seidel sweep forth, from zero. */
export function sweepForth(
  { diagonal, entries, below, belowTwo }: BandMatrix,
  right: Float64Array,
  out: Float64Array,
): void {
  out.set(right);
  for (let i = 2, k = 2 * BAND_REACH; i < diagonal.length - 2; i++, k += BAND_REACH) {
    const value = (out[i]! /= diagonal[i]!);
    out[i + 1]! -= entries[k]! * value;
    out[i + 2]! -= entries[k + 1]! * value;
    const a = below[i]!;
    out[a - 2]! -= entries[k + 2]! * value;
    out[a - 1]! -= entries[k + 3]! * value;
    out[a]! -= entries[k + 4]! * value;
    out[a + 1]! -= entries[k + 5]! * value;
    out[a + 2]! -= entries[k + 6]! * value;
    const b = belowTwo[i]!;
    out[b - 2]! -= entries[k + 7]! * value;
    out[b - 1]! -= entries[k + 8]! * value;
    out[b]! -= entries[k + 9]! * value;
    out[b + 1]! -= entries[k + 10]! * value;
    out[b + 2]! -= entries[k + 11]! * value;
  }
}

/** `out += scale * L vector`, with `L` the lower triangle without the diagonal. */
export function addLower(
  { diagonal, entries, below, belowTwo }: BandMatrix,
  vector: Float64Array,
  scale: 1 | -1,
  out: Float64Array,
): void {
  for (let i = 2, k = 2 * BAND_REACH; i < diagonal.length - 2; i++, k += BAND_REACH) {
    const value = scale * vector[i]!;
    out[i + 1]! += entries[k]! * value;
    out[i + 2]! += entries[k + 1]! * value;
    const a = below[i]!;
    out[a - 2]! += entries[k + 2]! * value;
    out[a - 1]! += entries[k + 3]! * value;
    out[a]! += entries[k + 4]! * value;
    out[a + 1]! += entries[k + 5]! * value;
    out[a + 2]! += entries[k + 6]! * value;
    const b = belowTwo[i]!;
    out[b - 2]! += entries[k + 7]! * value;
    out[b - 1]! += entries[k + 8]! * value;
    out[b]! += entries[k + 9]! * value;
    out[b + 1]! += entries[k + 10]! * value;
    out[b + 2]! += entries[k + 11]! * value;
  }
}

/** `out = -U vector`, with `U` the upper triangle without the diagonal. */
export function negativeUpper(
  { diagonal, entries, below, belowTwo }: BandMatrix,
  vector: Float64Array,
  out: Float64Array,
): void {
  for (let i = 2, k = 2 * BAND_REACH; i < diagonal.length - 2; i++, k += BAND_REACH) {
    const a = below[i]!;
    const b = belowTwo[i]!;
    out[i] = -(
      entries[k]! * vector[i + 1]! +
      entries[k + 1]! * vector[i + 2]! +
      entries[k + 2]! * vector[a - 2]! +
      entries[k + 3]! * vector[a - 1]! +
      entries[k + 4]! * vector[a]! +
      entries[k + 5]! * vector[a + 1]! +
      entries[k + 6]! * vector[a + 2]! +
      entries[k + 7]! * vector[b - 2]! +
      entries[k + 8]! * vector[b - 1]! +
      entries[k + 9]! * vector[b]! +
      entries[k + 10]! * vector[b + 1]! +
      entries[k + 11]! * vector[b + 2]!
    );
  }
}

/** Solves `(D + U) vector = right` into `vector`: the sweep back. */
export function sweepBack(
  { diagonal, entries, below, belowTwo }: BandMatrix,
  right: Float64Array,
  vector: Float64Array,
): void {
  for (let i = diagonal.length - 3, k = i * BAND_REACH; i >= 2; i--, k -= BAND_REACH) {
    const a = below[i]!;
    const b = belowTwo[i]!;
    vector[i] =
      (right[i]! -
        entries[k]! * vector[i + 1]! -
        entries[k + 1]! * vector[i + 2]! -
        entries[k + 2]! * vector[a - 2]! -
        entries[k + 3]! * vector[a - 1]! -
        entries[k + 4]! * vector[a]! -
        entries[k + 5]! * vector[a + 1]! -
        entries[k + 6]! * vector[a + 2]! -
        entries[k + 7]! * vector[b - 2]! -
        entries[k + 8]! * vector[b - 1]! -
        entries[k + 9]! * vector[b]! -
        entries[k + 10]! * vector[b + 1]! -
        entries[k + 11]! * vector[b + 2]!) /
      diagonal[i]!;
  }
}
