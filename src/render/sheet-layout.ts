import type { Size } from '../raster/index.js';
import { type Color, textSize } from './canvas.js';

/** Between the cells of a contact sheet, and around them. */
export const GAP = 16;
export const PAPER: Color = [24, 24, 28];
export const INK: Color = [236, 236, 236];
/** Letters of labels: dots of two pixels. */
export const SHEET_TEXT = { dot: 2, color: INK } as const;
export const LABEL_HEIGHT = textSize('0', SHEET_TEXT.dot).height;

/** The size of a contact sheet, and where its cells lie. */
export interface SheetCells extends Size {
  /** Top left corner of a cell's panel, and the top of the label below it. */
  readonly place: (cell: number) => { readonly x: number; readonly y: number; readonly labelY: number };
}

/** Panels of one size with a label below each, row by row. `top` pixels above them are left for a title. */
export function sheetCells(panel: Size, count: number, columns: number, top = GAP): SheetCells {
  const width = panel.width + GAP;
  const height = panel.height + GAP + LABEL_HEIGHT + GAP;
  return {
    width: GAP + columns * width,
    height: top + Math.ceil(count / columns) * height,
    place: (cell) => {
      const y = top + Math.floor(cell / columns) * height;
      return { x: GAP + (cell % columns) * width, y, labelY: y + panel.height + GAP / 2 };
    },
  };
}
