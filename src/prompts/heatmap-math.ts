import { createHeatmap, type Heatmap, type Mask } from '../raster/index.js';

/** The complement: 1 - x for each pixel. */
export function complement({ width, height, data }: Heatmap): Heatmap {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = 1 - data[i]!;
  }
  return createHeatmap(width, height, out);
}

/** The larger of two probabilities, pixel by pixel. */
export function maximum(a: Heatmap, b: Heatmap): Heatmap {
  const out = new Float32Array(a.data.length);
  for (let i = 0; i < out.length; i++) {
    const x = a.data[i]!;
    const y = b.data[i]!;
    out[i] = x > y ? x : y;
  }
  return createHeatmap(a.width, a.height, out);
}

/** The smaller of two probabilities, pixel by pixel. */
export function minimum(a: Heatmap, b: Heatmap): Heatmap {
  const out = new Float32Array(a.data.length);
  for (let i = 0; i < out.length; i++) {
    const x = a.data[i]!;
    const y = b.data[i]!;
    out[i] = x < y ? x : y;
  }
  return createHeatmap(a.width, a.height, out);
}

/** The difference of two fuzzy sets: the smaller of `a` and `1 - b`. */
export function without(a: Heatmap, b: Heatmap): Heatmap {
  return minimum(a, complement(b));
}

/** Multiplies probabilities by a factor above 0 and clamps them to 1. */
export function scaleHeatmap({ width, height, data }: Heatmap, factor: number): Heatmap {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const value = data[i]! * factor;
    out[i] = value < 1 ? value : 1;
  }
  return createHeatmap(width, height, out);
}

/**
 * Maps probabilities piecewise linearly so that 0, `from` and 1 become 0, `to` and 1.
 * A value of at least `from` becomes at least `to`, in spite of rounding. `from` lies inside (0, 1), `to` in [0, 1].
 */
export function remapProbability({ width, height, data }: Heatmap, from: number, to: number): Heatmap {
  const out = new Float32Array(data.length);
  const below = to / from;
  const above = (1 - to) / (1 - from);
  const limit = Math.fround(from);
  for (let i = 0; i < out.length; i++) {
    const value = data[i]!;
    if (value < limit) {
      out[i] = value * below;
    } else {
      const mapped = 1 - (1 - value) * above;
      out[i] = mapped < to ? to : mapped;
    }
  }
  return createHeatmap(width, height, out);
}

/** Converts coverage 0..255 to probability 0..1. */
export function maskToHeatmap({ width, height, data }: Mask): Heatmap {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[i]! / 255;
  }
  return createHeatmap(width, height, out);
}
