/** A sum of Gaussians over colors. */
export type GaussianMixture = readonly Gaussian[];

/** One component of a mixture, with what its density takes. */
export interface Gaussian {
  /** Share of the mixture, 0..1. */
  readonly share: number;
  readonly mean: readonly [number, number, number];
  /** Upper triangle of the inverse covariance: rr, rg, rb, gg, gb, bb. */
  readonly precision: readonly [number, number, number, number, number, number];
  /** Logarithm of `share` times the density at the mean. */
  readonly logPeak: number;
}

export interface GaussianMixtureOptions {
  /** Number of Gaussians, at most; fewer where there are fewer distinct colors. */
  readonly components?: number | undefined;
  /** Rounds of assigning colors to the likeliest Gaussian and fitting each anew. */
  readonly iterations?: number | undefined;
  /** Variance added to each channel, of colors in [0, 1]: no Gaussian is narrower. */
  readonly noise?: number | undefined;
}

export const GAUSSIAN_MIXTURE_DEFAULTS = {
  components: 5,
  iterations: 4,
  noise: 1e-4,
} as const satisfies GaussianMixtureOptions;

/**
 * Fits a mixture of Gaussians with full covariances to weighted colors. It begins with one Gaussian, splits the one
 * that varies most along its main axis until there are enough (Orchard and Bouman, "Color quantization of images",
 * 1991), and then alternates assignment and fit, as GrabCut does. Deterministic.
 *
 * @param colors three values in [0, 1] a color, interleaved
 * @param weights how much each color counts, 0 or more; not all 0
 */
export function fitGaussianMixture(
  colors: Float32Array,
  weights: Float32Array,
  options: GaussianMixtureOptions = {},
): GaussianMixture {
  const {
    components = GAUSSIAN_MIXTURE_DEFAULTS.components,
    iterations = GAUSSIAN_MIXTURE_DEFAULTS.iterations,
    noise = GAUSSIAN_MIXTURE_DEFAULTS.noise,
  } = options;
  const owners = new Uint8Array(weights.length);
  const moments = [momentsOf(colors, weights, owners, 0)];
  while (moments.length < components) {
    const axes = moments.map((each) => mainAxis(each));
    const widest = axes.reduce(
      (best, { variance }, k) =>
        variance * moments[k]!.weight > axes[best]!.variance * moments[best]!.weight ? k : best,
      0,
    );
    if (!(axes[widest]!.variance > noise)) break;
    const { mean } = moments[widest]!;
    const [x, y, z] = axes[widest]!.direction;
    const level = x * mean[0] + y * mean[1] + z * mean[2];
    for (let i = 0; i < owners.length; i++) {
      if (owners[i] !== widest) continue;
      if (x * colors[i * 3]! + y * colors[i * 3 + 1]! + z * colors[i * 3 + 2]! > level) owners[i] = moments.length;
    }
    moments.push(momentsOf(colors, weights, owners, moments.length));
    moments[widest] = momentsOf(colors, weights, owners, widest);
  }
  let mixture = toMixture(moments, noise);
  for (let round = 0; round < iterations && mixture.length > 1; round++) {
    for (let i = 0; i < owners.length; i++) {
      if (weights[i] !== 0) owners[i] = likeliest(mixture, colors[i * 3]!, colors[i * 3 + 1]!, colors[i * 3 + 2]!);
    }
    const { length } = mixture;
    mixture = toMixture(
      Array.from({ length }, (_, k) => momentsOf(colors, weights, owners, k)),
      noise,
    );
  }
  return mixture;
}

/** Natural logarithm of the mixture's density at each color. */
export function logDensities(mixture: GaussianMixture, colors: Float32Array): Float32Array {
  const out = new Float32Array(colors.length / 3);
  for (let i = 0; i < out.length; i++) {
    const r = colors[i * 3]!;
    const g = colors[i * 3 + 1]!;
    const b = colors[i * 3 + 2]!;
    let most = -Infinity;
    let sum = 0;
    for (const gaussian of mixture) {
      const value = logOf(gaussian, r, g, b);
      if (value > most) {
        sum = sum * Math.exp(most - value) + 1;
        most = value;
      } else {
        sum += Math.exp(value - most);
      }
    }
    out[i] = most + Math.log(sum);
  }
  return out;
}

function logOf({ mean, precision, logPeak }: Gaussian, red: number, green: number, blue: number): number {
  const r = red - mean[0];
  const g = green - mean[1];
  const b = blue - mean[2];
  return (
    logPeak -
    0.5 *
      (r * (precision[0] * r + 2 * (precision[1] * g + precision[2] * b)) +
        g * (precision[3] * g + 2 * precision[4] * b) +
        precision[5] * b * b)
  );
}

function likeliest(mixture: GaussianMixture, red: number, green: number, blue: number): number {
  let best = 0;
  let most = -Infinity;
  for (let k = 0; k < mixture.length; k++) {
    const value = logOf(mixture[k]!, red, green, blue);
    if (value > most) {
      most = value;
      best = k;
    }
  }
  return best;
}

interface Moments {
  readonly weight: number;
  readonly mean: readonly [number, number, number];
  /** Upper triangle: rr, rg, rb, gg, gb, bb. */
  readonly covariance: readonly [number, number, number, number, number, number];
}

function momentsOf(colors: Float32Array, weights: Float32Array, owners: Uint8Array, owner: number): Moments {
  let [n, r, g, b, rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < owners.length; i++) {
    const weight = owners[i] === owner ? weights[i]! : 0;
    if (weight === 0) continue;
    const x = colors[i * 3]!;
    const y = colors[i * 3 + 1]!;
    const z = colors[i * 3 + 2]!;
    n += weight;
    r += weight * x;
    g += weight * y;
    b += weight * z;
    rr += weight * x * x;
    rg += weight * x * y;
    rb += weight * x * z;
    gg += weight * y * y;
    gb += weight * y * z;
    bb += weight * z * z;
  }
  const scale = n === 0 ? 0 : 1 / n;
  r *= scale;
  g *= scale;
  b *= scale;
  return {
    weight: n,
    mean: [r, g, b],
    covariance: [
      Math.max(rr * scale - r * r, 0),
      rg * scale - r * g,
      rb * scale - r * b,
      Math.max(gg * scale - g * g, 0),
      gb * scale - g * b,
      Math.max(bb * scale - b * b, 0),
    ],
  };
}

function toMixture(moments: readonly Moments[], noise: number): GaussianMixture {
  const total = moments.reduce((sum, { weight }) => sum + weight, 0);
  return moments
    .filter(({ weight }) => weight > 0)
    .map(({ weight, mean, covariance }) => {
      const [rr, rg, rb, gg, gb, bb] = [
        covariance[0] + noise,
        covariance[1],
        covariance[2],
        covariance[3] + noise,
        covariance[4],
        covariance[5] + noise,
      ];
      const c00 = gg * bb - gb * gb;
      const c01 = rb * gb - rg * bb;
      const c02 = rg * gb - rb * gg;
      const determinant = rr * c00 + rg * c01 + rb * c02;
      const inverse = 1 / determinant;
      return {
        share: weight / total,
        mean,
        precision: [
          c00 * inverse,
          c01 * inverse,
          c02 * inverse,
          (rr * bb - rb * rb) * inverse,
          (rg * rb - rr * gb) * inverse,
          (rr * gg - rg * rg) * inverse,
        ],
        logPeak: Math.log(weight / total) - 0.5 * (Math.log(determinant) + 3 * Math.log(2 * Math.PI)),
      };
    });
}

/** The direction of greatest variance, by power iteration. */
function mainAxis({ covariance: [rr, rg, rb, gg, gb, bb] }: Moments): {
  readonly direction: readonly [number, number, number];
  readonly variance: number;
} {
  // Begins along the channel that varies most, so that it is not orthogonal to the answer.
  let [x, y, z] = rr >= gg && rr >= bb ? [rr, rg, rb] : gg >= bb ? [rg, gg, gb] : [rb, gb, bb];
  let variance = 0;
  for (let round = 0; round < 12; round++) {
    const length = Math.hypot(x, y, z);
    if (length === 0) break;
    [x, y, z] = [x / length, y / length, z / length];
    [x, y, z] = [rr * x + rg * y + rb * z, rg * x + gg * y + gb * z, rb * x + gb * y + bb * z];
    variance = Math.hypot(x, y, z);
  }
  return { direction: [x, y, z], variance };
}
