import type { DepthMap } from '../../raster/index.js';

/** One plane that says which layer each pixel belongs to, 0 = the farthest. */
export interface Bands {
  readonly kind: 'bands';
  readonly width: number;
  readonly height: number;
  /** How many layers there are; every value of `data` is below it. */
  readonly count: number;
  readonly data: Uint8Array;
}

/** The band of each pixel: how many of the ascending `thresholds` its depth reaches. */
export function sliceDepth(depth: DepthMap, thresholds: readonly number[]): Bands {
  const { width, height, data: depths } = depth;
  const cuts = Float64Array.from(thresholds);
  const data = new Uint8Array(depths.length);
  // The band of the pixel before is nearly always right.
  let band = 0;
  for (let i = 0; i < data.length; i++) {
    const value = depths[i]!;
    while (band < cuts.length && value >= cuts[band]!) band++;
    while (band > 0 && value < cuts[band - 1]!) band--;
    data[i] = band;
  }
  return { kind: 'bands', width, height, count: cuts.length + 1, data };
}

/** The share of the pixels in each band, 0..1. */
export function bandShares(bands: Bands): number[] {
  const { data } = bands;
  const counts = new Uint32Array(256);
  for (let i = 0; i < data.length; i++) {
    counts[data[i]!]!++;
  }
  return Array.from(counts.subarray(0, bands.count), (count) => count / data.length);
}
