import { createRaster, type DepthMap, type Raster } from '../raster/index.js';
import { type GraySplit, type GraySplits, regionOf } from '../depth/gray/gray-splits.js';
import type { GrayMap } from '../depth/gray/map-grays.js';
import { regionColor } from './region-colors.js';

type Rgb = readonly [number, number, number];

/** The gray image with each split that has a region in that region's color. */
export function drawRegions(map: DepthMap, splits: GraySplits, grays: GrayMap): Raster {
  return drawSplits(map, splits, grays, (split) => {
    const region = regionOf(split);
    return region < 0 ? undefined : regionColor(region);
  });
}

/**
 * The gray image with splits in colors. Depths of no split, and splits without a color, stay gray.
 * Only 8-bit gray is drawn.
 */
export function drawSplits(
  map: DepthMap,
  splits: GraySplits,
  grays: GrayMap,
  colorOf: (split: GraySplit) => Rgb | undefined,
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
    let color: Rgb | undefined;
    if (value >= first && value < last) {
      while (value < splits[split]!.start) split--;
      while (value >= splits[split]!.end) split++;
      color = colors[split];
    }
    if (color === undefined) {
      out[j] = out[j + 1] = out[j + 2] = grays.data[i]! >> shift;
    } else {
      out[j] = color[0];
      out[j + 1] = color[1];
      out[j + 2] = color[2];
    }
  }
  return createRaster(map.width, map.height, 3, out);
}
