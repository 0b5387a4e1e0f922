import { createMask, type Raster, toEightBit } from '../../raster/index.js';
import { classifyHiddenColor } from './classify-hidden-color.js';
import { findHoles } from './find-holes.js';
import { openHoledImage } from './measure-hidden-color.js';
import { markOpaque, spreadInward } from './spread-inward.js';

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
  // One byte a pixel for all that is marked.
  const plane = new Uint8Array(raster.width * raster.height);
  const holes = classifyHiddenColors(data, raster.width, raster.height, plane);
  const { faint, coarse } = judgeFaint(data, raster.width, raster.height, plane);
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

function classifyHiddenColors(
  data: Uint8Array,
  width: number,
  height: number,
  plane: Uint8Array,
): { hidden: number; flat: number; bled: number; smoothed: number } {
  const counts = { hidden: 0, flat: 0, bled: 0, smoothed: 0 };
  markOpaque(data, 1, plane);
  const holes = findHoles(createMask(width, height, plane));
  const spread = once(() => spreadInward(plane, width, height));
  const measureHole = openHoledImage({ data, width, height, plane, spread });
  for (const hole of holes) {
    counts.hidden += hole.area;
    const kind = classifyHiddenColor(measureHole(hole));
    if (kind !== undefined) {
      counts[kind] += hole.area;
    }
  }
  return counts;
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

/** Faint pixels needed before their steps mean anything. */
const LEAST_FAINT = 24;
/** Share of the faint pixels whose color is on the steps, where all of them went through premultiplied samples. */
const MOSTLY_ON_STEPS = 0.95;

function judgeFaint(
  data: Uint8Array,
  width: number,
  height: number,
  plane: Uint8Array,
): { faint: number; coarse: number } {
  let faint = 0;
  for (let i = 3; i < data.length; i += 4) {
    if (data[i]! > 0 && data[i]! <= FAINT_ALPHA) faint++;
  }
  if (faint < LEAST_FAINT) {
    return { faint, coarse: 0 };
  }
  const steps = premultipliedSteps();
  const isFaint = (alpha: number): boolean => alpha > 0 && alpha <= FAINT_ALPHA;
  let onSteps = 0;
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]!;
    if (isFaint(alpha)) onSteps += isOnSteps(steps, alpha, data, at);
  }
  if (onSteps < MOSTLY_ON_STEPS * faint) {
    return { faint, coarse: 0 };
  }
  let byChance = 0;
  spreadInward(markOpaque(data, OPAQUE_ALPHA, plane), width, height, (i, source) => {
    const alpha = data[i * 4 + 3]!;
    if (isFaint(alpha)) byChance += isOnSteps(steps, alpha, data, source * 4);
  });
  // What the same test says of the nearest opaque colors: black is on every step, lost or not.
  return { faint, coarse: byChance <= 0.7 * faint ? onSteps : 0 };
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
