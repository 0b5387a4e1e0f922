import { invalidOption } from '../errors.js';
import type { Size } from '../raster/index.js';

/** A length on an image: a number of pixels, or text such as `12`, `12px` or `0.5%` (of the diagonal). */
export type Length = number | string;

/** A number of pixels of an image: itself, or text such as `120`, `120px` or `0.5%` (of all pixels). */
export type Area = number | string;

/**
 * The length in pixels, fraction and sign kept; percent are of the diagonal of `size`.
 * Throws `OPTION_RANGE` for anything that is not a length.
 */
export function parseLength(length: Length, size: Size): number {
  return parseMeasure('the length', 'the diagonal', length, Math.hypot(size.width, size.height));
}

/**
 * The area in pixels, fraction kept; percent are of all pixels of `size`.
 * Throws `OPTION_RANGE` for anything that is not an area, and for a negative one.
 */
export function parseArea(area: Area, size: Size): number {
  const pixels = parseMeasure('the area', 'all pixels', area, size.width * size.height);
  if (pixels < 0) {
    throw invalidOption('the area', '0 or more', area);
  }
  return pixels;
}

function parseMeasure(name: string, whole: string, measure: number | string, wholePx: number): number {
  const [, digits, unit] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(px|%)?\s*$/i.exec(String(measure)) ?? [];
  const value = Number(digits);
  if (digits === undefined || !Number.isFinite(value)) {
    throw invalidOption(name, `pixels (12 or 12px) or percent of ${whole} (0.5%)`, measure);
  }
  return unit === '%' ? (value / 100) * wholePx : value;
}
