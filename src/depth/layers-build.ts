import { createMask, createRaster, type Mask, type Raster, sampleMaximum } from '../raster/index.js';
import { type FillMethod, fillHole } from './fill-hole.js';
import { bandWeights, edgePixels, featherKernel, WEIGHT_TOTAL } from './layers-feather.js';
import type { Bands } from './slice-depth.js';

export interface LayerOptions {
  /** Reach of the soft edges in pixels; 0 = hard. */
  readonly featherPx: number;
  /** What is painted into each layer behind the nearer ones. */
  readonly fill?: FillMethod | undefined;
  /** Say where each layer is hidden. */
  readonly holes?: boolean | undefined;
  /** The alpha of image-to-layers: its feathered layers do not recompose. */
  readonly compat?: boolean | undefined;
}

export const LAYER_DEFAULTS = { featherPx: 0 } as const satisfies LayerOptions;

/** More reach than this is a gradient across the picture, at a cost that grows with it. */
export const MAX_FEATHER_PX = 250;

export interface Layer {
  /** 0 = the farthest. */
  readonly index: number;
  /** The picture's colours with the layer's alpha. */
  readonly raster: Raster;
  /** 255 where nearer layers hide this one completely: what an inpainting has to invent. With `holes` or `fill`. */
  readonly hole: Mask | undefined;
}

/**
 * The picture as one layer a band, **from the nearest to the farthest**, one at a time so that only one is in
 * memory. Drawn over one another from the farthest on, they give the picture back exactly, sample by sample,
 * its alpha included: each layer's alpha is its feathered weight over the weight of itself and everything
 * behind it, and the farthest one at a pixel takes what rounding left.
 *
 * A picture with 16-bit samples gives 16-bit layers. With `compat` samples count as 8-bit.
 */
export function* buildLayers(picture: Raster, bands: Bands, options: LayerOptions): Generator<Layer, void, undefined> {
  const { width, height } = picture;
  const { featherPx, fill, compat = false } = options;
  const holes = options.holes === true || fill !== undefined;
  const whole = withAlpha(picture);
  const maximum = sampleMaximum(picture);
  const kernel = featherKernel(featherPx);
  const edges = featherPx > 0 ? edgePixels(bands, featherPx) : new Int32Array(0);
  const rows = new Uint16Array(featherPx > 0 ? bands.data.length : 0);
  const weights = new Int32Array(edges.length);
  const soft: SoftEdges = {
    edges,
    weights,
    behind: new Int32Array(edges.length).fill(WEIGHT_TOTAL),
    passing: new Float64Array(edges.length).fill(1),
  };
  const covered = new Uint8Array(holes ? bands.data.length : 0);
  for (let index = bands.count - 1; index >= 0; index--) {
    const data = whole.slice();
    keepBand(data, bands.data, index);
    if (featherPx > 0) {
      bandWeights(bands, index, kernel, edges, rows, weights);
    }
    if (compat) {
      setCompatAlpha(data, whole, soft);
    } else {
      setSoftAlpha(data, whole, maximum, soft);
    }
    let raster = createRaster(width, height, 4, data);
    let hole: Mask | undefined;
    if (holes) {
      hole = createMask(width, height, covered.slice());
      addCovered(covered, data, maximum);
      if (fill !== undefined) {
        raster = fillHole(raster, hole, knownPixels(whole, bands.data, index), fill);
      }
    }
    yield { index, raster, hole };
  }
}

interface SoftEdges {
  readonly edges: Int32Array;
  /** Of the layer in work. */
  readonly weights: Int32Array;
  /** Weight of the layer in work and all behind it. */
  readonly behind: Int32Array;
  /** The share of what lies behind that the nearer layers let through, as their samples have it. */
  readonly passing: Float64Array;
}

function withAlpha({ data: source, channels, width, height }: Raster): Uint8Array | Uint16Array {
  if (channels === 4) {
    return source;
  }
  const count = width * height;
  const wide = source instanceof Uint16Array;
  const data = wide ? new Uint16Array(count * 4) : new Uint8Array(count * 4);
  const maximum = wide ? 65535 : 255;
  for (let i = 0, j = 0, k = 0; i < count; i++, j += 3, k += 4) {
    data[k] = source[j]!;
    data[k + 1] = source[j + 1]!;
    data[k + 2] = source[j + 2]!;
    data[k + 3] = maximum;
  }
  return data;
}

function keepBand(data: Uint8Array | Uint16Array, bands: Uint8Array, band: number): void {
  for (let i = 0, a = 3; i < bands.length; i++, a += 4) {
    if (bands[i] !== band) {
      data[a] = 0;
    }
  }
}

/** 1 where the layer shows its own colours: in its band, and not where the picture is transparent. */
function knownPixels(whole: Uint8Array | Uint16Array, bands: Uint8Array, band: number): Uint8Array {
  return bands.map((value, i) => (value === band && whole[i * 4 + 3]! > 0 ? 1 : 0));
}

/**
 * With nearer layers letting through T, the picture's alpha A and this layer's share of it, alpha is
 * `1 - T' / T`, T' being what shall be let through afterwards: `1 - A` and the part of A that lies behind.
 * Rounding down never lets too little through, so that the last layer can always make up the difference.
 */
function setSoftAlpha(
  data: Uint8Array | Uint16Array,
  whole: Uint8Array | Uint16Array,
  maximum: number,
  soft: SoftEdges,
): void {
  const { edges, weights, behind, passing } = soft;
  for (let k = 0; k < edges.length; k++) {
    const a = edges[k]! * 4 + 3;
    const weight = weights[k]!;
    if (weight === 0) {
      data[a] = 0;
      continue;
    }
    const alpha = whole[a]! / maximum;
    const left = behind[k]! - weight;
    const before = passing[k]!;
    const after = 1 - alpha + alpha * (left / WEIGHT_TOTAL);
    const sample = maximum * (1 - after / before);
    const rounded = left === 0 ? Math.round(sample) : Math.max(0, Math.floor(sample));
    data[a] = rounded;
    behind[k] = left;
    passing[k] = before * (1 - rounded / maximum);
  }
}

/** `trunc(weight * alpha / 255 * 255)` in float32, step by step. */
function setCompatAlpha(
  data: Uint8Array | Uint16Array,
  whole: Uint8Array | Uint16Array,
  { edges, weights }: SoftEdges,
): void {
  const { fround } = Math;
  const hard = Uint8Array.from({ length: 256 }, (_, alpha) => fround(fround(alpha / 255) * 255));
  for (let a = 3; a < data.length; a += 4) {
    data[a] = hard[data[a]!]!;
  }
  for (let k = 0; k < edges.length; k++) {
    const a = edges[k]! * 4 + 3;
    data[a] = fround(fround(fround((weights[k]! / WEIGHT_TOTAL) * whole[a]!) / 255) * 255);
  }
}

function addCovered(covered: Uint8Array, data: Uint8Array | Uint16Array, maximum: number): void {
  for (let i = 0, a = 3; i < covered.length; i++, a += 4) {
    if (data[a] === maximum) {
      covered[i] = 255;
    }
  }
}
