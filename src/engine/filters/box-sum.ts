import { inverseSides, meanInWebAssembly, squareSide } from './square-rows.js';

/**
 * Sums over squares of side `2 * radius + 1`, cut off at the edges of the plane, in time that does not
 * depend on the radius.
 */
function boxSum(plane: Float32Array, width: number, height: number, radius: number): Float32Array {
  const out = new Float32Array(plane.length);
  const columns = new Float64Array(width);
  const reach = Math.min(radius, width);
  // Sums from the beginning of a row, with room for squares that stick out on either side.
  const upTo = new Float64Array(width + 2 * reach + 1);
  for (let y = -radius; y < height; y++) {
    if (y + radius < height) addRow(columns, plane, (y + radius) * width);
    if (y < 0) continue;
    if (y > radius) subtractRow(columns, plane, (y - radius - 1) * width);
    sumRow(columns, upTo, reach, out, y * width);
  }
  return out;
}

/** Means over the same squares. */
export function boxMean(plane: Float32Array, width: number, height: number, radius: number): Float32Array {
  return meanInWebAssembly(plane, width, height, radius) ?? meanInJavaScript(plane, width, height, radius);
}

/** As `boxMean`, without WebAssembly. */
export function meanInJavaScript(plane: Float32Array, width: number, height: number, radius: number): Float32Array {
  const sums = boxSum(plane, width, height, radius);
  const columns = inverseSides(width, radius);
  for (let y = 0; y < height; y++) {
    scaleRow(sums, y * width, columns, 1 / squareSide(y, radius, height));
  }
  return sums;
}

function addRow(columns: Float64Array, plane: Float32Array, row: number): void {
  for (let x = 0; x < columns.length; x++) columns[x]! += plane[row + x]!;
}

function subtractRow(columns: Float64Array, plane: Float32Array, row: number): void {
  for (let x = 0; x < columns.length; x++) columns[x]! -= plane[row + x]!;
}

function sumRow(columns: Float64Array, upTo: Float64Array, reach: number, out: Float32Array, row: number): void {
  const width = columns.length;
  let sum = 0;
  for (let x = 0; x < width; x++) {
    sum += columns[x]!;
    upTo[reach + 1 + x] = sum;
  }
  upTo.fill(sum, reach + 1 + width);
  const side = 2 * reach + 1;
  for (let x = 0; x < width; x++) out[row + x] = upTo[x + side]! - upTo[x]!;
}

function scaleRow(sums: Float32Array, row: number, columns: Float64Array, scale: number): void {
  for (let x = 0; x < columns.length; x++) sums[row + x]! *= columns[x]! * scale;
}
