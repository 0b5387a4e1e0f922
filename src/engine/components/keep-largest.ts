import { assertWholeNumber } from '../../errors.js';
import type { Mask } from '../../raster/index.js';
import { filterComponents } from './filter-components.js';

/**
 * Keeps the `count` largest components (of values from 128, 8-connected) and removes all others. Of equal
 * areas, the component whose first pixel comes first, row by row, is kept.
 *
 * @throws `OPTION_RANGE` unless `count` is a whole number, 1 or more
 */
export function keepLargest(mask: Mask, count = 1): Mask {
  assertWholeNumber('the number of components to keep', count, 1);
  return filterComponents(mask, 'selected', 8, (_runs, areas) => {
    const kept = new Uint8Array(areas.length);
    const order = Array.from(areas.keys()).sort((a, b) => areas[b]! - areas[a]! || a - b);
    for (const component of order.slice(0, count)) {
      kept[component] = 1;
    }
    return kept;
  });
}
