import { MaskwrightError } from '../errors.js';
import { createMask, type DepthMap, type Mask } from '../raster/index.js';
import { depthQuantile } from './depth-quantile.js';
import { findSplit, type GraySplits } from './gray/gray-splits.js';
import { BACKGROUND_FROM } from './normalize-depth.js';

/** One end of a range of depths. */
export type DepthEnd =
  /** In the map's own unit. */
  | { readonly kind: 'depth'; readonly depth: number }
  /** Share of the pixels nearer than this, 0..1, background left out. */
  | { readonly kind: 'share'; readonly share: number }
  /** The end of a split that has this name. */
  | { readonly kind: 'split'; readonly name: string };

/** A range of depths, both ends included. */
export interface DepthSelection {
  /** Default: the nearest there is. */
  readonly near?: DepthEnd | undefined;
  /** Default: the farthest there is, background left out. */
  readonly far?: DepthEnd | undefined;
}

/** An end as people write it: `2.5` (the map's unit), `30%` (of the pixels), anything else the name of a split. */
export function parseDepthEnd(text: string): DepthEnd {
  const trimmed = text.trim();
  if (trimmed === '') {
    throw new MaskwrightError('USAGE', 'a depth is empty', {
      hint: 'give a number, a percentage or the name of a split',
    });
  }
  const isShare = trimmed.endsWith('%');
  const number = Number(isShare ? trimmed.slice(0, -1) : trimmed);
  if (isShare && !Number.isNaN(number)) {
    if (number < 0 || number > 100) {
      throw new MaskwrightError('OPTION_RANGE', `the depth ${trimmed} is not from 0% to 100%`);
    }
    return { kind: 'share', share: number / 100 };
  }
  return Number.isFinite(number) ? { kind: 'depth', depth: number } : { kind: 'split', name: trimmed };
}

/** The end as `parseDepthEnd` reads it. */
export function describeDepthEnd(end: DepthEnd): string {
  return end.kind === 'depth' ? String(end.depth) : end.kind === 'share' ? `${end.share * 100}%` : end.name;
}

/**
 * Selects what lies between two depths, both included; background never. An end that names a split takes the
 * whole of it in.
 *
 * Throws `USAGE` for a split that there is not, and where the near end is farther than the far one.
 */
export function selectDepth(map: DepthMap, { near, far }: DepthSelection, splits?: GraySplits): Mask {
  const { width, height, data } = map;
  const distances = map.depthOrder === 'near-is-small';
  const nearest = near === undefined ? undefined : resolveEnd(map, near, 'near', splits);
  const farthest = far === undefined ? undefined : resolveEnd(map, far, 'far', splits);
  const low = (distances ? nearest : farthest) ?? -BACKGROUND_FROM;
  const high = (distances ? farthest : nearest) ?? BACKGROUND_FROM;
  if (low > high) {
    throw new MaskwrightError('USAGE', `the near end (${nearest}) is farther than the far end (${farthest})`, {
      hint: `in this map ${distances ? 'small' : 'large'} values are near`,
    });
  }
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    const value = data[i]!;
    out[i] = value >= low && value <= high && value > -BACKGROUND_FROM && value < BACKGROUND_FROM ? 255 : 0;
  }
  return createMask(width, height, out);
}

function resolveEnd(map: DepthMap, end: DepthEnd, side: 'near' | 'far', splits: GraySplits | undefined): number {
  if (end.kind === 'depth') {
    return end.depth;
  }
  if (end.kind === 'share') {
    const depth = depthQuantile(map, end.share);
    if (depth === undefined) {
      throw new MaskwrightError('DEPTH_EMPTY', 'the depth map is background throughout');
    }
    return depth;
  }
  if (splits === undefined) {
    throw new MaskwrightError('USAGE', `${JSON.stringify(end.name)} is neither a depth nor a percentage`, {
      hint: 'names are those of the splits in a depth split plan: --split-plan plan.json',
    });
  }
  const split = splits[findSplit(splits, end.name)]!;
  const takesStart = (side === 'near') === (map.depthOrder === 'near-is-small');
  return takesStart ? split.start : lastBefore(split.end);
}

/** The largest float below a depth: a split ends before its end. */
function lastBefore(depth: number): number {
  const float = Math.fround(depth);
  if (float < depth) {
    return float;
  }
  const bits = new Int32Array(Float32Array.of(float).buffer);
  bits[0] = float === 0 ? -0x7fffffff : bits[0]! + (float > 0 ? -1 : 1);
  return new Float32Array(bits.buffer)[0]!;
}
