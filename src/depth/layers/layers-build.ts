import { dilate } from '../../engine/morphology/dilate.js';
import { featureTransform } from '../../engine/distance/feature-transform.js';
import { createMask, createRaster, type Mask, type Raster, sampleMaximum } from '../../raster/index.js';
import { type FillMethod, fillOccluded } from './fill-occluded.js';
import { bandWeights, edgePixels, featherKernel, WEIGHT_TOTAL } from './layers-feather.js';
import type { Bands } from './slice-depth.js';

/** How `buildLayers` makes layers of bands. */
export interface LayerOptions {
  /** Reach of the soft edges in pixels; 0 = hard. */
  readonly featherPx: number;
  /** What is painted into each layer behind the nearer ones. */
  readonly fill?: FillMethod | undefined;
  /** Say where each layer is hidden. */
  readonly occlusions?: boolean | undefined;
  /** The alpha of image-to-layers: its feathered layers do not recompose. */
  readonly compat?: boolean | undefined;
}

/** What `buildLayers` takes where nothing else is asked for. */
export const LAYER_DEFAULTS = { featherPx: 0 } as const satisfies LayerOptions;

/** More reach than this is a gradient across the image, at a cost that grows with it. */
export const MAX_FEATHER_PX = 250;

/** One layer of an image. */
export interface Layer {
  /** 0 = the farthest. */
  readonly index: number;
  /** The image's colors with the layer's alpha. */
  readonly raster: Raster;
  /**
   * 255 where nearer layers hide this one: what an inpainting has to invent. A hidden pixel is taken to go on
   * like the nearest one that is this far or farther: if that is in a layer behind, this one ends before.
   * With `occlusions` or `fill`.
   */
  readonly occlusion: Mask | undefined;
}

/**
 * The image as one layer a band, **from the nearest to the farthest**, one at a time so that only one is in
 * memory. Drawn over one another from the farthest on, they give the image back exactly, sample by sample,
 * its alpha included.
 *
 * A soft edge lies outside its band: a layer fades out over what is behind it, in the image's own colors,
 * and a pixel's own layer takes what rounding left. So nothing of a nearer thing shows in a layer behind it,
 * where it would be seen as soon as the layers move.
 *
 * An image with 16-bit samples gives 16-bit layers. With `compat` samples count as 8-bit.
 */
export function* buildLayers(image: Raster, bands: Bands, options: LayerOptions): Generator<Layer, void, undefined> {
  const { width, height } = image;
  const { featherPx, fill, compat = false } = options;
  const occlusions = options.occlusions === true || fill !== undefined;
  const whole = withAlpha(image);
  const maximum = sampleMaximum(image);
  const kernel = featherKernel(featherPx);
  const edges = featherPx > 0 ? edgePixels(bands, featherPx) : new Int32Array(0);
  const rows = new Uint16Array(featherPx > 0 ? bands.data.length : 0);
  const weights = new Int32Array(edges.length);
  const soft: SoftEdges = {
    edges,
    weights,
    nearer: new Int32Array(edges.length),
    passing: new Float64Array(edges.length).fill(1),
  };
  const covered = new Uint8Array(occlusions ? bands.data.length : 0);
  for (let index = bands.count - 1; index >= 0; index--) {
    const data = keepBand(whole, bands.data, index);
    if (featherPx > 0) {
      bandWeights(bands, index, kernel, edges, rows, weights);
    }
    if (compat) {
      setCompatAlpha(data, whole, soft);
    } else {
      setSoftAlpha(data, whole, bands.data, index, soft);
    }
    let raster = createRaster(width, height, 4, data);
    let occlusion: Mask | undefined;
    if (occlusions) {
      occlusion = findOcclusion(bands, index, covered);
      addCovered(covered, data, maximum);
      if (fill !== undefined) {
        raster = fillOccluded(raster, occlusion, knownPixels(whole, bands, index, occlusion), fill);
      }
    }
    yield { index, raster, occlusion };
  }
}

interface SoftEdges {
  readonly edges: Int32Array;
  /** Of the layer in work. */
  readonly weights: Int32Array;
  /** Weight of all layers nearer than the pixel's own, the one in work included. */
  readonly nearer: Int32Array;
  /** The share of what lies behind that the nearer layers let through, as their samples have it. */
  readonly passing: Float64Array;
}

function withAlpha({ data: source, channels, width, height }: Raster): Uint8Array | Uint16Array {
  if (channels === 4) {
    return source;
  }
  const count = width * height;
  const wide = source instanceof Uint16Array;
  if (!wide && IS_LITTLE_ENDIAN) {
    const pixels = new Uint32Array(count);
    for (let i = 0, j = 0; i < count; i++, j += 3) {
      pixels[i] = source[j]! | (source[j + 1]! << 8) | (source[j + 2]! << 16) | 0xff000000;
    }
    return new Uint8Array(pixels.buffer);
  }
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

/** A copy that is transparent outside the band. */
function keepBand(
  whole: Uint8Array | Uint16Array,
  bands: Uint8Array,
  band: number,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  if (whole instanceof Uint8Array && whole.byteOffset % 4 === 0) {
    // Whole pixels at once: a third of the time.
    const pixels = new Uint32Array(whole.buffer, whole.byteOffset, bands.length);
    const out = new Uint32Array(bands.length);
    for (let start = 0, end = 0; start < out.length; start = end) {
      const isInside = bands[start] === band;
      while (end < out.length && (bands[end] === band) === isInside) {
        end++;
      }
      if (isInside) {
        out.set(pixels.subarray(start, end), start);
      } else {
        for (let i = start; i < end; i++) {
          out[i] = pixels[i]! & COLOR_BITS;
        }
      }
    }
    return new Uint8Array(out.buffer);
  }
  const data = new (whole instanceof Uint8Array ? Uint8Array : Uint16Array)(whole);
  for (let i = 0, a = 3; i < bands.length; i++, a += 4) {
    if (bands[i] !== band) {
      data[a] = 0;
    }
  }
  return data;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bits of a pixel's color, without its alpha, in this machine's order of bytes. */
const COLOR_BITS = new Uint32Array(Uint8Array.of(255, 255, 255, 0).buffer)[0]!;

function findOcclusion({ width, height, data }: Bands, index: number, covered: Uint8Array): Mask {
  if (index === 0) {
    return createMask(width, height, covered.slice());
  }
  const atOrBehind = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    atOrBehind[i] = data[i]! <= index ? 1 : 0;
  }
  const nearest = featureTransform(atOrBehind, width, height);
  const occlusion = createMask(width, height);
  for (let i = 0; i < data.length; i++) {
    occlusion.data[i] = covered[i] !== 0 && data[nearest[i]!] === index ? 255 : 0;
  }
  return occlusion;
}

/** Pixels beside a nearer thing that have some of its color, by the smoothing of its edge. */
const MIXED_PX = 2;

/** 1 where the layer has colors of its own to fill with: in its band, visible, and not next to its occlusion. */
function knownPixels(whole: Uint8Array | Uint16Array, bands: Bands, band: number, occlusion: Mask): Uint8Array {
  const mixed = dilate(occlusion, MIXED_PX).data;
  const visible = new Uint8Array(mixed.length);
  const pure = new Uint8Array(mixed.length);
  let found = 0;
  for (let i = 0, a = 3; i < visible.length; i++, a += 4) {
    if (bands.data[i] === band && whole[a]! > 0) {
      visible[i] = 1;
      pure[i] = mixed[i] === 0 ? 1 : 0;
      found |= pure[i]!;
    }
  }
  return found === 1 ? pure : visible;
}

/**
 * With nearer layers letting through T, the image's alpha A and their common share N of it, alpha is
 * `1 - T' / T`, T' being `1 - A N`, what shall be let through once this layer is drawn too. Rounding down never
 * lets too little through, so that the pixel's own layer can always make up the difference.
 */
function setSoftAlpha(
  data: Uint8Array | Uint16Array,
  whole: Uint8Array | Uint16Array,
  bands: Uint8Array,
  index: number,
  soft: SoftEdges,
): void {
  const { edges, weights, nearer, passing } = soft;
  const maximum = data instanceof Uint16Array ? 65535 : 255;
  for (let k = 0; k < edges.length; k++) {
    const i = edges[k]!;
    const band = bands[i]!;
    if (index < band || (index > band && weights[k] === 0)) {
      continue;
    }
    const a = i * 4 + 3;
    const alpha = whole[a]! / maximum;
    const before = passing[k]!;
    if (index === band) {
      data[a] = before === 0 ? maximum : Math.round(maximum * (1 - (1 - alpha) / before));
      continue;
    }
    nearer[k]! += weights[k]!;
    // Half of the weight is what a straight edge has just outside of it.
    const after = 1 - alpha * Math.min(1, nearer[k]! / (WEIGHT_TOTAL / 2));
    const sample = before === 0 ? 0 : Math.max(0, Math.floor(maximum * (1 - after / before)));
    data[a] = sample;
    passing[k] = before * (1 - sample / maximum);
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
