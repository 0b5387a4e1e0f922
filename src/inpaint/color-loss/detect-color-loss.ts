import { connectedComponents } from '../../engine/index.js';
import { createMask, type Raster, toEightBit } from '../../raster/index.js';
import { classifyHiddenColor } from './classify-hidden-color.js';
import { measureHole } from './measure-hidden-color.js';
import { spreadInward } from './spread-inward.js';

/** What became of the color under transparency: see `classifyHiddenColor`; `coarse` is color in the steps of premultiplied samples. */
export type ColorLossKind = 'flat' | 'bled' | 'smoothed' | 'coarse';

/** What is left of the colors under transparency. */
export interface ColorLoss {
  /** Fully transparent pixels. */
  readonly hidden: number;
  /** Those of them whose color some program made up. */
  readonly erased: number;
  /** Nearly transparent pixels: alpha 1 to 40 of 255. */
  readonly faint: number;
  /** Those of them whose color went through premultiplied 8-bit samples. */
  readonly coarse: number;
  /** `erased` and `coarse` as a share of `hidden` and `faint`, 0..1. */
  readonly share: number;
  /** What happened to most of them; undefined where nothing was lost. */
  readonly kind: ColorLossKind | undefined;
}

/** Above this share color counts as lost; below are a few pixels that look so by chance. */
export const LOST_SHARE = 0.02;

const FAINT_ALPHA = 40;
const OPAQUE_ALPHA = 250;

/**
 * Tells color that was kept under transparency from color that was erased, by comparing each hole with its
 * surroundings: under a hole an image has the noise and detail that it has around it, while a flat color, a
 * bleed from the edge or a smooth fill has not. Nearly transparent pixels are looked at for the coarse
 * steps that premultiplied samples leave.
 *
 * A hole inside a region that is itself flat or smooth cannot be judged, nor is much lost there: it counts as
 * kept. 16-bit samples are judged as 8-bit.
 */
export function detectColorLoss(raster: Raster): ColorLoss {
  if (raster.channels === 3) {
    return { hidden: 0, erased: 0, faint: 0, coarse: 0, share: 0, kind: undefined };
  }
  const data = toEightBit(raster).data as Uint8Array;
  const holes = classifyHiddenColors(data, raster.width, raster.height);
  const { faint, coarse } = judgeFaint(data, raster.width, raster.height);
  const erased = holes.flat + holes.bled + holes.smoothed;
  const looked = holes.hidden + faint;
  const counts = { flat: holes.flat, bled: holes.bled, smoothed: holes.smoothed, coarse };
  const kinds = Object.keys(counts) as ColorLossKind[];
  const most = kinds.reduce((best, kind) => (counts[kind] > counts[best] ? kind : best));
  return {
    hidden: holes.hidden,
    erased,
    faint,
    coarse,
    share: looked === 0 ? 0 : (erased + coarse) / looked,
    kind: counts[most] > 0 ? most : undefined,
  };
}

/** Holes smaller than this say too little by themselves and are judged together. */
const SMALL_HOLE = 48;

function classifyHiddenColors(
  data: Uint8Array,
  width: number,
  height: number,
): { hidden: number; flat: number; bled: number; smoothed: number } {
  const { holes, labels } = findHoles(data, width, height);
  const counts = { hidden: 0, flat: 0, bled: 0, smoothed: 0 };
  const image = { data, width, height, spread: once(() => spreadInward(data, width, height, 1)) };
  for (const [index, pixels] of holes.entries()) {
    counts.hidden += pixels.length;
    // Labels are positive, and not needed any more.
    const kind = classifyHiddenColor(measureHole(image, pixels, labels, -1 - index));
    if (kind !== undefined) {
      counts[kind] += pixels.length;
    }
  }
  return counts;
}

/** The indexes of each hole's pixels; those of all small holes together come last. */
function findHoles(
  data: Uint8Array,
  width: number,
  height: number,
): { readonly holes: readonly Int32Array[]; readonly labels: Int32Array } {
  const hidden = createMask(width, height);
  let count = 0;
  for (let i = 0, a = 3; i < hidden.data.length; i++, a += 4) {
    if (data[a] === 0) {
      hidden.data[i] = 255;
      count++;
    }
  }
  if (count === 0) {
    return { holes: [], labels: new Int32Array() };
  }
  const { labels, components } = connectedComponents(hidden, { connectivity: 4 });
  const isSmall = components.map(({ area }) => area < SMALL_HOLE);
  const pixels = new Int32Array(count);
  // Where the next pixel of each component goes: the large ones one after the other, then the small ones.
  const next = new Int32Array(components.length + 1);
  const holes: Int32Array[] = [];
  let end = 0;
  for (const { label, area } of components) {
    if (!isSmall[label - 1]!) {
      next[label] = end;
      holes.push(pixels.subarray(end, end + area));
      end += area;
    }
  }
  let nextSmall = end;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label !== 0) {
      pixels[isSmall[label - 1]! ? nextSmall++ : next[label]!++] = i;
    }
  }
  return { holes: nextSmall > end ? [...holes, pixels.subarray(end)] : holes, labels };
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

/** Faint pixels needed before their steps mean anything. */
const LEAST_FAINT = 24;

function judgeFaint(data: Uint8Array, width: number, height: number): { faint: number; coarse: number } {
  let faint = 0;
  for (let i = 3; i < data.length; i += 4) {
    if (data[i]! > 0 && data[i]! <= FAINT_ALPHA) faint++;
  }
  if (faint < LEAST_FAINT) {
    return { faint, coarse: 0 };
  }
  const { source } = spreadInward(data, width, height, OPAQUE_ALPHA);
  const steps = premultipliedSteps();
  let onSteps = 0;
  let byChance = 0;
  for (let i = 0; i < source.length; i++) {
    const alpha = data[i * 4 + 3]!;
    if (alpha === 0 || alpha > FAINT_ALPHA) {
      continue;
    }
    onSteps += isOnSteps(steps, alpha, data, i * 4);
    byChance += source[i]! < 0 ? 0 : isOnSteps(steps, alpha, data, source[i]! * 4);
  }
  // What the same test says of the nearest opaque colors: black is on every step, lost or not.
  return { faint, coarse: onSteps >= 0.95 * faint && byChance <= 0.7 * faint ? onSteps : 0 };
}

function isOnSteps(steps: Uint8Array, alpha: number, data: Uint8Array, at: number): number {
  const row = alpha << 8;
  return steps[row + data[at]!]! & steps[row + data[at + 1]!]! & steps[row + data[at + 2]!]!;
}

/** For each faint alpha, the sample values that come back out of premultiplied 8-bit samples, however they are rounded. */
function premultipliedSteps(): Uint8Array {
  const steps = new Uint8Array((FAINT_ALPHA + 1) << 8);
  for (let alpha = 1; alpha <= FAINT_ALPHA; alpha++) {
    for (let premultiplied = 0; premultiplied <= alpha; premultiplied++) {
      const value = (premultiplied * 255) / alpha;
      steps[(alpha << 8) + Math.floor(value)] = 1;
      steps[(alpha << 8) + Math.round(value)] = 1;
    }
  }
  return steps;
}
