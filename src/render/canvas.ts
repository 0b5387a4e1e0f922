import { type Bounds, createRaster, type Raster, type Size } from '../raster/index.js';
import { GLYPH_SIZE, glyphOf } from './bitmap-font.js';

/** Each part 0..255. */
export type Color = readonly [red: number, green: number, blue: number];

/** An RGB image being drawn on: the functions here write to it. */
export interface Canvas extends Size {
  readonly data: Uint8Array;
}

/** A canvas of one color. */
export function createCanvas(width: number, height: number, [red, green, blue]: Color): Canvas {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3) {
    data[i] = red;
    data[i + 1] = green;
    data[i + 2] = blue;
  }
  return { width, height, data };
}

/** The canvas as an image; shares its memory. */
export function canvasToRaster({ width, height, data }: Canvas): Raster {
  return createRaster(width, height, 3, data);
}

/** Copies an 8-bit RGB image to the canvas, its top left corner at (`left`, `top`); it must fit. */
export function drawRaster(canvas: Canvas, raster: Raster, left: number, top: number): void {
  for (let y = 0; y < raster.height; y++) {
    const begin = y * raster.width * 3;
    canvas.data.set(raster.data.subarray(begin, begin + raster.width * 3), ((top + y) * canvas.width + left) * 3);
  }
}

/** Fills the part of a rectangle that lies on the canvas. */
export function fillRectangle(canvas: Canvas, { x, y, width, height }: Bounds, color: Color): void {
  const right = Math.min(x + width, canvas.width);
  const bottom = Math.min(y + height, canvas.height);
  for (let row = Math.max(y, 0); row < bottom; row++) {
    for (let column = Math.max(x, 0); column < right; column++) {
      canvas.data.set(color, (row * canvas.width + column) * 3);
    }
  }
}

/** Draws a line of text, each dot `dot` pixels wide, its top left corner at (`left`, `top`). It is clipped to the canvas. */
export function drawText(
  canvas: Canvas,
  text: string,
  left: number,
  top: number,
  { dot, color }: { readonly dot: number; readonly color: Color },
): void {
  for (const [position, letter] of [...text].entries()) {
    const glyph = glyphOf(letter);
    for (let i = 0; i < glyph.length; i++) {
      if (glyph[i] === 1) {
        const x = left + (position * (GLYPH_SIZE.width + 1) + (i % GLYPH_SIZE.width)) * dot;
        const y = top + Math.floor(i / GLYPH_SIZE.width) * dot;
        fillRectangle(canvas, { x, y, width: dot, height: dot }, color);
      }
    }
  }
}

/** Width and height in pixels of a text as `drawText` draws it. */
export function textSize(text: string, dot: number): Size {
  return { width: ([...text].length * (GLYPH_SIZE.width + 1) - 1) * dot, height: GLYPH_SIZE.height * dot };
}
