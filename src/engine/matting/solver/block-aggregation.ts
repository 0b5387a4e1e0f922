import { type Raster, sampleMaximum } from '../../../raster/index.js';
import { type BandCells, type Range, SEGMENT } from './band-cells.js';
import { BAND_REACH, type BandMatrix } from './band-matrix.js';
import { BLOCK, BLOCK_REACH, BLOCK_SIZE, type BlockMatrix } from './block-matrix.js';
import type { Interpolation } from './interpolation.js';
import type { MattingKernels } from './matting-kernels.js';

/** A matrix and how it came from the next finer one. */
export interface CoarseLevel {
  readonly matrix: BlockMatrix;
  /** How the finer unknowns follow from those of `matrix`. */
  readonly interpolation: Interpolation;
  /** The constant, red, green and blue as values of the coarse unknowns: four values each. */
  readonly functions: Float32Array;
}

/** Which points of a level become one point of the next coarser one. */
export interface PointGroups {
  /** Of the groups. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** The group of each point; the number of groups for points that take no part. */
  readonly aggregates: Int32Array;
}

/** Side of the squares of pixels of the first aggregation; then 2 x 2 points become one. */
const CELL_SIDE = 5;
const POINT_SIDE = 2;

/** Standard deviation of colors in [0, 1], below which a function follows from the others. */
const MIN_DEVIATION = 0.002;

/** Points of a chunk, at least: few enough that their blocks stay in a processor's cache. */
const CHUNK_POINTS = 100;

/** Levels end where this few points are left. */
const FEW = 8;

/** The points of all levels, from the finest to the coarsest. */
export function groupLevels({ columns, rows, unknown }: BandCells): PointGroups[] {
  const levels = [groupPoints(columns, rows, CELL_SIDE, unknown)];
  for (let last = levels[0]!; last.columns.length > FEW; levels.push(last)) {
    last = groupPoints(last.columns, last.rows, POINT_SIDE);
  }
  return levels;
}

/**
 * Joins unknown pixels in squares. In a square alpha is close to linear in color: that is what the equations of matting
 * say. So the unknowns of a square are the coefficients of four functions: constant, red, green and blue, made
 * orthonormal; functions that follow from others there are left out.
 */
export function aggregateCells(
  matrix: BandMatrix,
  cells: BandCells,
  image: Raster,
  groups: PointGroups,
  kernels: MattingKernels,
): CoarseLevel {
  const { width, channels, data } = image;
  const { count, columns, rows, unknown } = cells;
  const values = new Float32Array(count * BLOCK);
  const toUnit = 1 / sampleMaximum(image);
  for (let cell = 0; cell < count; cell++) {
    if (unknown[cell] === 0) continue;
    const from = (rows[cell]! * width + columns[cell]!) * channels;
    values[cell * 4] = 1;
    values[cell * 4 + 1] = data[from]! * toUnit;
    values[cell * 4 + 2] = data[from + 1]! * toUnit;
    values[cell * 4 + 3] = data[from + 2]! * toUnit;
  }
  const level = orthonormalize(values, groups, 1, kernels);
  addCells(level, matrix, cells, kernels);
  mirrorDiagonal(level.matrix);
  return level;
}

/** Joins the points of a level in groups; the four functions are carried over. */
export function aggregatePoints(
  { matrix, functions }: CoarseLevel,
  groups: PointGroups,
  kernels: MattingKernels,
): CoarseLevel {
  const { columns, diagonal, neighbors, blocks } = matrix;
  const count = columns.length;
  const level = orthonormalize(functions, groups, BLOCK, kernels);
  for (let i = 0; i < count; i++) {
    addBlock(level, i, i, diagonal, i * BLOCK_SIZE, 0.5);
    for (let n = i * BLOCK_REACH; n < (i + 1) * BLOCK_REACH; n++) {
      if (neighbors[n] !== count) addBlock(level, i, neighbors[n]!, blocks, n * BLOCK_SIZE, 1);
    }
  }
  mirrorDiagonal(level.matrix);
  return level;
}

/** Groups points by squares. */
function groupPoints(columns: Int32Array, rows: Int32Array, side: number, takesPart?: Uint8Array): PointGroups {
  let [right, bottom] = [0, 0];
  for (let i = 0; i < columns.length; i++) {
    right = Math.max(right, columns[i]!);
    bottom = Math.max(bottom, rows[i]!);
  }
  const width = Math.floor(right / side) + 1;
  const keys = new Int32Array(columns.length);
  const numbers = new Int32Array(width * (Math.floor(bottom / side) + 1)).fill(-1);
  for (let i = 0; i < keys.length; i++) {
    keys[i] = Math.floor(rows[i]! / side) * width + Math.floor(columns[i]! / side);
    if (takesPart === undefined || takesPart[i] === 1) numbers[keys[i]!] = 0;
  }
  let count = 0;
  for (let key = 0; key < numbers.length; key++) {
    if (numbers[key] === 0) numbers[key] = count++;
  }
  const groups = {
    columns: new Int32Array(count),
    rows: new Int32Array(count),
    aggregates: new Int32Array(keys.length).fill(count),
  };
  for (let i = 0; i < keys.length; i++) {
    if (takesPart !== undefined && takesPart[i] === 0) continue;
    const group = numbers[keys[i]!]!;
    groups.aggregates[i] = group;
    groups.columns[group] = Math.floor(columns[i]! / side);
    groups.rows[group] = Math.floor(rows[i]! / side);
  }
  return groups;
}

/**
 * A level without entries whose four functions are orthonormal in each group: the Cholesky factor of their products
 * turns the finer values of the functions into those of the level.
 *
 * @param values four values an unknown
 * @param unknowns of a finer point
 */
function orthonormalize(
  values: Float32Array,
  { columns, rows, aggregates }: PointGroups,
  unknowns: number,
  kernels: MattingKernels,
): CoarseLevel {
  const count = columns.length;
  // One group more, of points that take no part.
  const products = new Float64Array((count + 1) * BLOCK_SIZE);
  for (let i = 0, at = 0; at < values.length; i++) {
    const out = aggregates[i]! * BLOCK_SIZE;
    for (const end = at + unknowns * BLOCK; at < end; at += BLOCK) {
      const a = values[at]!;
      const b = values[at + 1]!;
      const c = values[at + 2]!;
      const d = values[at + 3]!;
      products[out]! += a * a;
      products[out + 1]! += a * b;
      products[out + 2]! += a * c;
      products[out + 3]! += a * d;
      products[out + 5]! += b * b;
      products[out + 6]! += b * c;
      products[out + 7]! += b * d;
      products[out + 10]! += c * c;
      products[out + 11]! += c * d;
      products[out + 15]! += d * d;
    }
  }
  const functions = products.subarray(0, count * BLOCK_SIZE);
  for (let at = 0; at < functions.length; at += BLOCK_SIZE) factorize(functions, at);
  const interpolation = { aggregates: kernels.int32(aggregates.length), values: kernels.float32(values.length) };
  interpolation.aggregates.set(aggregates);
  const out = interpolation.values;
  for (let i = 0, at = 0; at < values.length; i++) {
    const k = aggregates[i]! * BLOCK_SIZE;
    const [ka, kb, kc, kd] = [products[k]!, products[k + 5]!, products[k + 10]!, products[k + 15]!];
    for (const end = at + unknowns * BLOCK; at < end; at += BLOCK) {
      if (aggregates[i] === count) continue;
      const a = ka === 0 ? 0 : values[at]! / ka;
      const b = kb === 0 ? 0 : (values[at + 1]! - products[k + 1]! * a) / kb;
      const c = kc === 0 ? 0 : (values[at + 2]! - products[k + 2]! * a - products[k + 6]! * b) / kc;
      const rest = values[at + 3]! - products[k + 3]! * a - products[k + 7]! * b - products[k + 11]! * c;
      out[at] = a;
      out[at + 1] = b;
      out[at + 2] = c;
      out[at + 3] = kd === 0 ? 0 : rest / kd;
    }
  }
  const matrix = {
    columns: kernels.int32(count),
    rows: kernels.int32(count),
    diagonal: kernels.float32(count * BLOCK_SIZE),
    neighbors: kernels.int32(count * BLOCK_REACH).fill(count),
    blocks: kernels.float32(count * BLOCK_REACH * BLOCK_SIZE),
    chunks: chunksOf(rows),
  };
  matrix.columns.set(columns);
  matrix.rows.set(rows);
  return { matrix, interpolation, functions: new Float32Array(functions) };
}

/** Divides points in reading order between rows. */
function chunksOf(rows: Int32Array): Range[] {
  const chunks: Range[] = [];
  let begin = 0;
  for (let i = 1; i < rows.length; i++) {
    if (rows[i] === rows[i - 1] || i - begin < CHUNK_POINTS) continue;
    chunks.push([begin, i]);
    begin = i;
  }
  chunks.push([begin, rows.length]);
  return chunks;
}

/** Replaces the upper triangle of a block by its Cholesky factor; rows of functions that follow from others are 0. */
function factorize(blocks: Float64Array, at: number): void {
  const limit = blocks[at]! * MIN_DEVIATION ** 2;
  for (let f = 0; f < BLOCK; f++) {
    const own = at + f * BLOCK;
    const square = blocks[own + f]!;
    const scale = square > limit ? 1 / Math.sqrt(square) : 0;
    for (let g = f; g < BLOCK; g++) blocks[own + g]! *= scale;
    for (let g = f + 1; g < BLOCK; g++) {
      for (let h = g; h < BLOCK; h++) blocks[at + g * BLOCK + h]! -= blocks[own + g]! * blocks[own + h]!;
    }
  }
}

/** Adds the entries of a band's matrix, each but half of the diagonal once. */
function addCells(
  level: CoarseLevel,
  band: BandMatrix,
  { unknown, segments }: BandCells,
  kernels: MattingKernels,
): void {
  const { matrix, interpolation } = level;
  const half = kernels.float32(unknown.length);
  for (let cell = 0; cell < half.length; cell++) half[cell] = 0.5 * unknown[cell]! * band.diagonal[cell]!;
  kernels.addEntries(matrix, interpolation, half, 0, 0, half.length, 0);
  for (let s = 0; s < segments.length; s += SEGMENT) {
    const begin = segments[s]!;
    const end = segments[s + 1]!;
    const below = segments[s + 4]! - begin;
    const belowTwo = segments[s + 5]! - begin;
    for (let plane = 0; plane < BAND_REACH; plane++) {
      const ahead = plane < 2 ? 1 + plane : plane < 7 ? below + plane - 4 : belowTwo + plane - 9;
      kernels.addEntries(matrix, interpolation, band.entries, plane, begin, end, ahead);
    }
  }
}

const product = new Float64Array(BLOCK_SIZE);

/** Adds the block of two points, transformed to their aggregates: `P_i^T block P_j`. */
function addBlock(
  { matrix: { columns, rows, diagonal, neighbors, blocks }, interpolation: { aggregates, values: p } }: CoarseLevel,
  i: number,
  j: number,
  source: Float32Array,
  at: number,
  scale: number,
): void {
  const [first, second] = [aggregates[i]!, aggregates[j]!];
  let out = diagonal;
  let to = first * BLOCK_SIZE;
  if (first !== second) {
    const [low, high] = [Math.min(first, second), Math.max(first, second)];
    const slot = low * BLOCK_REACH + (rows[low] === rows[high] ? 0 : columns[high]! - columns[low]! + 2);
    neighbors[slot] = high;
    out = blocks;
    to = slot * BLOCK_SIZE;
  }
  const [left, right] = [i * BLOCK_SIZE, j * BLOCK_SIZE];
  // First block P_j, then P_i^T times that.
  for (let a = 0; a < BLOCK; a++) {
    const row = at + a * BLOCK;
    const [w, x, y, z] = [source[row]!, source[row + 1]!, source[row + 2]!, source[row + 3]!];
    for (let g = 0; g < BLOCK; g++) {
      const q = right + g;
      product[a * BLOCK + g] = scale * (w * p[q]! + x * p[q + 4]! + y * p[q + 8]! + z * p[q + 12]!);
    }
  }
  const [down, across] = first <= second ? [BLOCK, 1] : [1, BLOCK];
  for (let f = 0; f < BLOCK; f++) {
    const [w, x, y, z] = [p[left + f]!, p[left + 4 + f]!, p[left + 8 + f]!, p[left + 12 + f]!];
    for (let g = 0; g < BLOCK; g++) {
      out[to + f * down + g * across]! +=
        w * product[g]! + x * product[4 + g]! + y * product[8 + g]! + z * product[12 + g]!;
    }
  }
}

/** Entries within an aggregate were added once: their mirror images are added. */
function mirrorDiagonal({ diagonal }: BlockMatrix): void {
  for (let at = 0; at < diagonal.length; at += BLOCK_SIZE) {
    for (let a = 0; a < BLOCK; a++) {
      for (let b = a; b < BLOCK; b++) {
        const sum = diagonal[at + a * BLOCK + b]! + diagonal[at + b * BLOCK + a]!;
        diagonal[at + a * BLOCK + b] = diagonal[at + b * BLOCK + a] = sum;
      }
    }
  }
}
