import { histogram } from '../engine/tone/value-histogram.js';
import type { DepthMap, Raster } from '../raster/index.js';
import { canvasToRaster, type Color, createCanvas, fillRectangle } from './canvas.js';
import { infernoColor } from './colormap-inferno.js';

const BINS = 256;
const BIN_WIDTH = 3;
const HEIGHT = 256;
/** Above the tallest bar. */
const MARGIN = 8;
const BACKGROUND: Color = [96, 96, 96];
const THRESHOLD: Color = [255, 255, 255];

/**
 * The histogram of normalized depth (0 far, 1 near), far at the left, near at the right, in the colors of
 * `drawDepth`: 768 x 256 pixels. Bar heights grow with the square root of the count, so that small groups
 * are visible. Thresholds, 0..1, are white lines.
 */
export function drawDepthHistogram(depth: Pick<DepthMap, 'data'>, thresholds: readonly number[] = []): Raster {
  const counts = histogram(depth.data, BINS);
  const highest = counts.reduce((a, b) => Math.max(a, b), 1);
  const canvas = createCanvas(BINS * BIN_WIDTH, HEIGHT, BACKGROUND);
  for (const [bin, count] of counts.entries()) {
    const height = Math.round(Math.sqrt(count / highest) * (HEIGHT - MARGIN));
    fillRectangle(canvas, { x: bin * BIN_WIDTH, y: HEIGHT - height, width: BIN_WIDTH, height }, infernoColor(bin));
  }
  for (const threshold of thresholds) {
    const x = Math.round(threshold * canvas.width);
    fillRectangle(canvas, { x, y: 0, width: 1, height: HEIGHT }, THRESHOLD);
  }
  return canvasToRaster(canvas);
}
