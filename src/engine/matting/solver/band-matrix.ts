import { type Range, SEGMENT } from './band-cells.js';

/**
 * A symmetric sparse matrix over the cells of a band (see `BandCells`). Only entries above the diagonal are stored, in
 * `BAND_REACH` planes of one value a cell: plane by plane for every pixel behind the cell, in reading order, within two
 * columns and two rows.
 */
export interface BandMatrix {
  readonly diagonal: Float32Array;
  /** The reciprocal of each value of the diagonal. */
  readonly inverse: Float32Array;
  readonly entries: Float32Array;
  readonly segments: Int32Array;
  readonly chunks: readonly Range[];
}

/** Entries a cell: two in its row and five in each of the next two rows. */
export const BAND_REACH = 12;
/** The planes of the middle of the next row, and of the one behind it. */
const BELOW = 4;
const BELOW_TWO = 9;

/** `out = right + scale * L vector`, with `L` the lower triangle without the diagonal; `right` may be left out. */
export function addLower(
  { entries, segments }: BandMatrix,
  right: Float32Array | undefined,
  vector: Float32Array,
  scale: number,
  out: Float32Array,
  [first, last]: Range,
): void {
  const count = out.length;
  for (let s = first * SEGMENT; s < last * SEGMENT; s += SEGMENT) {
    const begin = segments[s]!;
    const end = segments[s + 1]!;
    for (let i = begin; i < end; i++) {
      const sum = entries[count + i - 2]! * vector[i - 2]! + entries[i - 1]! * vector[i - 1]!;
      out[i] = (right === undefined ? 0 : right[i]!) + scale * sum;
    }
    addAbove(entries, segments, s, vector, scale, out);
  }
}

/** `out = right + scale * U vector`, with `U` the upper triangle without the diagonal; `right` may be left out. */
export function addUpper(
  { entries, segments }: BandMatrix,
  right: Float32Array | undefined,
  vector: Float32Array,
  scale: number,
  out: Float32Array,
  [first, last]: Range,
): void {
  const count = out.length;
  for (let s = first * SEGMENT; s < last * SEGMENT; s += SEGMENT) {
    const begin = segments[s]!;
    const end = segments[s + 1]!;
    for (let i = begin; i < end; i++) {
      const sum = entries[i]! * vector[i + 1]! + entries[count + i]! * vector[i + 2]!;
      out[i] = (right === undefined ? 0 : right[i]!) + scale * sum;
    }
    addBelow(entries, segments, s, vector, scale, out);
  }
}

/** Solves `(D + L) out = right`: one Gauss-Seidel sweep forth, from zero. */
export function sweepForth(
  { inverse, entries, segments }: BandMatrix,
  right: Float32Array,
  out: Float32Array,
  [first, last]: Range,
): void {
  const count = out.length;
  for (let s = first * SEGMENT; s < last * SEGMENT; s += SEGMENT) {
    const begin = segments[s]!;
    const end = segments[s + 1]!;
    for (let i = begin; i < end; i++) out[i] = right[i]!;
    addAbove(entries, segments, s, out, -1, out);
    for (let i = begin; i < end; i++) {
      const rest = out[i]! - entries[count + i - 2]! * out[i - 2]! - entries[i - 1]! * out[i - 1]!;
      out[i] = rest * inverse[i]!;
    }
  }
}

/** Solves `(D + U) out = right`: the sweep back. */
export function sweepBack(
  { inverse, entries, segments }: BandMatrix,
  right: Float32Array,
  out: Float32Array,
  [first, last]: Range,
): void {
  const count = out.length;
  for (let s = (last - 1) * SEGMENT; s >= first * SEGMENT; s -= SEGMENT) {
    const begin = segments[s]!;
    const end = segments[s + 1]!;
    for (let i = begin; i < end; i++) out[i] = right[i]!;
    addBelow(entries, segments, s, out, -1, out);
    for (let i = end - 1; i >= begin; i--) {
      const rest = out[i]! - entries[count + i]! * out[i + 2]! - entries[i]! * out[i + 1]!;
      out[i] = rest * inverse[i]!;
    }
  }
}

/** Adds what the two rows above say of a segment's cells. */
function addAbove(
  entries: Float32Array,
  segments: Int32Array,
  s: number,
  vector: Float32Array,
  scale: number,
  out: Float32Array,
): void {
  const count = out.length;
  const begin = segments[s]!;
  const end = segments[s + 1]!;
  for (let above = 0, center = BELOW; above < 2; above++, center = BELOW_TWO) {
    const from = segments[s + 2 + above]!;
    if (from === 0) continue;
    const middle = center * count;
    for (let i = begin, v = from; i < end; i++, v++) {
      const k = middle + v;
      out[i]! +=
        scale *
        (entries[k + 2 * count - 2]! * vector[v - 2]! +
          entries[k + count - 1]! * vector[v - 1]! +
          entries[k]! * vector[v]! +
          entries[k - count + 1]! * vector[v + 1]! +
          entries[k - 2 * count + 2]! * vector[v + 2]!);
    }
  }
}

/** Adds what the two rows below say of a segment's cells. */
function addBelow(
  entries: Float32Array,
  segments: Int32Array,
  s: number,
  vector: Float32Array,
  scale: number,
  out: Float32Array,
): void {
  const count = out.length;
  const begin = segments[s]!;
  const end = segments[s + 1]!;
  for (let below = 0, center = BELOW; below < 2; below++, center = BELOW_TWO) {
    const from = segments[s + 4 + below]!;
    if (from === 0) continue;
    for (let i = begin, k = center * count + begin, v = from; i < end; i++, k++, v++) {
      out[i]! +=
        scale *
        (entries[k - 2 * count]! * vector[v - 2]! +
          entries[k - count]! * vector[v - 1]! +
          entries[k]! * vector[v]! +
          entries[k + count]! * vector[v + 1]! +
          entries[k + 2 * count]! * vector[v + 2]!);
    }
  }
}
