import { MaskwrightError } from '../errors.js';
import type { Size } from './types.js';

/**
 * Throws `SIZE_MISMATCH`, with both names and sizes in pixels, unless the sizes are equal.
 *
 * @param hint what the user can do about it
 */
export function assertSameSize(
  name: string,
  size: Size,
  otherName: string,
  other: Size,
  hint = 'bring them to the same size first',
): void {
  if (size.width !== other.width || size.height !== other.height) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `${name} is ${size.width} x ${size.height}, ${otherName} is ${other.width} x ${other.height}`,
      { hint },
    );
  }
}
