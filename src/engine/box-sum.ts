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
  const out = new Float32Array(plane.length);
  // First the values, or products, then for each row their sums along it.
  if (times === undefined) {
    out.set(plane);
  } else {
    for (let i = 0; i < plane.length; i++) {
      out[i] = plane[i]! * times[i]!;
    }
  }
  const reach = Math.min(radius, width);
  for (let row = 0; row < out.length; row += width) {
    const end = row + width;
    let sum = 0;
    for (let i = row; i < row + reach; i++) {
      sum += out[i]!;
    }
    for (let i = row; i < end; i++) {
      const enter = i + radius;
      const leave = i - radius;
      sum += enter < end ? out[enter]! : 0;
      scratch[i] = sum;
      sum -= leave >= row ? out[leave]! : 0;
    }
  }
  const sums = new Float64Array(width);
  for (let y = 0; y < Math.min(radius, height); y++) {
    addRow(sums, scratch, y * width, 1);
  }
  for (let y = 0; y < height; y++) {
    if (y + radius < height) {
      addRow(sums, scratch, (y + radius) * width, 1);
    }
    out.set(sums, y * width);
    if (y >= radius) {
      addRow(sums, scratch, (y - radius) * width, -1);
    }
  }
  return out;
}

function addRow(sums: Float64Array, rows: Float32Array, start: number, sign: number): void {
  for (let x = 0; x < sums.length; x++) {
    sums[x] = sums[x]! + sign * rows[start + x]!;
  }
}
