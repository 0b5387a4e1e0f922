import { MaskwrightError } from '../errors.js';
import type { Size } from '../raster/index.js';

/** Throws `SIZE_MISMATCH`, naming both sizes, unless they are equal. */
export function assertSameSize(name: string, size: Size, otherName: string, other: Size): void {
  if (size.width !== other.width || size.height !== other.height) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `${name} is ${size.width} x ${size.height}, ${otherName} is ${other.width} x ${other.height}`,
      { hint: 'bring them to the same size first' },
    );
  }
}
