import { negativeUpper, type SparseGrid, subtractLower, sweepBack, sweepForth } from './sparse-grid.js';

/** One level of a multigrid: a matrix, and the aggregate of the next level that each unknown belongs to. */
interface Level {
  readonly matrix: SparseGrid;
  readonly aggregates: Int32Array;
  readonly residual: Float64Array;
  readonly right: Float64Array;
  readonly coarseRight: Float64Array;
  readonly coarseSolution: Float64Array;
}

/** Approximates the inverse of a matrix: `apply` solves roughly. Symmetric and positive definite. */
export interface Multigrid {
  readonly apply: (right: Float64Array, out: Float64Array) => void;
}

/** Levels end where this few unknowns are left; sweeps solve those. */
const FEW = 32;
const COARSEST_SWEEPS = 8;

/** Piecewise constant corrections are too small for smooth errors; enlarged, they meet them better (Braess 1995). */
const OVERCORRECTION = 1.6;

/** Visits of the next level: two (a W-cycle) cost little, as levels shrink to a quarter. */
const VISITS = 2;

/**
 * A multigrid by aggregation: unknowns of each block of 2 x 2 grid points become one, and the matrix of the next level
 * is the sum of their equations (Galerkin). Smoothed by Gauss-Seidel forth before and back after, so that it is
 * symmetric. A preconditioner for conjugate gradients whose rounds hardly grow with the width of a band.
 */
export function buildMultigrid(matrix: SparseGrid): Multigrid {
  const levels: Level[] = [];
  let current = matrix;
  while (current.diagonal.length > FEW) {
    const { coarse, aggregates } = aggregate(current);
    if (coarse.diagonal.length >= current.diagonal.length) break;
    const count = current.diagonal.length + 1;
    const coarseCount = coarse.diagonal.length + 1;
    levels.push({
      matrix: current,
      aggregates,
      residual: new Float64Array(count),
      right: new Float64Array(count),
      coarseRight: new Float64Array(coarseCount),
      coarseSolution: new Float64Array(coarseCount),
    });
    current = coarse;
  }
  const last = current;
  const lastRight = new Float64Array(last.diagonal.length + 1);

  const cycle = (depth: number, right: Float64Array, out: Float64Array): void => {
    const level = levels[depth];
    if (level === undefined) {
      solveCoarsest(right, out);
      return;
    }
    const { matrix: own, aggregates, residual, coarseRight, coarseSolution } = level;
    sweepForth(own, right, out);
    // After a sweep from zero only the upper triangle is left of the residual.
    negativeUpper(own, out, residual);
    for (let visit = 0; visit < (depth === 0 ? 1 : VISITS); visit++) {
      if (visit > 0) residualOf(own, right, out, residual);
      coarseRight.fill(0);
      for (let i = 0; i < aggregates.length; i++) {
        coarseRight[aggregates[i]!]! += residual[i]!;
      }
      cycle(depth + 1, coarseRight, coarseSolution);
      for (let i = 0; i < aggregates.length; i++) {
        out[i]! += OVERCORRECTION * coarseSolution[aggregates[i]!]!;
      }
    }
    level.right.set(right);
    subtractLower(own, out, level.right);
    sweepBack(own, level.right, out);
  };
  const solveCoarsest = (right: Float64Array, out: Float64Array): void => {
    sweepForth(last, right, out);
    for (let sweep = 0; sweep < COARSEST_SWEEPS; sweep++) {
      lastRight.set(right);
      subtractLower(last, out, lastRight);
      sweepBack(last, lastRight, out);
    }
  };
  return { apply: (right, out) => cycle(0, right, out) };
}

function residualOf(matrix: SparseGrid, right: Float64Array, vector: Float64Array, out: Float64Array): void {
  negativeUpper(matrix, vector, out);
  const { diagonal } = matrix;
  for (let i = 0; i < diagonal.length; i++) {
    out[i]! += right[i]! - diagonal[i]! * vector[i]!;
  }
  subtractLower(matrix, vector, out);
}

/** Neighbors behind a block that an entry can lead to: right, and the three below. */
const COARSE_REACH = 4;

function aggregate({ columns, rows, diagonal, reach, neighbors, entries }: SparseGrid): {
  readonly coarse: SparseGrid;
  readonly aggregates: Int32Array;
} {
  const count = diagonal.length;
  const width = columns.reduce((most, value) => Math.max(most, value), 0) / 2 + 1;
  const stride = Math.floor(width);
  const height = (rows[count - 1]! >> 1) + 1;
  const numbers = new Int32Array(stride * height).fill(-1);
  const keys = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    keys[i] = (rows[i]! >> 1) * stride + (columns[i]! >> 1);
    numbers[keys[i]!] = 0;
  }
  let coarseCount = 0;
  for (let key = 0; key < numbers.length; key++) {
    if (numbers[key] === 0) numbers[key] = coarseCount++;
  }
  const coarseColumns = new Int32Array(coarseCount);
  const coarseRows = new Int32Array(coarseCount);
  const coarseDiagonal = new Float64Array(coarseCount);
  const coarseNeighbors = new Int32Array(coarseCount * COARSE_REACH).fill(coarseCount);
  const coarseEntries = new Float64Array(coarseCount * COARSE_REACH);
  const aggregates = Int32Array.from(keys, (key) => numbers[key]!);
  for (let i = 0; i < count; i++) {
    const own = aggregates[i]!;
    coarseColumns[own] = columns[i]! >> 1;
    coarseRows[own] = rows[i]! >> 1;
    coarseDiagonal[own]! += diagonal[i]!;
  }
  for (let i = 0, k = 0; i < count; i++) {
    for (const end = k + reach; k < end; k++) {
      const j = neighbors[k]!;
      if (j === count) continue;
      const own = aggregates[i]!;
      const other = aggregates[j]!;
      if (own === other) {
        coarseDiagonal[own]! += 2 * entries[k]!;
        continue;
      }
      const first = Math.min(own, other);
      const second = Math.max(own, other);
      const down = coarseRows[second]! - coarseRows[first]!;
      const slot = first * COARSE_REACH + (down === 0 ? 0 : coarseColumns[second]! - coarseColumns[first]! + 2);
      coarseNeighbors[slot] = second;
      coarseEntries[slot]! += entries[k]!;
    }
  }
  return {
    coarse: {
      columns: coarseColumns,
      rows: coarseRows,
      diagonal: coarseDiagonal,
      reach: COARSE_REACH,
      neighbors: coarseNeighbors,
      entries: coarseEntries,
    },
    aggregates,
  };
}
