import { assertInRange } from '../../errors.js';

/** Every `StructuringElement`. */
export const STRUCTURING_ELEMENTS = ['disc', 'square'] as const;

/**
 * The neighborhood of a pixel: `disc`, all pixels whose centers are no farther than the radius (exact
 * Euclidean, any real radius); `square`, with sides of twice the whole radius and 1.
 */
export type StructuringElement = (typeof STRUCTURING_ELEMENTS)[number];

/** Options of the morphological operations. */
export interface MorphologyOptions {
  readonly element?: StructuringElement | undefined;
}

/** Defaults of `MorphologyOptions`. */
export const MORPHOLOGY_DEFAULTS = { element: 'disc' } as const satisfies MorphologyOptions;

/** Half the width of the element, without its middle, in each of its rows from the middle outward. */
export function halfWidths(radiusPx: number, element: StructuringElement): Int32Array {
  const reach = Math.floor(radiusPx);
  const squared = radiusPx * radiusPx + 1e-9;
  return Int32Array.from({ length: reach + 1 }, (_, dy) =>
    element === 'square' ? reach : Math.floor(Math.sqrt(squared - dy * dy)),
  );
}

/** Throws `OPTION_RANGE` unless the radius is a number, 0 or more. */
export function assertRadius(radiusPx: number): void {
  assertInRange('the radius', radiusPx, 0, 32767);
}
