import { MaskwrightError } from '../errors.js';
import type { Size } from './types.js';

/**
 * The error for two sizes that do not fit each other, with both names and both sizes in pixels.
 *
 * @param hint what the user can do about it
 */
export function sizeMismatch(name: string, size: Size, otherName: string, other: Size, hint: string): MaskwrightError {
  const message = `${name} is ${size.width} x ${size.height}, ${otherName} is ${other.width} x ${other.height}`;
  return new MaskwrightError('SIZE_MISMATCH', message, { hint });
}

/** Throws `SIZE_MISMATCH` unless the sizes are equal. */
export function assertSameSize(
  name: string,
  size: Size,
  otherName: string,
  other: Size,
  hint = 'use images of the same size',
): void {
  if (size.width !== other.width || size.height !== other.height) {
    throw sizeMismatch(name, size, otherName, other, hint);
  }
}
