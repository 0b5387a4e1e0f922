import type { ColorPlanes } from '../../../src/engine/filters/color-planes.js';
import type { GuidedFitOptions } from '../../../src/engine/filters/guided-filter.js';

/** Ridge regression by normal equations in every square, one after the other, and the mean of what covers a pixel. */
export function guidedFitOracle(
  { width, height, red, green, blue }: ColorPlanes,
  target: Float32Array,
  weights: Float32Array,
  { radius, epsilon }: GuidedFitOptions,
): number[] {
  const square = (x: number, y: number): number[] => {
    const inside: number[] = [];
    for (let sy = y - radius; sy <= y + radius; sy++) {
      for (let sx = x - radius; sx <= x + radius; sx++) {
        if (sx >= 0 && sy >= 0 && sx < width && sy < height) {
          inside.push(sy * width + sx);
        }
      }
    }
    return inside;
  };
  const places = Array.from({ length: width * height }, (_, i) => square(i % width, Math.floor(i / width)));
  const fits = places.map((inside) => {
    const total = inside.reduce((sum, i) => sum + weights[i]!, 0);
    const mean = (value: (i: number) => number): number =>
      inside.reduce((sum, i) => sum + weights[i]! * value(i), 0) / total;
    const colors = [red, green, blue];
    const middles = colors.map((color) => mean((i) => color[i]!));
    const middle = mean((i) => target[i]!);
    const matrix = colors.map((a, m) =>
      colors.map((b, n) => mean((i) => (a[i]! - middles[m]!) * (b[i]! - middles[n]!)) + (m === n ? epsilon : 0)),
    );
    const right = colors.map((color, m) => mean((i) => (color[i]! - middles[m]!) * (target[i]! - middle)));
    const slopes = solve(matrix, right);
    return [...slopes, middle - slopes.reduce((sum, slope, m) => sum + slope * middles[m]!, 0)];
  });
  return places.flatMap((inside) =>
    [0, 1, 2, 3].map((k) => inside.reduce((sum, i) => sum + fits[i]![k]!, 0) / inside.length),
  );
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let best = column;
    for (let row = column; row < n; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[best]![column]!)) best = row;
    }
    [rows[column], rows[best]] = [rows[best]!, rows[column]!];
    for (let row = 0; row < n; row++) {
      if (row !== column) {
        const factor = rows[row]![column]! / rows[column]![column]!;
        rows[row] = rows[row]!.map((value, k) => value - factor * rows[column]![k]!);
      }
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}
