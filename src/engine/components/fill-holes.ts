import type { Mask } from '../../raster/index.js';
import { filterComponents } from './filter-components.js';
import { type Area, parseArea } from '../parse-length.js';
import type { RunLengths } from './run-lengths.js';

/**
 * Selects the holes of a mask: components of values below 128 (4-connected) that do not touch the border and
 * are not larger than `maxArea`. Soft values around a hole become 255 too.
 *
 * @param maxArea in pixels, or percent of all pixels; any by default
 * @throws `OPTION_RANGE` for a value that is not an area
 */
export function fillHoles(mask: Mask, maxArea: Area = Infinity): Mask {
  const maximum = maxArea === Infinity ? Infinity : parseArea(maxArea, mask);
  return filterComponents(mask, 'unselected', 4, (runs, areas) =>
    touchesBorder(runs, mask).map((touches, component) => (touches !== 0 || areas[component]! > maximum ? 1 : 0)),
  );
}

function touchesBorder(
  { rowStarts, begins, ends, components, componentCount }: RunLengths,
  { width, height }: Mask,
): Uint8Array {
  const touches = new Uint8Array(componentCount);
  for (let y = 0; y < height; y++) {
    for (let run = rowStarts[y]!; run < rowStarts[y + 1]!; run++) {
      if (y === 0 || y === height - 1 || begins[run] === y * width || ends[run] === (y + 1) * width) {
        touches[components[run]!] = 1;
      }
    }
  }
  return touches;
}
