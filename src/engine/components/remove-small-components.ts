import type { Mask } from '../../raster/index.js';
import { filterComponents } from './filter-components.js';
import { type Area, parseArea } from '../parse-length.js';

/**
 * Removes components (of values from 128, 8-connected) smaller than `minArea`, and the values below 128
 * around them.
 *
 * @param minArea in pixels, or percent of all pixels
 * @throws `OPTION_RANGE` for a value that is not an area
 */
export function removeSmallComponents(mask: Mask, minArea: Area): Mask {
  const minimum = parseArea(minArea, mask);
  return filterComponents(mask, 'selected', 8, (_runs, areas) =>
    Uint8Array.from(areas, (area) => (area >= minimum ? 1 : 0)),
  );
}
