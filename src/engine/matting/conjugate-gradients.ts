import { buildMultigrid } from './multigrid.js';
import { multiply, type SparseGrid } from './sparse-grid.js';

export interface SolverOptions {
  /** Rounds at most. */
  readonly iterations: number;
  /** Ends where the residual has shrunk to this share of the right side. */
  readonly tolerance: number;
}

/**
 * Solves `matrix * solution = rightSide` by conjugate gradients, preconditioned with a multigrid.
 *
 * @param matrix symmetric and positive definite
 * @param solution the first guess, overwritten by the solution; one value more than there are unknowns, the last 0
 * @returns the rounds it took
 */
export function solveConjugateGradients(
  matrix: SparseGrid,
  rightSide: Float64Array,
  solution: Float64Array,
  { iterations, tolerance }: SolverOptions,
): number {
  const count = matrix.diagonal.length;
  const { apply } = buildMultigrid(matrix);
  const residual = new Float64Array(count + 1);
  const direction = new Float64Array(count + 1);
  const product = new Float64Array(count + 1);
  multiply(matrix, solution, product);
  for (let i = 0; i < count; i++) {
    residual[i] = rightSide[i]! - product[i]!;
  }
  const limit = dot(rightSide, rightSide, count) * tolerance * tolerance;
  const preconditioned = new Float64Array(count + 1);
  apply(residual, preconditioned);
  direction.set(preconditioned);
  let energy = dot(residual, preconditioned, count);
  for (let round = 0; round < iterations; round++) {
    if (dot(residual, residual, count) <= limit) return round;
    multiply(matrix, direction, product);
    const step = energy / dot(direction, product, count);
    if (!Number.isFinite(step)) return round;
    for (let i = 0; i < count; i++) {
      solution[i]! += step * direction[i]!;
      residual[i]! -= step * product[i]!;
    }
    apply(residual, preconditioned);
    const next = dot(residual, preconditioned, count);
    const turn = next / energy;
    energy = next;
    for (let i = 0; i < count; i++) {
      direction[i] = preconditioned[i]! + turn * direction[i]!;
    }
  }
  return iterations;
}

function dot(a: Float64Array, b: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += a[i]! * b[i]!;
  }
  return sum;
}
