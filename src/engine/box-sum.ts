/**
 * Sums over squares of side `2 * radius + 1`, cut off at the edges of the plane, in time that does not
 * depend on the radius. Writes into `out` when it is given; it must not be `plane`.
 */
export function boxSum(
  plane: Float32Array,
  width: number,
  height: number,
  radius: number,
  out: Float32Array = new Float32Array(plane.length),
): Float32Array {
  const rows = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x++) {
      sum += plane[row + x]!;
    }
    for (let x = 0; x < width; x++) {
      if (x + radius < width) {
        sum += plane[row + x + radius]!;
      }
      rows[row + x] = sum;
      if (x >= radius) {
        sum -= plane[row + x - radius]!;
      }
    }
  }
  const sums = new Float64Array(width);
  for (let y = 0; y < Math.min(radius, height); y++) {
    for (let x = 0; x < width; x++) {
      sums[x] = sums[x]! + rows[y * width + x]!;
    }
  }
  for (let y = 0; y < height; y++) {
    const enter = y + radius < height ? (y + radius) * width : -1;
    const leave = y - radius >= 0 ? (y - radius) * width : -1;
    const row = y * width;
    for (let x = 0; x < width; x++) {
      let sum = sums[x]!;
      if (enter >= 0) {
        sum += rows[enter + x]!;
      }
      out[row + x] = sum;
      sums[x] = leave >= 0 ? sum - rows[leave + x]! : sum;
    }
  }
  return out;
}
