import type { Mask, Raster, Size } from '../../raster/index.js';

/**
 * An image whose rows are drawn when they are asked for, so that it is never in memory as a whole: what a file needs that is
 * written row by row, where each pixel follows from the pixels of the same place.
 */
export interface RowDrawing extends Size {
  readonly kind: 'rows';
  readonly channels: 1 | 3 | 4;
  readonly bitDepth: 8 | 16;
  /** Rows `from` up to, not including, `to`. Rows may be asked for in any order, and more than once. */
  readonly draw: (from: number, to: number) => Raster | Mask;
}

/** Makes an image of a function that draws some of its rows; what the first one has, all have. */
export function drawByRows({ width, height }: Size, draw: RowDrawing['draw']): RowDrawing {
  const first = draw(0, 1);
  const bitDepth = first.data instanceof Uint16Array ? 16 : 8;
  return { kind: 'rows', width, height, channels: first.kind === 'mask' ? 1 : first.channels, bitDepth, draw };
}
