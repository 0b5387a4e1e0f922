import type { Raster } from '../raster/index.js';
import { type Canvas, type Color, drawText, fillRectangle, textSize } from './canvas.js';

/** A number and the pixel that it is centered on. */
export interface NumberAt {
  readonly number: number;
  readonly x: number;
  readonly y: number;
}

const INK: Color = [255, 255, 255];
const PAPER: Color = [0, 0, 0];
/** Height of a digit as a share of the shorter side of the image. */
const DIGIT_SHARE = 0.03;
const GLYPH_ROWS = 7;

/** A copy of an 8-bit RGB image with numbers on it, white on black plates that stay inside the image. */
export function drawNumbers(image: Raster, numbers: readonly NumberAt[]): Raster {
  const { width, height } = image;
  const data = Uint8Array.from(image.data);
  const canvas: Canvas = { width, height, data };
  const dot = Math.max(1, Math.round((Math.min(width, height) * DIGIT_SHARE) / GLYPH_ROWS));
  for (const { number, x, y } of numbers) {
    const text = String(number);
    const size = textSize(text, dot);
    const plate = { width: size.width + 4 * dot, height: size.height + 4 * dot };
    const left = clamp(Math.round(x - plate.width / 2), width - plate.width);
    const top = clamp(Math.round(y - plate.height / 2), height - plate.height);
    fillRectangle(canvas, { x: left, y: top, ...plate }, PAPER);
    drawText(canvas, text, left + 2 * dot, top + 2 * dot, { dot, color: INK });
  }
  return { ...image, data };
}

function clamp(value: number, max: number): number {
  return Math.max(0, Math.min(value, max));
}
