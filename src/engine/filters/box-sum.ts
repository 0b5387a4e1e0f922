/**
 * Sums over squares of side `2 * radius + 1`, cut off at the edges of the plane, in time that does not
 * depend on the radius. Of `plane` alone, or of its products with `times`.
 *
 * @param scratch of the plane's size, overwritten: to spare the memory where many sums are made
 */
export function boxSum(
  plane: Float32Array,
  width: number,
  height: number,
  radius: number,
  times?: Float32Array,
  scratch: Float32Array = new Float32Array(plane.length),
): Float32Array {
  const reach = Math.min(radius, width);
  // Sums from the beginning of a row, with room for squares that stick out on either side.
  const upTo = new Float64Array(width + 2 * reach + 1);
  for (let row = 0; row < plane.length; row += width) {
    const sum =
      times === undefined
        ? sumRow(plane, row, width, upTo, reach + 1)
        : sumProducts(plane, times, row, width, upTo, reach + 1);
    upTo.fill(sum, reach + 1 + width);
    for (let i = row, from = 0, to = 2 * reach + 1; i < row + width; i++, from++, to++) {
      scratch[i] = upTo[to]! - upTo[from]!;
    }
  }
  const out = new Float32Array(plane.length);
  const sums = new Float64Array(width);
  for (let y = 0; y < Math.min(radius, height); y++) {
    for (let x = 0, i = y * width; x < width; x++, i++) {
      sums[x] = sums[x]! + scratch[i]!;
    }
  }
  const nothing = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    const entering = y + radius < height ? scratch.subarray((y + radius) * width, (y + radius + 1) * width) : nothing;
    const leaving = y >= radius ? scratch.subarray((y - radius) * width, (y - radius + 1) * width) : nothing;
    slideRow(sums, entering, leaving, out.subarray(y * width, (y + 1) * width));
  }
  return out;
}

/** Sums of a row from its beginning up to each value; returns the last. */
function sumRow(plane: Float32Array, row: number, width: number, upTo: Float64Array, to: number): number {
  let sum = 0;
  for (let x = 0; x < width; x++) {
    sum += plane[row + x]!;
    upTo[to + x] = sum;
  }
  return sum;
}

/** The same of products. */
function sumProducts(
  plane: Float32Array,
  times: Float32Array,
  row: number,
  width: number,
  upTo: Float64Array,
  to: number,
): number {
  let sum = 0;
  for (let x = 0; x < width; x++) {
    sum += plane[row + x]! * times[row + x]!;
    upTo[to + x] = sum;
  }
  return sum;
}

/** Takes a row into the sums, hands them out, and takes another row away again. */
function slideRow(sums: Float64Array, entering: Float32Array, leaving: Float32Array, out: Float32Array): void {
  for (let x = 0; x < out.length; x++) {
    const sum = sums[x]! + entering[x]!;
    out[x] = sum;
    sums[x] = sum - leaving[x]!;
  }
}
