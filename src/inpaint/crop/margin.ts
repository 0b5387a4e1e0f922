import { MaskwrightError } from '../../errors.js';

/**
 * Pixels of a margin, written `256`, `256px` or `10%` of a side in pixels.
 * Throws `OPTION_RANGE` for a text that is no margin.
 */
export function measureMargin(option: string, text: string, side: number): number {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*(px|%)?\s*$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new MaskwrightError('OPTION_RANGE', `${option} is ${JSON.stringify(text)}, which is not a length`, {
      hint: "pixels (256 or 256px), or percent of the image's side (10%)",
    });
  }
  return Math.round(unit === '%' ? (Number(digits) / 100) * side : Number(digits));
}

/** Throws `OPTION_RANGE` for a text that is no margin. */
export function assertMargin(option: string, text: string | undefined): void {
  if (text !== undefined) {
    measureMargin(option, text, 1);
  }
}
