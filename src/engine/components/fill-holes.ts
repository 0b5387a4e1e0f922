import type { Mask } from '../../raster/index.js';
import { filterComponents } from './filter-components.js';
import { type Area, parseArea } from '../parse-length.js';
import type { RunLengths } from './run-lengths.js';

/**
 * The mask with its holes selected: parts under 128 that are shut in, corners not counting as openings, and
 * are not larger than `maxArea` (default: any). Brightness around them that is not full is filled up too.
 * Throws `OPTION_RANGE` for an area that is none.
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
