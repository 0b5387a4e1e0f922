import { type Raster, toEightBit } from '../raster/index.js';
import { judgeHole, measureHole } from './judge-hole.js';
import { spreadInward } from './spread-inward.js';

/** What became of the colour under transparency: see `judgeHole`; `coarse` is colour in the steps of premultiplied samples. */
export type LossKind = 'flat' | 'bled' | 'smoothed' | 'coarse';

export interface LostColor {
  /** Fully transparent pixels. */
  readonly hidden: number;
  /** Those of them whose colour some program made up. */
  readonly erased: number;
  /** Nearly transparent pixels: alpha 1 to 40 of 255. */
  readonly faint: number;
  /** Those of them whose colour went through premultiplied 8-bit samples. */
  readonly coarse: number;
  /** `erased` and `coarse` as a share of `hidden` and `faint`, 0..1. */
  readonly share: number;
  /** What happened to most of them; undefined where nothing was lost. */
  readonly kind: LossKind | undefined;
}

/** Above this share colour counts as lost; below are a few pixels that look so by chance. */
export const LOST_SHARE = 0.02;

const FAINT_ALPHA = 40;
export const OPAQUE_ALPHA = 250;

/**
 * Tells colour that was kept under transparency from colour that was erased, by comparing each hole with its
 * surroundings: under a hole a picture has the noise and detail that it has around it, while a flat colour, a
 * bleed from the edge or a smooth fill has not. Nearly transparent pixels are looked at for the coarse
 * steps that premultiplied samples leave.
 *
 * A hole inside a region that is itself flat or smooth cannot be judged, nor is much lost there: it counts as
 * kept. 16-bit samples are judged as 8-bit.
 */
export function findLostColor(raster: Raster): LostColor {
  if (raster.channels === 3) {
    return { hidden: 0, erased: 0, faint: 0, coarse: 0, share: 0, kind: undefined };
  }
  const data = toEightBit(raster).data as Uint8Array;
  const holes = judgeHoles(data, raster.width, raster.height);
  const { faint, coarse } = judgeFaint(data, raster.width, raster.height);
  const erased = holes.flat + holes.bled + holes.smoothed;
  const looked = holes.hidden + faint;
  const counts = { flat: holes.flat, bled: holes.bled, smoothed: holes.smoothed, coarse };
  const kinds = Object.keys(counts) as LossKind[];
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

function judgeHoles(
  data: Uint8Array,
  width: number,
  height: number,
): { hidden: number; flat: number; bled: number; smoothed: number } {
  const counts = { hidden: 0, flat: 0, bled: 0, smoothed: 0 };
  const count = width * height;
  let any = false;
  for (let i = 3; i < data.length && !any; i += 4) {
    any = data[i] === 0;
  }
  if (!any) {
    return counts;
  }
  const spread = spreadInward(data, width, height, 1);
  const queue = new Int32Array(count);
  const seen = new Uint8Array(count);
  const stamps = new Int32Array(count);
  const small: Int32Array[] = [];
  let stamp = 0;
  const judge = (pixels: Int32Array): void => {
    counts.hidden += pixels.length;
    const kind = judgeHole(measureHole(data, width, height, pixels, spread, stamps, ++stamp));
    if (kind !== undefined) {
      counts[kind] += pixels.length;
    }
  };
  let begin = 0;
  for (let start = 0; start < count; start++) {
    if (seen[start] === 1 || data[start * 4 + 3] !== 0) {
      continue;
    }
    let end = begin;
    queue[end++] = start;
    seen[start] = 1;
    for (let head = begin; head < end; head++) {
      const i = queue[head]!;
      const x = i % width;
      if (x > 0 && seen[i - 1] === 0 && data[i * 4 - 1] === 0) {
        seen[i - 1] = 1;
        queue[end++] = i - 1;
      }
      if (x < width - 1 && seen[i + 1] === 0 && data[i * 4 + 7] === 0) {
        seen[i + 1] = 1;
        queue[end++] = i + 1;
      }
      if (i >= width && seen[i - width] === 0 && data[(i - width) * 4 + 3] === 0) {
        seen[i - width] = 1;
        queue[end++] = i - width;
      }
      if (i + width < count && seen[i + width] === 0 && data[(i + width) * 4 + 3] === 0) {
        seen[i + width] = 1;
        queue[end++] = i + width;
      }
    }
    const pixels = queue.subarray(begin, end);
    begin = end;
    if (pixels.length < SMALL_HOLE) {
      small.push(pixels);
    } else {
      judge(pixels);
    }
  }
  if (small.length > 0) {
    const together = new Int32Array(small.reduce((sum, pixels) => sum + pixels.length, 0));
    let at = 0;
    for (const pixels of small) {
      together.set(pixels, at);
      at += pixels.length;
    }
    judge(together);
  }
  return counts;
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
  const { bySteps: source } = spreadInward(data, width, height, OPAQUE_ALPHA);
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
  // What the same test says of the nearest opaque colours: black is on every step, lost or not.
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
