import { MaskwrightError } from '../errors.js';
import type { Size } from '../raster/index.js';

/** A length on an image: a number of pixels, or text such as `12`, `12px` or `0.5%` (of the diagonal). */
export type Length = number | string;

/** A number of pixels of an image: itself, or text such as `120`, `120px` or `0.5%` (of all pixels). */
export type Area = number | string;

/** The length in pixels, fractions and sign kept. Throws `OPTION_RANGE` where it is not one. */
export function parseLength(length: Length, size: Size): number {
  return parseMeasure('length', length, Math.hypot(size.width, size.height));
}

/** The area in pixels, fractions kept. Throws `OPTION_RANGE` where it is not one, or negative. */
export function parseArea(area: Area, size: Size): number {
  const pixels = parseMeasure('area', area, size.width * size.height);
  if (pixels < 0) {
    throw new MaskwrightError('OPTION_RANGE', `the area ${area} is negative`, { hint: 'areas are 0 or more' });
  }
  return pixels;
}

function parseMeasure(what: 'length' | 'area', measure: number | string, whole: number): number {
  const [, digits, unit] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(px|%)?\s*$/i.exec(String(measure)) ?? [];
  const value = Number(digits);
  if (digits === undefined || !Number.isFinite(value)) {
    throw new MaskwrightError(
      'OPTION_RANGE',
      `${JSON.stringify(measure)} is not ${what === 'area' ? 'an' : 'a'} ${what}`,
      {
        hint: `pixels (12 or 12px), or percent of ${what === 'area' ? 'all pixels' : 'the diagonal'} (0.5%)`,
      },
    );
  }
  return unit === '%' ? (value / 100) * whole : value;
}
