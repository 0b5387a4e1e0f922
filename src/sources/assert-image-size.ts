import { MaskwrightError } from '../errors.js';
import type { Size } from '../raster/index.js';

/** Throws `SIZE_MISMATCH` unless two images have the same size. */
export function assertImageSize(name: string, size: Size, otherName: string, other: Size): void {
  if (size.width !== other.width || size.height !== other.height) {
    throw new MaskwrightError(
      'SIZE_MISMATCH',
      `${name} is ${size.width} x ${size.height}, ${otherName} is ${other.width} x ${other.height}`,
      { hint: 'use images of the same size' },
    );
  }
}
