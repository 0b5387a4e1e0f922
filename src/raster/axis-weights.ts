/** The source samples and weights behind every output position along one axis. */
export interface AxisWeights {
  /** Taps of output `i` are `starts[i]` up to `starts[i + 1]`. */
  readonly starts: Int32Array;
  readonly indexes: Int32Array;
  /** Weights of one output add up to 1. */
  readonly weights: Float32Array;
}

/**
 * Weights that bring `from` samples to `to`, half-pixel centers, edges clamped. Shrinking averages by
 * area; enlarging interpolates, linearly or by Catmull-Rom (Keys' cubic with a = -0.5).
 */
export function axisWeights(from: number, to: number, enlarge: 'linear' | 'cubic'): AxisWeights {
  const scale = from / to;
  const tapsPerOutput = scale > 1 ? Math.ceil(scale) + 1 : enlarge === 'linear' ? 2 : 4;
  const starts = new Int32Array(to + 1);
  const indexes = new Int32Array(to * tapsPerOutput);
  const weights = new Float32Array(to * tapsPerOutput);
  let count = 0;
  const add = (index: number, weight: number): void => {
    if (weight !== 0) {
      indexes[count] = Math.min(Math.max(index, 0), from - 1);
      weights[count++] = weight;
    }
  };
  for (let i = 0; i < to; i++) {
    if (scale > 1) {
      const begin = i * scale;
      const end = Math.min((i + 1) * scale, from);
      for (let s = Math.floor(begin); s < end; s++) {
        add(s, (Math.min(s + 1, end) - Math.max(s, begin)) / (end - begin));
      }
    } else {
      const position = (i + 0.5) * scale - 0.5;
      const low = Math.floor(position);
      const t = position - low;
      if (enlarge === 'linear') {
        add(low, 1 - t);
        add(low + 1, t);
      } else {
        add(low - 1, ((2 - t) * t - 1) * t * 0.5);
        add(low, ((3 * t - 5) * t * t + 2) * 0.5);
        add(low + 1, ((4 - 3 * t) * t + 1) * t * 0.5);
        add(low + 2, (t - 1) * t * t * 0.5);
      }
    }
    starts[i + 1] = count;
  }
  return { starts, indexes: indexes.subarray(0, count), weights: weights.subarray(0, count) };
}
