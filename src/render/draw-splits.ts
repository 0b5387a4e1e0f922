import { createRaster, type DepthMap, type Raster } from '../raster/index.js';
import type { Color } from './canvas.js';

/** A range of depths, from `start` up to but not including `end`. */
export interface DepthSplit {
  readonly start: number;
  readonly end: number;
}

/**
 * The gray image of a depth map with its splits in colors, 8-bit RGB. Depths of no split, and splits without
 * a color, stay gray.
 *
 * @param splits in ascending order, each beginning where the one before ends
 * @param grays the gray of each pixel, of 8 or 16 bits
 * @param colorOf undefined where a split stays gray
 */
export function drawSplits<T extends DepthSplit>(
  map: DepthMap,
  splits: readonly T[],
  grays: { readonly data: Uint8Array | Uint16Array },
  colorOf: (split: T) => Color | undefined,
): Raster {
  const { data } = map;
  const out = new Uint8Array(data.length * 3);
  const colors = splits.map(colorOf);
  const shift = grays.data instanceof Uint16Array ? 8 : 0;
  const first = splits[0]!.start;
  const last = splits.at(-1)!.end;
  let split = 0;
  for (let i = 0, j = 0; i < data.length; i++, j += 3) {
    const value = data[i]!;
    let color: Color | undefined;
    if (value >= first && value < last) {
      while (value < splits[split]!.start) split--;
      while (value >= splits[split]!.end) split++;
      color = colors[split];
    }
    const gray = grays.data[i]! >> shift;
    out[j] = color === undefined ? gray : color[0];
    out[j + 1] = color === undefined ? gray : color[1];
    out[j + 2] = color === undefined ? gray : color[2];
  }
  return createRaster(map.width, map.height, 3, out);
}
