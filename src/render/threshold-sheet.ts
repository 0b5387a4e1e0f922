import {
  canvasToRaster,
  type Canvas,
  type Color,
  createCanvas,
  drawRaster,
  drawText,
  fillRectangle,
  textSize,
} from './canvas.js';
import {
  createRaster,
  flatten,
  type Heatmap,
  heatmapBands,
  type Raster,
  resizeHeatmap,
  resizeRaster,
  type Size,
  toEightBit,
} from '../raster/index.js';
import { drawOverlay } from './draw-overlay.js';
import { GAP, INK, LABEL_HEIGHT, PAPER, SHEET_TEXT, sheetCells } from './sheet-layout.js';
import { thresholdHeatmap } from '../engine/threshold/threshold-heatmap.js';

export const SHEET_THRESHOLDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** Long side of each panel, in pixels. */
const PANEL_SIDE = 400;
const COLUMNS = 5;
/** Between the legend's bar and its numbers. */
const SPACE = 6;
const CHOSEN: Color = [255, 210, 60];

/** The share of the image that each threshold of the sheet selects, 0..1. */
export function thresholdShares(heatmap: Heatmap): { readonly threshold: number; readonly share: number }[] {
  return SHEET_THRESHOLDS.map((threshold) => {
    const limit = Math.fround(threshold);
    let count = 0;
    for (const { values } of heatmapBands(heatmap)) {
      for (const value of values) {
        count += value >= limit ? 1 : 0;
      }
    }
    return { threshold, share: count / (heatmap.width * heatmap.height) };
  });
}

/**
 * A contact sheet for choosing a threshold: the heatmap with contour lines and a legend, and the image as
 * each of nine thresholds selects it, with the share selected; the one nearest to `chosen` is marked.
 *
 * @param heatmap at the image's size
 */
export function drawThresholdSheet(image: Raster, heatmap: Heatmap, title: string, chosen: number): Raster {
  const size = panelSize(image);
  const small = resizeRaster(flatten(toEightBit(image)), size);
  const coarse = resizeHeatmap(heatmap, size);
  const cells = sheetCells(size, SHEET_THRESHOLDS.length + 1, COLUMNS, GAP + LABEL_HEIGHT * 2 + GAP);
  const canvas = createCanvas(cells.width, cells.height, PAPER);
  drawText(canvas, title, GAP, GAP, { dot: SHEET_TEXT.dot * 2, color: INK });
  const first = cells.place(0);
  drawRaster(canvas, drawHeatmap(small, coarse), first.x, first.y);
  drawLegend(canvas, { x: first.x, y: first.labelY, width: size.width, height: LABEL_HEIGHT });
  const nearest = SHEET_THRESHOLDS.toSorted((a, b) => Math.abs(a - chosen) - Math.abs(b - chosen))[0];
  for (const [i, { threshold, share }] of thresholdShares(heatmap).entries()) {
    const { x, y, labelY } = cells.place(i + 1);
    drawRaster(canvas, drawOverlay(small, thresholdHeatmap(coarse, threshold)), x, y);
    const text = `${threshold.toFixed(1)}  ${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
    drawText(canvas, text, x, labelY, { dot: SHEET_TEXT.dot, color: threshold === nearest ? CHOSEN : INK });
  }
  return canvasToRaster(canvas);
}

function panelSize({ width, height }: Size): Size {
  const scale = PANEL_SIDE / Math.max(width, height);
  return { width: Math.max(60, Math.round(width * scale)), height: Math.max(60, Math.round(height * scale)) };
}

/** The image in gray under the colors of its heatmap, with contour lines at 0.25, 0.5 and 0.75. */
function drawHeatmap(image: Raster, heatmap: Heatmap): Raster {
  const { width, height, data } = heatmap;
  const out = new Uint8Array(width * height * 3);
  const level = (i: number): number => Math.floor(data[i]! * 4);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const k = i * 3;
      const gray = (image.data[k]! + image.data[k + 1]! + image.data[k + 2]!) / 3;
      const contour = (x + 1 < width && level(i) !== level(i + 1)) || (y + 1 < height && level(i) !== level(i + width));
      const color = heatColor(data[i]!);
      for (let c = 0; c < 3; c++) {
        out[k + c] = contour ? 255 : gray * 0.35 + color[c]! * 0.65;
      }
    }
  }
  return createRaster(width, height, 3, out);
}

/** Black, red, yellow, white. */
function heatColor(value: number): Color {
  const channel = (from: number): number => 255 * Math.min(Math.max(value * 3 - from, 0), 1);
  return [channel(0), channel(1), channel(2)];
}

/** A bar of the heatmap's colors from 0 to 1, with lines where the contours are. */
function drawLegend(canvas: Canvas, place: { x: number; y: number; width: number; height: number }): void {
  const { width: zeroWidth } = textSize('0', SHEET_TEXT.dot);
  const { width: oneWidth } = textSize('1', SHEET_TEXT.dot);
  const begin = place.x + zeroWidth + SPACE;
  const length = place.width - zeroWidth - oneWidth - 2 * SPACE;
  for (let x = 0; x < length; x++) {
    const value = x / (length - 1);
    const step = Math.floor(value * 4) !== Math.floor(((x - 1) / (length - 1)) * 4) && x > 0 && value < 1;
    const color: Color = step ? [255, 255, 255] : heatColor(value);
    fillRectangle(canvas, { x: begin + x, y: place.y, width: 1, height: place.height }, color);
  }
  drawText(canvas, '0', place.x, place.y, SHEET_TEXT);
  drawText(canvas, '1', begin + length + SPACE, place.y, SHEET_TEXT);
}
