import { addLower, type BandMatrix, negativeUpper } from './band-matrix.js';
import type { Multigrid } from './multigrid.js';

export interface SolverOptions {
  /** Rounds at most. */
  readonly iterations: number;
  /** Ends where the preconditioner takes no value of the solution for farther off than this. */
  readonly tolerance: number;
}

/**
 * Solves `matrix * solution = rightSide` by preconditioned conjugate gradients.
 *
 * @param matrix symmetric and positive definite
 * @param solution the first guess, overwritten by the solution; 0 for cells that are not unknown
 * @returns the rounds it took
 */
export function solveConjugateGradients(
  matrix: BandMatrix,
  rightSide: Float64Array,
  solution: Float64Array,
  { apply }: Multigrid,
  { iterations, tolerance }: SolverOptions,
): number {
  const count = solution.length;
  const residual = new Float64Array(count);
  negativeUpper(matrix, solution, residual);
  addLower(matrix, solution, -1, residual);
  for (let i = 0; i < count; i++) {
    residual[i]! += rightSide[i]! - matrix.diagonal[i]! * solution[i]!;
  }
  const preconditioned = new Float64Array(count);
  /** The matrix times `preconditioned`, and times `direction`. */
  const product = new Float64Array(count);
  const direction = new Float64Array(count);
  const image = new Float64Array(count);
  let energy = 0;
  for (let round = 0; round < iterations; round++) {
    apply(residual, preconditioned, product);
    const next = dot(residual, preconditioned);
    if (greatest(preconditioned) <= tolerance) return round;
    const turn = energy === 0 ? 0 : next / energy;
    energy = next;
    let curvature = 0;
    for (let i = 0; i < count; i++) {
      const value = preconditioned[i]! + turn * direction[i]!;
      direction[i] = value;
      curvature += value * (image[i] = product[i]! + turn * image[i]!);
    }
    const step = energy / curvature;
    if (!Number.isFinite(step)) return round;
    for (let i = 0; i < count; i++) {
      solution[i]! += step * direction[i]!;
      residual[i]! -= step * image[i]!;
    }
  }
  return iterations;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i]! * b[i]!;
  }
  return sum;
}

/** The greatest absolute value. */
function greatest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    most = Math.max(most, Math.abs(values[i]!));
  }
  return most;
}
