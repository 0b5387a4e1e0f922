import type { DepthMap } from '../raster/index.js';
import { BACKGROUND_FROM } from './normalize-depth.js';

/**
 * The depth up to which a share of the pixels lies, counted from the camera, background left out: 0 is the
 * nearest depth of all, 1 the farthest. Undefined where everything is background.
 */
export function depthQuantile(map: DepthMap, share: number): number | undefined {
  const { data, depthOrder } = map;
  const keys = new Int32Array(data.buffer, data.byteOffset, data.length);
  const counts = new Uint32Array(65536);
  let total = 0;
  for (let i = 0; i < data.length; i++) {
    if (!isBackground(data[i]!)) {
      const key = orderedKey(keys[i]!) >>> 16;
      counts[key] = counts[key]! + 1;
      total++;
    }
  }
  if (total === 0) {
    return undefined;
  }
  const fromNear = Math.round(share * (total - 1));
  let rest = depthOrder === 'near-is-small' ? fromNear : total - 1 - fromNear;
  let upper = 0;
  while (rest >= counts[upper]!) {
    rest -= counts[upper++]!;
  }
  counts.fill(0);
  for (let i = 0; i < data.length; i++) {
    const key = orderedKey(keys[i]!);
    if (key >>> 16 === upper && !isBackground(data[i]!)) {
      counts[key & 0xffff] = counts[key & 0xffff]! + 1;
    }
  }
  let lower = 0;
  while (rest >= counts[lower]!) {
    rest -= counts[lower++]!;
  }
  return floatOfKey(((upper << 16) | lower) >>> 0);
}

function isBackground(value: number): boolean {
  return !(value > -BACKGROUND_FROM && value < BACKGROUND_FROM);
}

/** A float's bits as an unsigned number in the order of the floats. */
function orderedKey(bits: number): number {
  return (bits >= 0 ? bits ^ 0x80000000 : ~bits) >>> 0;
}

function floatOfKey(key: number): number {
  const bits = key >= 0x80000000 ? key ^ 0x80000000 : ~key;
  return new Float32Array(Int32Array.of(bits).buffer)[0]!;
}
