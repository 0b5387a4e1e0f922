/** The source samples and weights behind every output position along one axis. */
export interface AxisWeights {
  /** First source sample of each output; the others follow it. */
  readonly firsts: Int32Array;
  /** Weights of output `i` are `starts[i]` up to `starts[i + 1]`. */
  readonly starts: Int32Array;
  /** Weights of one output add up to 1. */
  readonly weights: Float64Array;
}

/**
 * A resampling filter: the taps that bring `from` samples to `to`, with half-pixel centers. Samples beyond
 * an edge are the edge's own, except with Pillow's filters, which leave them out.
 */
export type ResampleFilter = (from: number, to: number) => AxisWeights;

/** Linear interpolation between the two nearest samples in both directions, as `align_corners=False` has it. */
export const linear: ResampleFilter = (from, to) =>
  interpolate(from, to, 0, 2, (t, weights) => {
    weights[0] = 1 - t;
    weights[1] = t;
  });

/** Averages by area where the axis shrinks; interpolates linearly where it grows. */
export const areaOrLinear: ResampleFilter = (from, to) => (from > to ? averageArea(from, to) : linear(from, to));

/** Averages by area where the axis shrinks; Keys' cubic with a = -0.5 (Catmull-Rom) where it grows. */
export const areaOrCubic: ResampleFilter = (from, to) =>
  from > to
    ? averageArea(from, to)
    : interpolate(from, to, -1, 4, (t, weights) => {
        weights[0] = ((2 - t) * t - 1) * t * 0.5;
        weights[1] = ((3 * t - 5) * t * t + 2) * 0.5;
        weights[2] = ((4 - 3 * t) * t + 1) * t * 0.5;
        weights[3] = (t - 1) * t * t * 0.5;
      });

/**
 * A Gaussian of the standard deviation `(from / to - 1) / 2` before linear interpolation where the axis shrinks, cut off at three
 * deviations and mirrored at the edges. The rule of scikit-image's `resize(anti_aliasing=True)`, as transformers has it for OWLv2.
 */
export const gaussianOrLinear: ResampleFilter = (from, to) => {
  const scale = from / to;
  if (scale <= 1) {
    return linear(from, to);
  }
  const deviation = (scale - 1) / 2;
  const radius = Math.ceil(3 * deviation);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, k) => Math.exp(-0.5 * ((k - radius) / deviation) ** 2));
  const sum = kernel.reduce((total, value) => total + value, 0);
  const last = from - 1;
  const mirror = (index: number): number => (index < 0 ? -index : index > last ? 2 * last - index : index);
  return collectWeights(from, to, 2 * radius + 4, (i, weights) => {
    const position = (i + 0.5) * scale - 0.5;
    const left = Math.floor(position);
    // What is mirrored at the last sample reaches one or two samples further back.
    const first = Math.max(0, left - radius - 2);
    for (let k = -radius; k <= radius; k++) {
      const weight = kernel[k + radius]! / sum;
      const [near, next] = [mirror(left + k) - first, mirror(left + 1 + k) - first];
      weights[near] = weights[near]! + weight * (left + 1 - position);
      weights[next] = weights[next]! + weight * (position - left);
    }
    return first;
  });
};

/** Pillow stores weights as integers with this many binary places. */
const PILLOW_UNIT = 1 << 22;

/** Pillow's `BILINEAR`: a triangle that is as wide as the output pixels. */
export const antialiasedTriangle: ResampleFilter = pillowFilter(1, (x) => Math.max(0, 1 - x));

/** Pillow's `BICUBIC`: Keys' cubic with a = -0.5, as wide as the output pixels. */
export const antialiasedCubic: ResampleFilter = pillowFilter(2, (x) =>
  x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0,
);

/** A filter of Pillow by its radius and its kernel over distances; weights are rounded to 22 binary places. */
function pillowFilter(radius: number, kernel: (distance: number) => number): ResampleFilter {
  return (from, to) => {
    const scale = from / to;
    const stretch = Math.max(scale, 1);
    const support = radius * stretch;
    const taps = Math.ceil(support) * 2 + 1;
    return collectWeights(from, to, taps, (i, weights) => {
      const center = (i + 0.5) * scale;
      const first = Math.max(0, Math.trunc(center - support + 0.5));
      const count = Math.min(from, Math.trunc(center + support + 0.5)) - first;
      let sum = 0;
      for (let k = 0; k < count; k++) {
        weights[k] = kernel(Math.abs((k + first - center + 0.5) / stretch));
        sum += weights[k]!;
      }
      for (let k = 0; k < count; k++) {
        const scaled = (weights[k]! / sum) * PILLOW_UNIT;
        weights[k] = Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5)) / PILLOW_UNIT;
      }
      return first;
    });
  };
}

function averageArea(from: number, to: number): AxisWeights {
  const scale = from / to;
  return collectWeights(from, to, Math.ceil(scale) + 1, (i, weights) => {
    const begin = i * scale;
    const end = Math.min((i + 1) * scale, from);
    const first = Math.floor(begin);
    for (let s = first; s < end; s++) {
      weights[s - first] = (Math.min(s + 1, end) - Math.max(s, begin)) / (end - begin);
    }
    return first;
  });
}

/** `weigh` fills in the weights of `taps` neighbors, by the fraction past the nearest below; `before` is the first. */
function interpolate(
  from: number,
  to: number,
  before: number,
  taps: number,
  weigh: (t: number, weights: Float64Array) => void,
): AxisWeights {
  const scale = from / to;
  return collectWeights(from, to, taps, (i, weights) => {
    const position = (i + 0.5) * scale - 0.5;
    const low = Math.floor(position);
    weigh(position - low, weights);
    return low + before;
  });
}

/**
 * `weigh` writes the weights of an output, at most `taps` (the others are 0), and returns the index of its
 * first sample. Weights beyond an edge are added to the edge's.
 */
function collectWeights(
  from: number,
  to: number,
  taps: number,
  weigh: (i: number, weights: Float64Array) => number,
): AxisWeights {
  const firsts = new Int32Array(to);
  const starts = new Int32Array(to + 1);
  const all = new Float64Array(to * taps);
  const weights = new Float64Array(taps);
  let count = 0;
  for (let i = 0; i < to; i++) {
    const first = weigh(i, weights.fill(0));
    firsts[i] = Math.min(Math.max(first, 0), from - 1);
    for (let k = 0; k < taps; k++) {
      if (weights[k] !== 0) {
        const index = Math.min(Math.max(first + k, 0), from - 1);
        const at = starts[i]! + index - firsts[i]!;
        all[at] = all[at]! + weights[k]!;
        count = at + 1;
      }
    }
    starts[i + 1] = count;
  }
  return { firsts, starts, weights: all.subarray(0, count) };
}
