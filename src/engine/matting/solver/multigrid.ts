import type { Raster } from '../../../raster/index.js';
import type { BandCells, Range } from './band-cells.js';
import type { BandMatrix } from './band-matrix.js';
import { aggregateCells, aggregatePoints, type CoarseLevel, type PointGroups } from './block-aggregation.js';
import { BLOCK, BLOCK_SIZE, type BlockMatrix, invertDiagonal } from './block-matrix.js';
import type { Interpolation } from './interpolation.js';
import type { MattingKernels } from './matting-kernels.js';

/** Approximates the inverse of a matrix, symmetric and positive definite. */
export interface Multigrid {
  /** Writes a rough solution of `matrix * out = right`, and `matrix * out` itself. */
  readonly apply: (right: Float32Array, out: Float32Array, product: Float32Array) => void;
}

/** Sweeps over the few points of the last level, which solve it. */
const COARSEST_SWEEPS = 8;

/** Corrections that jump between aggregates are too small for smooth errors; enlarged, they meet them better (Braess 1995). */
const OVERCORRECTION = 1.5;

/** Visits of the next level (a W-cycle): they cost little, as levels shrink to a quarter. */
const VISITS = 2;

/** A level of blocks, with the space that its cycle needs. */
interface Level {
  readonly matrix: BlockMatrix;
  readonly inverses: Float32Array;
  readonly right: Float32Array;
  readonly solution: Float32Array;
  readonly rest: Float32Array;
  /** How its unknowns follow from the next coarser level's; undefined for the last. */
  readonly coarser: Interpolation | undefined;
}

/**
 * A multigrid by aggregation for the equations of matting. Coarse unknowns are coefficients of functions that are linear
 * in color (`aggregateCells`), as in smoothed aggregation with near-null vectors (Vanek, Mandel and Brezina 1996) but
 * without the smoothing; the coarse matrices are sums of the fine equations (Galerkin). Gauss-Seidel forth before and
 * back after, so that it is symmetric. Rounds of conjugate gradients hardly grow with the width of a band.
 */
export function buildMultigrid(
  matrix: BandMatrix,
  cells: BandCells,
  image: Raster,
  groups: readonly PointGroups[],
  kernels: MattingKernels,
): Multigrid {
  const coarseLevels: CoarseLevel[] = [aggregateCells(matrix, cells, image, groups[0]!, kernels)];
  for (const each of groups.slice(1)) coarseLevels.push(aggregatePoints(coarseLevels.at(-1)!, each, kernels));
  const levels = coarseLevels.map(({ matrix: own }, depth): Level => {
    const count = own.columns.length;
    const space = (): Float32Array => kernels.float32((count + 1) * BLOCK);
    const inverses = kernels.float32(count * BLOCK_SIZE);
    invertDiagonal(own, inverses);
    const coarser = coarseLevels[depth + 1]?.interpolation;
    return { matrix: own, inverses, right: space(), solution: space(), rest: space(), coarser };
  });
  const { interpolation } = coarseLevels[0]!;
  const rest = kernels.float32(cells.count);
  return { apply };

  // Passes that read the same equations run over groups of rows alternately, one group apart, while those are in cache.
  function apply(right: Float32Array, out: Float32Array, product: Float32Array): void {
    const { chunks } = matrix;
    alternate(
      chunks,
      (range) => {
        kernels.sweepForth(matrix, right, out, range);
      },
      (range) => {
        // After a sweep from zero only the upper triangle is left of the residual.
        kernels.addUpper(matrix, undefined, out, -1, rest, range);
      },
    );
    const coarse = levels[0]!;
    kernels.restrict(interpolation, rest, 1, coarse.right);
    cycle(0);
    kernels.interpolate(interpolation, coarse.solution, 1, OVERCORRECTION, out);
    alternate(
      chunks.toReversed(),
      (range) => {
        kernels.addLower(matrix, right, out, -1, rest, range);
        kernels.sweepBack(matrix, rest, out, range);
      },
      (range) => {
        // Now (D + U) out = rest: with L out it is the product.
        kernels.addLower(matrix, rest, out, 1, product, range);
      },
    );
  }

  function cycle(depth: number): void {
    const { matrix: own, inverses, right, solution, rest: left, coarser } = levels[depth]!;
    const { chunks } = own;
    const last = chunks.length - 1;
    solution.set(right);
    if (coarser === undefined) {
      for (const range of chunks) kernels.sweepBlocksForth(own, inverses, solution, range);
      for (let sweep = 0; sweep < COARSEST_SWEEPS; sweep++) smoothBack();
      return;
    }
    const coarse = levels[depth + 1]!;
    for (let visit = 0; visit < VISITS; visit++) {
      if (visit === 0) {
        // As in `apply`.
        left.fill(0);
        alternate(
          chunks,
          (range) => {
            kernels.sweepBlocksForth(own, inverses, solution, range);
          },
          (range) => {
            kernels.subtractUpperBlocks(own, left, solution, left, range);
          },
        );
      } else {
        alternate(
          chunks,
          (range) => {
            kernels.subtractDiagonalBlocks(own, right, solution, left, range);
            kernels.subtractUpperBlocks(own, left, solution, left, range);
          },
          (range) => {
            kernels.subtractLowerBlocks(own, solution, left, range);
          },
        );
      }
      kernels.restrict(coarser, left, BLOCK, coarse.right);
      cycle(depth + 1);
      kernels.interpolate(coarser, coarse.solution, BLOCK, OVERCORRECTION, solution);
    }
    smoothBack();

    function smoothBack(): void {
      left.set(right);
      kernels.subtractLowerBlocks(own, solution, left, chunks[last]!);
      for (let k = last; k >= 0; k--) {
        // The values of the other group that this one reads are still the old ones.
        if (k > 0) kernels.subtractLowerBlocks(own, solution, left, chunks[k - 1]!);
        kernels.sweepBlocksBack(own, inverses, left, solution, chunks[k]!);
      }
    }
  }
}

/** Runs one pass over each range, and another over the range before it. */
function alternate(ranges: readonly Range[], pass: (range: Range) => void, behind: (range: Range) => void): void {
  for (let k = 0; k < ranges.length; k++) {
    pass(ranges[k]!);
    if (k > 0) behind(ranges[k - 1]!);
  }
  behind(ranges.at(-1)!);
}
