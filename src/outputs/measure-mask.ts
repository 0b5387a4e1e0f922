import { maskBounds } from '../engine/index.js';
import type { Bounds, Mask } from '../raster/index.js';

/** How much a mask selects, and where. */
export interface MaskMeasure {
  /** Share of the pixels with 128 and more, 0..1. */
  readonly share: number;
  /** Smallest rectangle around them; undefined where there are none. */
  readonly bounds: Bounds | undefined;
}

/** Share and bounds of what a mask selects, 128 and more counting as selected. */
export function measureMask(mask: Mask): MaskMeasure {
  let selected = 0;
  const { data } = mask;
  for (let i = 0; i < data.length; i++) {
    selected += data[i]! >> 7;
  }
  return { share: selected / data.length, bounds: maskBounds(mask) };
}
