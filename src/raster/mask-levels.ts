import { createMask } from './create.js';
import type { Mask } from './types.js';

/** From this value on a pixel is selected, everywhere in the project. */
export const SELECTED_FROM = 128;

/** Every `MaskLevels`. */
export const MASK_LEVELS = ['as-is', 'auto'] as const;

/**
 * What the values of a mask file mean. `as-is`: 255 is selected. `auto`: the darkest value is not selected
 * and the brightest is, see `stretchMask`.
 */
export type MaskLevels = (typeof MASK_LEVELS)[number];

/** The values of a mask that matter to what it selects. */
export interface MaskValues {
  readonly min: number;
  readonly peak: number;
  /** How many different values there are. */
  readonly distinct: number;
  /** Share of the pixels that are selected (128 and more), 0..1. */
  readonly selected: number;
}

/** Measures the values of a mask. */
export function measureMaskValues({ data }: Mask): MaskValues {
  const counts = new Uint32Array(256);
  // Two tables: a count that has just been written is slow to read again, and neighbors are alike.
  const odd = new Uint32Array(256);
  const even = data.length & ~1;
  for (let i = 0; i < even; i += 2) {
    counts[data[i]!]!++;
    odd[data[i + 1]!]!++;
  }
  if (even < data.length) {
    counts[data[even]!]!++;
  }
  odd.forEach((count, value) => (counts[value]! += count));
  const values = [...counts.keys()].filter((value) => counts[value]! > 0);
  const selected = counts.subarray(SELECTED_FROM).reduce((sum, count) => sum + count, 0);
  return {
    min: values[0] ?? 0,
    peak: values.at(-1) ?? 0,
    distinct: values.length,
    selected: data.length === 0 ? 0 : selected / data.length,
  };
}

/**
 * Whether a mask says something that no pixel of it is bright enough to select: values 0 and 1, the indexes of
 * a palette, the labels of a label map, pure red (luma 76) on black.
 */
export function isFaintMask({ min, peak }: MaskValues): boolean {
  return peak < SELECTED_FROM && peak > min;
}

/** Up to so many different values below this one are labels, of which any but the lowest is selected. */
const LABELS = { most: 16, below: 32 };

/**
 * The mask with its values spread over 0..255, so that its brightest value is fully selected. Where they are
 * few and small (0 and 1, or the labels 0 to 7) they are names, not degrees: all but the lowest are selected.
 * A mask of one value stays as it is.
 */
export function stretchMask(mask: Mask): Mask {
  const { min, peak, distinct } = measureMaskValues(mask);
  if (peak === min) {
    return mask;
  }
  const labels = distinct <= LABELS.most && peak < LABELS.below;
  const table = Uint8Array.from({ length: 256 }, (_, value) => {
    const share = Math.min(Math.max((value - min) / (peak - min), 0), 1);
    return labels ? (value > min ? 255 : 0) : Math.round(255 * share);
  });
  return createMask(
    mask.width,
    mask.height,
    mask.data.map((value) => table[value]!),
  );
}
