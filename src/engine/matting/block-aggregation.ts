import { type Raster, sampleMaximum } from '../../raster/index.js';
import type { BandCells } from './band-cells.js';
import { BAND_REACH, type BandMatrix } from './band-matrix.js';
import { BLOCK, BLOCK_REACH, BLOCK_SIZE, type BlockMatrix } from './block-matrix.js';

/** A matrix and how it came from the next finer one. */
export interface CoarseLevel {
  readonly matrix: BlockMatrix;
  /** The aggregate of each finer unknown's point: a point of `matrix`; the number of points for those of none. */
  readonly aggregates: Int32Array;
  /** How each finer unknown follows from the four of its aggregate: four values each. */
  readonly interpolation: Float64Array;
  /** The constant, red, green and blue as values of the coarse unknowns: four values each. */
  readonly functions: Float64Array;
}

/** Side of the squares of pixels of the first aggregation; then 2 x 2 points become one. */
const CELL_SIDE = 5;
const POINT_SIDE = 2;

/** Standard deviation of colors in [0, 1], below which a function follows from the others. */
const MIN_DEVIATION = 0.002;

/**
 * Joins unknown pixels in squares. In a square alpha is close to linear in color: that is what the equations of matting
 * say. So the unknowns of a square are the coefficients of four functions: constant, red, green and blue, made
 * orthonormal; functions that follow from others there are left out.
 */
export function aggregateCells(matrix: BandMatrix, cells: BandCells, image: Raster): CoarseLevel {
  const { width, channels, data } = image;
  const { count, pixels, unknown } = cells;
  const grid = groupPoints(
    pixels.map((pixel) => pixel % width),
    pixels.map((pixel) => Math.floor(pixel / width)),
    CELL_SIDE,
    unknown,
  );
  const values = new Float64Array(count * BLOCK);
  const toUnit = 1 / sampleMaximum(image);
  for (let cell = 0; cell < count; cell++) {
    if (unknown[cell] === 0) continue;
    const from = pixels[cell]! * channels;
    values[cell * 4] = 1;
    values[cell * 4 + 1] = data[from]! * toUnit;
    values[cell * 4 + 2] = data[from + 1]! * toUnit;
    values[cell * 4 + 3] = data[from + 2]! * toUnit;
  }
  const level = orthonormalize(values, grid, 1);
  addCells(level, matrix, unknown);
  mirrorDiagonal(level.matrix);
  return level;
}

/** Joins the points of a level in squares of 2 x 2; the four functions are carried over. */
export function aggregatePoints({ matrix, functions }: CoarseLevel): CoarseLevel {
  const { columns, rows, diagonal, neighbors, blocks } = matrix;
  const count = columns.length;
  const level = orthonormalize(functions, groupPoints(columns, rows, POINT_SIDE), BLOCK);
  for (let i = 0; i < count; i++) {
    addBlock(level, i, i, diagonal, i * BLOCK_SIZE, 0.5);
    for (let n = i * BLOCK_REACH; n < (i + 1) * BLOCK_REACH; n++) {
      if (neighbors[n] !== count) addBlock(level, i, neighbors[n]!, blocks, n * BLOCK_SIZE, 1);
    }
  }
  mirrorDiagonal(level.matrix);
  return level;
}

interface Groups {
  /** Of the groups. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** The group of each point; the number of groups for points that take no part. */
  readonly aggregates: Int32Array;
}

/** Groups points by squares. */
function groupPoints(columns: Int32Array, rows: Int32Array, side: number, takesPart?: Uint8Array): Groups {
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
function orthonormalize(values: Float64Array, { columns, rows, aggregates }: Groups, unknowns: number): CoarseLevel {
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
  const interpolation = new Float64Array(values.length);
  for (let i = 0, at = 0; at < values.length; i++) {
    const from = aggregates[i]! * BLOCK_SIZE;
    for (const end = at + unknowns * BLOCK; at < end; at += BLOCK) {
      for (let f = 0; f < BLOCK; f++) {
        const length = products[from + f * 5]!;
        if (aggregates[i] === count || length === 0) continue;
        let value = values[at + f]!;
        for (let g = 0; g < f; g++) value -= products[from + g * BLOCK + f]! * interpolation[at + g]!;
        interpolation[at + f] = value / length;
      }
    }
  }
  const matrix = {
    columns,
    rows,
    diagonal: new Float64Array(count * BLOCK_SIZE),
    neighbors: new Int32Array(count * BLOCK_REACH).fill(count),
    blocks: new Float64Array(count * BLOCK_REACH * BLOCK_SIZE),
  };
  return { matrix, aggregates, interpolation, functions };
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
  { matrix: { columns, rows, diagonal, neighbors, blocks }, aggregates, interpolation: p }: CoarseLevel,
  band: BandMatrix,
  unknown: Uint8Array,
): void {
  const { entries, below, belowTwo } = band;
  for (let cell = 0; cell < unknown.length; cell++) {
    if (unknown[cell] === 0) continue;
    const own = aggregates[cell]!;
    addOuterProduct(diagonal, own * BLOCK_SIZE, 0.5 * band.diagonal[cell]!, p, cell * BLOCK, cell * BLOCK);
    for (let k = 0; k < BAND_REACH; k++) {
      const entry = entries[cell * BAND_REACH + k]!;
      if (entry === 0) continue;
      const other = k < 2 ? cell + 1 + k : k < 7 ? below[cell]! + k - 4 : belowTwo[cell]! + k - 9;
      const second = aggregates[other]!;
      if (second === own) {
        addOuterProduct(diagonal, own * BLOCK_SIZE, entry, p, cell * BLOCK, other * BLOCK);
      } else if (second > own) {
        const slot = own * BLOCK_REACH + (rows[own] === rows[second] ? 0 : columns[second]! - columns[own]! + 2);
        neighbors[slot] = second;
        addOuterProduct(blocks, slot * BLOCK_SIZE, entry, p, cell * BLOCK, other * BLOCK);
      } else {
        const slot = second * BLOCK_REACH + (rows[own] === rows[second] ? 0 : columns[own]! - columns[second]! + 2);
        neighbors[slot] = own;
        addOuterProduct(blocks, slot * BLOCK_SIZE, entry, p, other * BLOCK, cell * BLOCK);
      }
    }
  }
}

/** `out += entry * p_from p_to^T`. */
function addOuterProduct(
  out: Float64Array,
  at: number,
  entry: number,
  p: Float64Array,
  from: number,
  to: number,
): void {
  const w = p[to]!;
  const x = p[to + 1]!;
  const y = p[to + 2]!;
  const z = p[to + 3]!;
  const a = entry * p[from]!;
  out[at]! += a * w;
  out[at + 1]! += a * x;
  out[at + 2]! += a * y;
  out[at + 3]! += a * z;
  const b = entry * p[from + 1]!;
  out[at + 4]! += b * w;
  out[at + 5]! += b * x;
  out[at + 6]! += b * y;
  out[at + 7]! += b * z;
  const c = entry * p[from + 2]!;
  out[at + 8]! += c * w;
  out[at + 9]! += c * x;
  out[at + 10]! += c * y;
  out[at + 11]! += c * z;
  const d = entry * p[from + 3]!;
  out[at + 12]! += d * w;
  out[at + 13]! += d * x;
  out[at + 14]! += d * y;
  out[at + 15]! += d * z;
}

/** Adds the block of two points, transformed to their aggregates: `P_i^T block P_j`. */
function addBlock(
  { matrix: { columns, rows, diagonal, neighbors, blocks }, aggregates, interpolation: p }: CoarseLevel,
  i: number,
  j: number,
  source: Float64Array,
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
  for (let a = 0; a < BLOCK; a++) {
    for (let b = 0; b < BLOCK; b++) {
      const entry = scale * source[at + a * BLOCK + b]!;
      if (entry === 0) continue;
      if (first <= second) addOuterProduct(out, to, entry, p, left + a * BLOCK, right + b * BLOCK);
      else addOuterProduct(out, to, entry, p, right + b * BLOCK, left + a * BLOCK);
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
