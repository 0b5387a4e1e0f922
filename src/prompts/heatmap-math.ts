import { createHeatmap, type Heatmap, type Mask } from '../raster/index.js';

/** 1 - x. */
export function complement({ width, height, data }: Heatmap): Heatmap {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = 1 - data[i]!;
  }
  return createHeatmap(width, height, out);
}

/** The larger of both. */
export function maximum(a: Heatmap, b: Heatmap): Heatmap {
  const out = new Float32Array(a.data.length);
  for (let i = 0; i < out.length; i++) {
    const x = a.data[i]!;
    const y = b.data[i]!;
    out[i] = x > y ? x : y;
  }
  return createHeatmap(a.width, a.height, out);
}

/** The smaller of both. */
export function minimum(a: Heatmap, b: Heatmap): Heatmap {
  const out = new Float32Array(a.data.length);
  for (let i = 0; i < out.length; i++) {
    const x = a.data[i]!;
    const y = b.data[i]!;
    out[i] = x < y ? x : y;
  }
  return createHeatmap(a.width, a.height, out);
}

/** The first without the second: the smaller of `a` and `1 - b`. */
export function without(a: Heatmap, b: Heatmap): Heatmap {
  return minimum(a, complement(b));
}

/** Times a factor above 0, at most 1. */
export function scaleHeatmap({ width, height, data }: Heatmap, factor: number): Heatmap {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const value = data[i]! * factor;
    out[i] = value < 1 ? value : 1;
  }
  return createHeatmap(width, height, out);
}

/**
 * Bends probabilities so that `from` becomes `to`: linear below and above, 0 stays 0 and 1 stays 1.
 * What is at least `from` comes out as at least `to`. `from` lies inside (0, 1), `to` in [0, 1].
 */
export function bendHeatmap({ width, height, data }: Heatmap, from: number, to: number): Heatmap {
  const out = new Float32Array(data.length);
  const below = to / from;
  const above = (1 - to) / (1 - from);
  const limit = Math.fround(from);
  for (let i = 0; i < out.length; i++) {
    const value = data[i]!;
    if (value < limit) {
      out[i] = value * below;
    } else {
      const bent = 1 - (1 - value) * above;
      out[i] = bent < to ? to : bent;
    }
  }
  return createHeatmap(width, height, out);
}

/** Coverage 0..255 as probability 0..1. */
export function maskToHeatmap({ width, height, data }: Mask): Heatmap {
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[i]! / 255;
  }
  return createHeatmap(width, height, out);
}
