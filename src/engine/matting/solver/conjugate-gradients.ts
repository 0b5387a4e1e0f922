import type { BandMatrix } from './band-matrix.js';
import type { MattingKernels } from './matting-kernels.js';
import type { Multigrid } from './multigrid.js';

export interface SolverOptions {
  /** Rounds at most. */
  readonly iterations: number;
  /** Ends where the preconditioner changes the solution by no more than this (the root of the mean square). */
  readonly tolerance: number;
  /** Values that are unknown: as many count for the mean. */
  readonly unknowns: number;
}

/** How many times the tolerance a single value may change by: errors may hide in a small part of a wide band. */
const GREATEST_SHARE = 32;

/**
 * Solves `matrix * solution = rightSide` by preconditioned conjugate gradients.
 *
 * @param matrix symmetric and positive definite
 * @param rightSide overwritten by what is left of it
 * @param solution the first guess, overwritten by the solution; 0 for cells that are not unknown
 * @returns the rounds it took
 */
export function solveConjugateGradients(
  matrix: BandMatrix,
  rightSide: Float32Array,
  solution: Float32Array,
  { apply }: Multigrid,
  kernels: MattingKernels,
  { iterations, tolerance, unknowns }: SolverOptions,
): number {
  const count = solution.length;
  const residual = rightSide;
  const preconditioned = kernels.float32(count);
  /** The matrix times `preconditioned`, and times `direction`. */
  const product = kernels.float32(count);
  const direction = kernels.float32(count);
  const image = kernels.float32(count);
  for (const range of matrix.chunks) {
    kernels.addLower(matrix, residual, solution, -1, product, range);
    kernels.addUpper(matrix, product, solution, -1, residual, range);
  }
  for (let i = 0; i < count; i++) residual[i]! -= matrix.diagonal[i]! * solution[i]!;
  let energy = 0;
  for (let round = 0; round < iterations; round++) {
    apply(residual, preconditioned, product);
    const next = kernels.dot(residual, preconditioned);
    const isSmall = kernels.dot(preconditioned, preconditioned) <= unknowns * tolerance ** 2;
    if (isSmall && kernels.greatest(preconditioned) <= GREATEST_SHARE * tolerance) return round;
    const turn = energy === 0 ? 0 : next / energy;
    energy = next;
    kernels.scaleAndAdd(direction, turn, preconditioned);
    kernels.scaleAndAdd(image, turn, product);
    const step = energy / kernels.dot(direction, image);
    if (!Number.isFinite(step)) return round;
    kernels.addScaled(solution, step, direction);
    kernels.addScaled(residual, -step, image);
  }
  return iterations;
}
