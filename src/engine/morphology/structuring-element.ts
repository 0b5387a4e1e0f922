import { assertInRange } from '../../errors.js';

/** Every `StructuringElement`. */
export const STRUCTURING_ELEMENTS = ['disc', 'square'] as const;

/**
 * The shape that a pixel grows to: `disc`, all pixels whose centers are no farther than the radius (exact
 * Euclidean, any real radius); `square`, with sides of twice the whole radius and 1.
 */
export type StructuringElement = (typeof STRUCTURING_ELEMENTS)[number];

/** What masks grow and shrink by; a disc where nothing is said. */
export interface MorphologyOptions {
  readonly element?: StructuringElement | undefined;
}

/** What `dilate`, `erode`, `openMask` and `closeMask` take for what was left out. */
export const MORPHOLOGY_DEFAULTS = { element: 'disc' } as const satisfies MorphologyOptions;

/** How far the element reaches left and right of its middle, for each row from its middle outward. */
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
