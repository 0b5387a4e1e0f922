import { type Bounds, type Heatmap, type Size } from '../../raster/index.js';
import { listComponents } from '../components/connected-components.js';
import { thresholdHeatmap } from '../threshold/threshold-heatmap.js';

export interface DetailWindowOptions {
  /** Side of a window, as a multiple of the long side of its component. */
  readonly context?: number | undefined;
  /** Limit of the number of windows; the largest components come first. */
  readonly max?: number | undefined;
}

export const DETAIL_WINDOW_DEFAULTS = { context: 1.8, max: 6 } as const satisfies DetailWindowOptions;

/** A window of more than this share of the image would show little more than the image did. */
const LARGEST_SHARE = 0.5;

/**
 * Square windows of the image for a second pass at higher resolution: one around each component of the
 * thresholded heatmap, with context, moved into the image. Components that one window covers share it.
 *
 * @param threshold the probability from which a pixel belongs to a component
 * @param minSide the smallest side of a window, in pixels of the image
 */
export function detailWindows(
  heatmap: Heatmap,
  image: Size,
  threshold: number,
  minSide: number,
  options: DetailWindowOptions = {},
): Bounds[] {
  const { context = DETAIL_WINDOW_DEFAULTS.context, max = DETAIL_WINDOW_DEFAULTS.max } = options;
  const [scaleX, scaleY] = [image.width / heatmap.width, image.height / heatmap.height];
  const components = listComponents(thresholdHeatmap(heatmap, threshold));
  const windows: Bounds[] = [];
  for (const { bounds } of components.toSorted((a, b) => b.area - a.area)) {
    const part = {
      x: bounds.x * scaleX,
      y: bounds.y * scaleY,
      width: bounds.width * scaleX,
      height: bounds.height * scaleY,
    };
    const side = Math.max(context * Math.max(part.width, part.height), minSide);
    const window = placeWindow(part, side, image);
    const small = window.width * window.height <= LARGEST_SHARE * image.width * image.height;
    if (windows.length < max && small && !windows.some((other) => covers(other, part))) {
      windows.push(window);
    }
  }
  return windows;
}

/** `count` times `count` windows that overlap by a quarter and cover the image. */
export function tileWindows(image: Size, count: number): Bounds[] {
  const [columns, rows] = [tileSpans(image.width, count), tileSpans(image.height, count)];
  return rows.flatMap((row) =>
    columns.map((column) => ({ x: column.begin, y: row.begin, width: column.length, height: row.length })),
  );
}

/** Overlap of neighboring tiles, as a share of a tile. */
const TILE_OVERLAP = 0.25;

function tileSpans(total: number, count: number): { begin: number; length: number }[] {
  const length = Math.min(Math.ceil(total / (count - (count - 1) * TILE_OVERLAP)), total);
  return Array.from({ length: count }, (_, i) => ({
    begin: count === 1 ? 0 : Math.round(((total - length) * i) / (count - 1)),
    length,
  }));
}

function placeWindow(part: Bounds, side: number, image: Size): Bounds {
  const width = Math.round(Math.min(side, image.width));
  const height = Math.round(Math.min(side, image.height));
  const clamp = (value: number, max: number): number => Math.round(Math.min(Math.max(value, 0), max));
  return {
    x: clamp(part.x + part.width / 2 - width / 2, image.width - width),
    y: clamp(part.y + part.height / 2 - height / 2, image.height - height),
    width,
    height,
  };
}

function covers(window: Bounds, part: Bounds): boolean {
  return (
    part.x >= window.x &&
    part.y >= window.y &&
    part.x + part.width <= window.x + window.width &&
    part.y + part.height <= window.y + window.height
  );
}
