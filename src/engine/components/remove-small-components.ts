import type { Mask } from '../../raster/index.js';
import { filterComponents } from './filter-components.js';
import { type Area, parseArea } from '../parse-length.js';

/**
 * The mask without components (of values from 128, touching corners included) smaller than `minArea`, faint
 * pixels around them too. Throws `OPTION_RANGE` for an area that is none.
 */
export function removeSmallComponents(mask: Mask, minArea: Area): Mask {
  const minimum = parseArea(minArea, mask);
  return filterComponents(mask, 'selected', 8, (_runs, areas) =>
    Uint8Array.from(areas, (area) => (area >= minimum ? 1 : 0)),
  );
}
