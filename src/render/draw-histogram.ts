import { createRaster, type DepthMap, type Raster } from '../raster/index.js';
import { INFERNO } from './colormap-inferno.js';
import { depthHistogram } from '../depth/layers/split-depth.js';

const BINS = 256;
const BIN_WIDTH = 3;
const HEIGHT = 256;
const GROUND = 96;

/**
 * The histogram of normalized depth, far at the left, near at the right, in the colors of the depth image;
 * heights by the square root of the count, so that small groups show. Thresholds are white lines.
 */
export function drawDepthHistogram(depth: Pick<DepthMap, 'data'>, thresholds: readonly number[] = []): Raster {
  const counts = depthHistogram(depth.data, BINS);
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const width = BINS * BIN_WIDTH;
  const data = new Uint8Array(width * HEIGHT * 3).fill(GROUND);
  const lines = new Set(thresholds.map((threshold) => Math.round(threshold * width)));
  for (let x = 0; x < width; x++) {
    const bin = Math.floor(x / BIN_WIDTH);
    const tall = Math.round(Math.sqrt(counts[bin]! / most) * (HEIGHT - 8));
    const top = lines.has(x) ? 0 : HEIGHT - tall;
    const color = lines.has(x) ? [255, 255, 255] : INFERNO.subarray(bin * 3, bin * 3 + 3);
    for (let y = top; y < HEIGHT; y++) {
      data.set(color, (y * width + x) * 3);
    }
  }
  return createRaster(width, HEIGHT, 3, data);
}
