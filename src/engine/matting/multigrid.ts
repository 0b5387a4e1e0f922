import type { Raster } from '../../raster/index.js';
import type { BandCells } from './band-cells.js';
import { addLower, type BandMatrix, negativeUpper, sweepBack, sweepForth } from './band-matrix.js';
import { aggregateCells, aggregatePoints, type CoarseLevel } from './block-aggregation.js';
import {
  BLOCK,
  type BlockMatrix,
  invertDiagonal,
  subtractDiagonalBlocks,
  subtractLowerBlocks,
  subtractUpperBlocks,
  sweepBlocksBack,
  sweepBlocksForth,
} from './block-matrix.js';

/** Approximates the inverse of a matrix, symmetric and positive definite. */
export interface Multigrid {
  /** Writes a rough solution of `matrix * out = right`, and `matrix * out` itself. */
  readonly apply: (right: Float64Array, out: Float64Array, product: Float64Array) => void;
}

/** Levels end where this few points are left; sweeps solve those. */
const FEW = 8;
const COARSEST_SWEEPS = 8;

/** Corrections that jump between aggregates are too small for smooth errors; enlarged, they meet them better (Braess 1995). */
const OVERCORRECTION = 1.5;

/** Visits of the next level (a W-cycle): they cost little, as levels shrink to a quarter. */
const VISITS = 2;

/** A level of blocks, with the space that its cycle needs. */
interface Level {
  readonly matrix: BlockMatrix;
  readonly inverses: Float64Array;
  readonly right: Float64Array;
  readonly solution: Float64Array;
  readonly rest: Float64Array;
  /** How the next coarser level follows; undefined for the last. */
  readonly next: CoarseLevel | undefined;
}

/**
 * A multigrid by aggregation for the equations of matting. Coarse unknowns are coefficients of functions that are linear
 * in color (`aggregateCells`), as in smoothed aggregation with near-null vectors (Vanek, Mandel and Brezina 1996) but
 * without the smoothing; the coarse matrices are sums of the fine equations (Galerkin). Gauss-Seidel forth before and
 * back after, so that it is symmetric. Rounds of conjugate gradients hardly grow with the width of a band.
 */
export function buildMultigrid(matrix: BandMatrix, cells: BandCells, image: Raster): Multigrid {
  const first = aggregateCells(matrix, cells, image);
  const levels: Level[] = [];
  for (let current: CoarseLevel | undefined = first; current !== undefined;) {
    const count: number = current.matrix.columns.length;
    const next: CoarseLevel | undefined = count > FEW ? aggregatePoints(current) : undefined;
    const space = (): Float64Array => new Float64Array((count + 1) * BLOCK);
    levels.push({
      matrix: current.matrix,
      inverses: invertDiagonal(current.matrix),
      right: space(),
      solution: space(),
      rest: space(),
      next,
    });
    current = next;
  }
  const residual = new Float64Array(cells.count);
  const zeros = new Float64Array(levels[0]!.right.length);
  return { apply };

  function apply(right: Float64Array, out: Float64Array, product: Float64Array): void {
    sweepForth(matrix, right, out);
    // After a sweep from zero only the upper triangle is left of the residual.
    negativeUpper(matrix, out, residual);
    const coarse = levels[0]!;
    restrict(first, residual, 1, coarse.right);
    cycle(0);
    interpolate(first, coarse.solution, 1, out);
    product.set(right);
    addLower(matrix, out, -1, product);
    sweepBack(matrix, product, out);
    // Now (D + U) out = product - which is (matrix - L) out.
    addLower(matrix, out, 1, product);
  }

  function cycle(depth: number): void {
    const { matrix: own, inverses, right, solution, rest, next } = levels[depth]!;
    sweepBlocksForth(own, inverses, right, solution);
    if (next === undefined) {
      for (let sweep = 0; sweep < COARSEST_SWEEPS; sweep++) smoothBack();
      return;
    }
    const coarse = levels[depth + 1]!;
    for (let visit = 0; visit < VISITS; visit++) {
      if (visit === 0) {
        // As in `apply`.
        subtractUpperBlocks(own, zeros, solution, rest);
      } else {
        subtractDiagonalBlocks(own, right, solution, rest);
        subtractUpperBlocks(own, rest, solution, rest);
        subtractLowerBlocks(own, solution, rest);
      }
      restrict(next, rest, BLOCK, coarse.right);
      cycle(depth + 1);
      interpolate(next, coarse.solution, BLOCK, solution);
    }
    smoothBack();

    function smoothBack(): void {
      rest.set(right);
      subtractLowerBlocks(own, solution, rest);
      sweepBlocksBack(own, inverses, rest, solution);
    }
  }
}

/** Sums of a residual in the aggregates, one sum for each of the four functions. */
function restrict(
  { aggregates, interpolation }: CoarseLevel,
  residual: Float64Array,
  unknowns: number,
  out: Float64Array,
): void {
  out.fill(0);
  for (let point = 0, i = 0, at = 0; point < aggregates.length; point++) {
    const to = aggregates[point]! * BLOCK;
    for (const end = i + unknowns; i < end; i++, at += BLOCK) {
      const value = residual[i]!;
      out[to]! += interpolation[at]! * value;
      out[to + 1]! += interpolation[at + 1]! * value;
      out[to + 2]! += interpolation[at + 2]! * value;
      out[to + 3]! += interpolation[at + 3]! * value;
    }
  }
}

/** Adds a coarse correction, enlarged. */
function interpolate(
  { aggregates, interpolation }: CoarseLevel,
  solution: Float64Array,
  unknowns: number,
  out: Float64Array,
): void {
  for (let point = 0, i = 0, at = 0; point < aggregates.length; point++) {
    const from = aggregates[point]! * BLOCK;
    for (const end = i + unknowns; i < end; i++, at += BLOCK) {
      out[i]! +=
        OVERCORRECTION *
        (interpolation[at]! * solution[from]! +
          interpolation[at + 1]! * solution[from + 1]! +
          interpolation[at + 2]! * solution[from + 2]! +
          interpolation[at + 3]! * solution[from + 3]!);
    }
  }
}
