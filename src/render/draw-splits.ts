import { createRaster, type DepthMap, type Raster } from '../raster/index.js';
import { type GreySplit, type GreySplits, regionOf } from '../depth/gray/gray-splits.js';
import type { GreyMap } from '../depth/gray/map-grays.js';
import { regionColor } from './region-colors.js';

type Rgb = readonly [number, number, number];

/** The grey picture with each split that has a region in that region's colour. */
export function drawRegions(map: DepthMap, splits: GreySplits, greys: GreyMap): Raster {
  return drawSplits(map, splits, greys, (split) => {
    const region = regionOf(split);
    return region < 0 ? undefined : regionColor(region);
  });
}

/**
 * The grey picture with splits in colours. Depths of no split, and splits without a colour, stay grey.
 * Only 8-bit grey is drawn.
 */
export function drawSplits(
  map: DepthMap,
  splits: GreySplits,
  greys: GreyMap,
  colorOf: (split: GreySplit) => Rgb | undefined,
): Raster {
  const { data } = map;
  const out = new Uint8Array(data.length * 3);
  const colors = splits.map(colorOf);
  const shift = greys.data instanceof Uint16Array ? 8 : 0;
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
      out[j] = out[j + 1] = out[j + 2] = greys.data[i]! >> shift;
    } else {
      out[j] = color[0];
      out[j + 1] = color[1];
      out[j + 2] = color[2];
    }
  }
  return createRaster(map.width, map.height, 3, out);
}
