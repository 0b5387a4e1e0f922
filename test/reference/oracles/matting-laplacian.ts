/**
 * The closed-form matting Laplacian as a dense matrix, term by term from the paper:
 * sum over windows of `delta_ij - (1 + (I_i - mean)^T (covariance + epsilon / 9)^-1 (I_j - mean)) / 9`.
 *
 * @param colors three values in [0, 1] a pixel
 */
export function mattingLaplacianOracle(
  colors: ArrayLike<number>,
  width: number,
  height: number,
  epsilon: number,
): number[][] {
  const matrix = Array.from({ length: width * height }, () => Array.from({ length: width * height }, () => 0));
  for (let y = 1; y + 1 < height; y++) {
    for (let x = 1; x + 1 < width; x++) {
      const members = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => (y + dy) * width + x + dx));
      const mean = [0, 1, 2].map((c) => members.reduce((sum, i) => sum + colors[i * 3 + c]!, 0) / 9);
      const centered = members.map((i) => [0, 1, 2].map((c) => colors[i * 3 + c]! - mean[c]!));
      const covariance = [0, 1, 2].map((a) =>
        [0, 1, 2].map((b) => centered.reduce((sum, v) => sum + v[a]! * v[b]!, 0) / 9 + (a === b ? epsilon / 9 : 0)),
      );
      const inverse = invert(covariance);
      members.forEach((i, m) => {
        members.forEach((j, n) => {
          let product = 0;
          for (let a = 0; a < 3; a++) {
            for (let b = 0; b < 3; b++) product += centered[m]![a]! * inverse[a]![b]! * centered[n]![b]!;
          }
          matrix[i]![j]! += (i === j ? 1 : 0) - (1 + product) / 9;
        });
      });
    }
  }
  return matrix;
}

/** Solves `matrix * x = right` by Gaussian elimination with pivoting. */
export function solveDense(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k]![k]!;
      for (let j = k; j <= n; j++) rows[i]![j]! -= factor * rows[k]![j]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

function invert(matrix: readonly (readonly number[])[]): number[][] {
  const columns = [0, 1, 2].map((k) =>
    solveDense(
      matrix,
      [0, 1, 2].map((i) => (i === k ? 1 : 0)),
    ),
  );
  return [0, 1, 2].map((i) => [0, 1, 2].map((k) => columns[k]![i]!));
}
