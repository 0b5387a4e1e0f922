import { BLOCK } from './block-matrix.js';

/** How the unknowns of the points of a level follow from those of a coarser one. */
export interface Interpolation {
  /** The coarse point that each point follows; the number of coarse points for those that follow none. */
  readonly aggregates: Int32Array;
  /** Four values for each unknown of a point, one for each unknown of its coarse point. */
  readonly values: Float32Array;
}

/**
 * Sums of a residual in the aggregates, one sum for each coarse unknown.
 *
 * @param unknowns of a point
 */
export function restrict(
  { aggregates, values }: Interpolation,
  residual: Float32Array,
  unknowns: number,
  out: Float32Array,
): void {
  out.fill(0);
  for (let point = 0, i = 0, at = 0; point < aggregates.length; point++) {
    const to = aggregates[point]! * BLOCK;
    for (const end = i + unknowns; i < end; i++, at += BLOCK) {
      const value = residual[i]!;
      out[to]! += values[at]! * value;
      out[to + 1]! += values[at + 1]! * value;
      out[to + 2]! += values[at + 2]! * value;
      out[to + 3]! += values[at + 3]! * value;
    }
  }
}

/** `out += scale * interpolation * solution`. */
export function interpolate(
  { aggregates, values }: Interpolation,
  solution: Float32Array,
  unknowns: number,
  scale: number,
  out: Float32Array,
): void {
  for (let point = 0, i = 0, at = 0; point < aggregates.length; point++) {
    const from = aggregates[point]! * BLOCK;
    for (const end = i + unknowns; i < end; i++, at += BLOCK) {
      out[i]! +=
        scale *
        (values[at]! * solution[from]! +
          values[at + 1]! * solution[from + 1]! +
          values[at + 2]! * solution[from + 2]! +
          values[at + 3]! * solution[from + 3]!);
    }
  }
}
