/** The right half of a normalized Gaussian, from its middle out to `sigmas`. */
export function gaussianKernel(sigma: number, sigmas: number): Float64Array {
  const reach = Math.ceil(sigmas * sigma);
  const half = Float64Array.from({ length: reach + 1 }, (_, x) => Math.exp((-x * x) / (2 * sigma * sigma)));
  const total = half.reduce((sum, weight) => sum + 2 * weight, -half[0]!);
  return half.map((weight) => weight / total);
}
