import {
  type Bounds,
  drawHeatmapByRows,
  type Heatmap,
  type Raster,
  sampleMaximum,
  samplePlane,
  type Size,
  viewRows,
} from '../../raster/index.js';
import { type ColorSelection, selectAlongColors } from '../segmentation/select-along-colors.js';
import { boxMean } from './box-sum.js';
import { toColorPlanes } from './color-planes.js';
import { likelyWindows, measureHeatmap } from './refine-windows.js';

/** How closely `refineHeatmap` looks: `best` works at more pixels, with finer models of colors; it takes several times as long. */
export const REFINE_MODES = ['fast', 'best'] as const;
/** One of `REFINE_MODES`. */
export type RefineMode = (typeof REFINE_MODES)[number];

/** Settings of `refineHeatmap`. */
export interface RefineOptions {
  readonly mode?: RefineMode | undefined;
  /** Probability where selected and not selected meet, 0..1: the threshold that follows. */
  readonly pivot?: number | undefined;
}

/** Defaults of `refineHeatmap`. */
export const REFINE_DEFAULTS = { mode: 'fast', pivot: 0.5 } as const satisfies RefineOptions;

/** Pixels that all windows together are worked on at. */
const WORK_PIXELS = { fast: 120_000, best: 1_500_000 } as const satisfies Record<RefineMode, number>;

/** Gaussians of each model of colors. */
const COMPONENTS = { fast: 5, best: 8 } as const satisfies Record<RefineMode, number>;

/** Surroundings of a component that its colors are compared with, in steps of a heatmap of 352 pixels. */
const MARGIN_STEPS = 24;

/** How far around a pixel the heatmap's range is taken, in the same steps. */
const RANGE_STEPS = 8;

/** Selected pixels come out at least this far above the pivot, others as far below: any threshold near it cuts alike. */
const SIDE_MARGIN = 0.15;

/** A heatmap whose edges are this narrow in the image has nothing to gain from colors. */
const SHARP_PX = 2;

/**
 * A coarse heatmap brought to the image's size along the image's own edges. In a window around each component, at up to
 * the image's own resolution, `selectAlongColors` decides which pixels belong to the thing; they get the highest
 * probability that the heatmap has nearby, the others the lowest. Where colors do not tell the thing from its
 * surroundings, and outside of the windows, the heatmap comes through as bilinear interpolation has it.
 *
 * @param heatmap of any size; it covers the whole image
 * @param image 8 or 16 bit; alpha is ignored
 * @returns a heatmap of the image's size
 * @example
 * import { type Heatmap, type Mask, type Raster, refineHeatmap, thresholdHeatmap } from 'maskwright/engine';
 *
 * const toMask = (heatmap: Heatmap, image: Raster): Mask => thresholdHeatmap(refineHeatmap(heatmap, image), 0.5);
 */
export function refineHeatmap(heatmap: Heatmap, image: Raster, options: RefineOptions = {}): Heatmap {
  const { mode = REFINE_DEFAULTS.mode, pivot = REFINE_DEFAULTS.pivot } = options;
  const { width, height } = image;
  const isFull = heatmap.width === width && heatmap.height === height;
  const whole = { x: 0, y: 0, width: heatmap.width, height: heatmap.height };
  const interpolate = (from: number, to: number, into?: Float32Array): Float32Array =>
    isFull
      ? heatmap.data.slice(from * width, to * width)
      : samplePlane(heatmap, whole, { width, height }, from, to, into);
  const { floor, peak, unitPx, blockPx, risePx, sharpness } = measureHeatmap(heatmap);
  const stretch = Math.max(image.width, image.height) / Math.max(heatmap.width, heatmap.height);
  if (risePx * stretch <= SHARP_PX) return drawHeatmapByRows({ width, height }, interpolate);
  const windows = likelyWindows(heatmap, image, pivot, MARGIN_STEPS);
  const pixels = windows.reduce((sum, { width, height }) => sum + width * height, 0);
  const scale = Math.min(1, Math.sqrt(WORK_PIXELS[mode] / Math.max(pixels, 1)));
  const patches: Patch[] = [];
  for (const window of windows) {
    const size = {
      width: Math.max(1, Math.round(window.width * scale)),
      height: Math.max(1, Math.round(window.height * scale)),
    };
    const planes = toColorPlanes(image, size, window);
    let values = sampleWindow(heatmap, image, window, size);
    const unit = unitPx * stretch * scale;
    if (blockPx > 1) {
      const radius = Math.max(1, Math.round(blockPx * 0.375 * stretch * scale));
      values = boxMean(values, size.width, size.height, radius);
    }
    const likelihood = { values, pivot, floor, peak, unitPx: unit, sharpness };
    const selection = selectAlongColors(planes, likelihood, COMPONENTS[mode]);
    if (selection === undefined) continue;
    const cells = joinCells(selection, values, size, {
      pivot,
      rangePx: Math.max(1, Math.round(RANGE_STEPS * unit)),
      exact: size.width === window.width && size.height === window.height,
    });
    patches.push({ cells, size, window });
  }
  return drawHeatmapByRows({ width, height }, (from, to, into) => {
    const rows = interpolate(from, to, into);
    for (const patch of patches) {
      applyPatch(patch, image, rows, from, to);
    }
    return rows;
  });
}

/** What colors say of a window of the image. */
interface Patch {
  readonly cells: Float32Array;
  readonly size: Size;
  readonly window: Bounds;
}

/** The heatmap's values at the centers of `size` cells that divide a window of the image. */
function sampleWindow(heatmap: Heatmap, image: Size, window: Bounds, size: Size): Float32Array {
  const [scaleX, scaleY] = [heatmap.width / image.width, heatmap.height / image.height];
  const part = {
    x: window.x * scaleX,
    y: window.y * scaleY,
    width: window.width * scaleX,
    height: window.height * scaleY,
  };
  return samplePlane(heatmap, part, size);
}

function place(position: number, from: number, to: number): number {
  return Math.min(Math.max((position * to) / from - 0.5, 0), to - 1);
}

/** Values of a cell: its model of color (4), the range that the model may yield (2), certainty, lowest, highest. */
const CELL = 9;

function joinCells(
  { selected, certainty, models }: ColorSelection,
  values: Float32Array,
  size: Size,
  { pivot, rangePx, exact }: { readonly pivot: number; readonly rangePx: number; readonly exact: boolean },
): Float32Array {
  const target = new Float32Array(selected);
  const nearby = localRange(target, size, 1);
  const range = localRange(values, size, rangePx);
  const margin = SIDE_MARGIN * Math.min(1, pivot / SIDE_MARGIN, (1 - pivot) / SIDE_MARGIN);
  const cells = new Float32Array(selected.length * CELL);
  for (let i = 0, to = 0; i < selected.length; i++, to += CELL) {
    if (exact) {
      cells[to + 3] = cells[to + 4] = cells[to + 5] = selected[i]!;
    } else {
      cells[to] = models[i * 4]!;
      cells[to + 1] = models[i * 4 + 1]!;
      cells[to + 2] = models[i * 4 + 2]!;
      cells[to + 3] = models[i * 4 + 3]!;
      cells[to + 4] = nearby.low[i]!;
      cells[to + 5] = nearby.high[i]!;
    }
    const low = range.low[i]!;
    const high = range.high[i]!;
    // Where all of the surroundings are on one side already there is nothing to correct.
    const agrees = nearby.high[i] === 0 ? high <= pivot - margin : nearby.low[i] === 1 && low >= pivot + margin;
    cells[to + 6] = agrees ? 0 : certainty[i]!;
    cells[to + 7] = Math.min(low, pivot - margin);
    cells[to + 8] = Math.max(high, pivot + margin);
  }
  return cells;
}

/** Blends what cells say, interpolated between their centers, into the window's pixels of some rows of the image. */
function applyPatch(
  { cells, size, window }: Patch,
  image: Raster,
  rows: Float32Array,
  fromRow: number,
  toRow: number,
): void {
  const first = Math.max(fromRow - window.y, 0);
  const end = Math.min(toRow - window.y, window.height);
  if (first >= end) return;
  const part = viewRows(image, fromRow, toRow);
  // One cell more behind the last, equal to it: there is a next cell everywhere.
  const row = new Float64Array((size.width + 1) * CELL);
  const columns = {
    begins: new Int32Array(size.width + 1).fill(window.width),
    fractions: new Float64Array(window.width),
  };
  for (let x = window.width - 1; x >= 0; x--) {
    const px = place(x + 0.5, window.width, size.width);
    columns.fractions[x] = px - Math.floor(px);
    columns.begins[Math.floor(px)] = x;
  }
  for (let cell = size.width - 1; cell >= 0; cell--) {
    columns.begins[cell] = Math.min(columns.begins[cell]!, columns.begins[cell + 1]!);
  }
  const toUnit = 1 / sampleMaximum(image);
  let spans: readonly Span[] = [];
  let spansOf = -1;
  for (let y = first; y < end; y++) {
    const py = place(y + 0.5, window.height, size.height);
    const top = Math.floor(py);
    const bottom = Math.min(top + 1, size.height - 1);
    if (spansOf !== top) {
      spansOf = top;
      spans = findSpans(cells, size.width, top, bottom);
    }
    const begin = (window.y + y - fromRow) * image.width + window.x;
    for (const span of spans) {
      blendCells(cells, size.width, top, bottom, py - top, span, row);
      applySpan(row, span, columns, part, toUnit, begin, rows);
    }
  }
}

/** Cells of a row from `from` up to, not including, `to`. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Cells of two rows that change something between themselves and the next cell: few, where a thing fills the image. */
function findSpans(cells: Float32Array, width: number, top: number, bottom: number): Span[] {
  const isCertain = (cell: number): boolean =>
    cells[(top * width + cell) * CELL + 6] !== 0 || cells[(bottom * width + cell) * CELL + 6] !== 0;
  const spans: Span[] = [];
  let from = -1;
  let isNext = isCertain(0);
  for (let cell = 0; cell < width; cell++) {
    const changes = isNext;
    isNext = cell + 1 < width && isCertain(cell + 1);
    if (changes || isNext) {
      from = from < 0 ? cell : from;
    } else if (from >= 0) {
      spans.push({ from, to: cell });
      from = -1;
    }
  }
  if (from >= 0) spans.push({ from, to: width });
  return spans;
}

/** The values of a span's cells, and of the next one, between two rows. */
function blendCells(
  cells: Float32Array,
  width: number,
  top: number,
  bottom: number,
  below: number,
  { from, to }: Span,
  row: Float64Array,
): void {
  const upper = top * width * CELL;
  const lower = bottom * width * CELL;
  const end = Math.min(to + 1, width) * CELL;
  for (let k = from * CELL; k < end; k++) {
    row[k] = cells[upper + k]! + (cells[lower + k]! - cells[upper + k]!) * below;
  }
  if (to === width) row.copyWithin(end, end - CELL, end);
}

/** The pixels of a span's cells in one row of the image, whose window begins at pixel `begin`. */
function applySpan(
  row: Float64Array,
  span: Span,
  { begins, fractions }: { readonly begins: Int32Array; readonly fractions: Float64Array },
  { channels, data }: Raster,
  toUnit: number,
  begin: number,
  out: Float32Array,
): void {
  for (let cell = span.from, a = cell * CELL; cell < span.to; cell++, a += CELL) {
    const b = a + CELL;
    const least = row[a + 4]!;
    const most = row[a + 5]!;
    const leastGain = row[b + 4]! - least;
    const mostGain = row[b + 5]! - most;
    const certainty = row[a + 6]!;
    const certaintyGain = row[b + 6]! - certainty;
    const lowest = row[a + 7]!;
    const lowestGain = row[b + 7]! - lowest;
    const highest = row[a + 8]!;
    const highestGain = row[b + 8]! - highest;
    const varies = most > least || row[b + 5]! > row[b + 4]!;
    for (let x = begins[cell]!; x < begins[cell + 1]!; x++) {
      const i = begin + x;
      const t = fractions[x]!;
      const low = least + leastGain * t;
      let share = low;
      if (varies) {
        const p = i * channels;
        const high = most + mostGain * t;
        const constant = row[a + 3]! + (row[b + 3]! - row[a + 3]!) * t;
        const value =
          ((row[a]! + (row[b]! - row[a]!) * t) * data[p]! +
            (row[a + 1]! + (row[b + 1]! - row[a + 1]!) * t) * data[p + 1]! +
            (row[a + 2]! + (row[b + 2]! - row[a + 2]!) * t) * data[p + 2]!) *
            toUnit +
          constant;
        share = value < low ? low : value > high ? high : value;
      }
      const bottom = lowest + lowestGain * t;
      const wanted = bottom + (highest + highestGain * t - bottom) * share;
      out[i]! += (wanted - out[i]!) * (certainty + certaintyGain * t);
    }
  }
}

/** The least and the greatest value in the square around each pixel. */
function localRange(plane: Float32Array, size: Size, radius: number): { low: Float32Array; high: Float32Array } {
  const negative = new Float32Array(plane.length);
  for (let i = 0; i < plane.length; i++) negative[i] = -plane[i]!;
  const low = localMinimum(plane, size, radius);
  const high = localMinimum(negative, size, radius);
  for (let i = 0; i < high.length; i++) high[i] = -high[i]!;
  return { low, high };
}

/**
 * Along rows, then along columns. The least of a few values in a row, and that of the same further on, are the least of
 * up to twice as many: any radius takes few passes.
 */
function localMinimum(plane: Float32Array, { width, height }: Size, radius: number): Float32Array {
  // Planes with a margin on both sides that is never the least.
  const across = new Float32Array(width + 2 * radius).fill(Infinity);
  const down = new Float32Array((height + 2 * radius) * width).fill(Infinity);
  for (let y = 0; y < height; y++) {
    across.fill(Infinity, radius + width);
    across.fill(Infinity, 0, radius);
    for (let x = 0; x < width; x++) across[radius + x] = plane[y * width + x]!;
    widenMinimum(across, 1, radius);
    for (let x = 0, i = (radius + y) * width; x < width; x++, i++) down[i] = across[x]!;
  }
  widenMinimum(down, width, radius);
  return down.subarray(0, plane.length);
}

/** Each value becomes the least of itself and the `2 * radius` behind it, which lie `step` apart. */
function widenMinimum(values: Float32Array, step: number, radius: number): void {
  for (let length = 1; length < 2 * radius + 1;) {
    const further = Math.min(length, 2 * radius + 1 - length);
    const ahead = further * step;
    for (let i = 0; i + ahead < values.length; i++) {
      const value = values[i + ahead]!;
      if (value < values[i]!) values[i] = value;
    }
    length += further;
  }
}
