import type { Mask } from '../../raster/index.js';
import { asWords } from '../packed-bytes.js';
import { createDisjointSets, uniteSets } from './disjoint-sets.js';

/** 8: pixels that touch at a corner are connected; 4: only those that share a side. */
export type Connectivity = 4 | 8;

/** Runs of pixels of a mask, row by row, with the component that each belongs to. */
export interface RunLengths {
  /** Index of the first run of each row, and after the last row the number of runs. */
  readonly rowStarts: Int32Array;
  /** First pixel of each run, and the one after its last, as indexes into the mask. */
  readonly begins: Int32Array;
  readonly ends: Int32Array;
  /** Component of each run, from 0, numbered in the order of their first pixels. */
  readonly components: Int32Array;
  readonly componentCount: number;
}

/** Whether runs are of selected pixels (values from 128), or of all others. */
export type RunLengthsOf = 'selected' | 'unselected';

/**
 * The runs of a mask and their connected components, by union-find over runs: two passes, equivalences between
 * neighboring rows, after Rosenfeld and Pfaltz 1966.
 */
export function findRunLengths(mask: Mask, of: RunLengthsOf, connectivity: Connectivity): RunLengths {
  const { width, height, data } = mask;
  const words = asWords(data);
  const inside = of === 'selected' ? 128 : 0;
  const outsideWord = of === 'selected' ? 0 : ALL_SELECTED;
  const insideWord = ALL_SELECTED - outsideWord;
  let begins = new Int32Array(1024);
  let ends = new Int32Array(1024);
  const rowStarts = new Int32Array(height + 1);
  let count = 0;
  for (let y = 0, row = 0; y < height; y++, row += width) {
    rowStarts[y] = count;
    if (count + width > begins.length) {
      begins = enlarge(begins, count + width);
      ends = enlarge(ends, count + width);
    }
    const rowEnd = row + width;
    let i = row;
    while (true) {
      while (i < rowEnd && (data[i]! & 128) !== inside) {
        i++;
        while ((i & 3) === 0 && i < rowEnd && (words[i >> 2]! & ALL_SELECTED) === outsideWord) {
          i += 4;
        }
      }
      if (i >= rowEnd) {
        break;
      }
      begins[count] = i;
      while (i < rowEnd && (data[i]! & 128) === inside) {
        i++;
        while ((i & 3) === 0 && i < rowEnd && (words[i >> 2]! & ALL_SELECTED) === insideWord) {
          i += 4;
        }
      }
      ends[count] = i < rowEnd ? i : rowEnd;
      count++;
    }
  }
  rowStarts[height] = count;
  const parents = joinRows(rowStarts, begins, ends, width, connectivity === 8 ? 1 : 0);
  const components = new Int32Array(count);
  let componentCount = 0;
  for (let run = 0; run < count; run++) {
    // Parents come before their children, so their component is known.
    const parent = parents[run]!;
    components[run] = parent === run ? componentCount++ : components[parent]!;
  }
  return { rowStarts, begins, ends, components, componentCount };
}

/** Four selected values, by their highest bits. */
const ALL_SELECTED = 0x80808080 | 0;

function enlarge(array: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
}

function joinRows(
  rowStarts: Int32Array,
  begins: Int32Array,
  ends: Int32Array,
  width: number,
  slack: 0 | 1,
): Int32Array {
  const height = rowStarts.length - 1;
  const parents = createDisjointSets(rowStarts[height]!);
  for (let y = 1; y < height; y++) {
    let upper = rowStarts[y - 1]!;
    let lower = rowStarts[y]!;
    const upperEnd = lower;
    const lowerEnd = rowStarts[y + 1]!;
    while (upper < upperEnd && lower < lowerEnd) {
      const upperLast = ends[upper]! + width;
      if (begins[upper]! + width < ends[lower]! + slack && begins[lower]! < upperLast + slack) {
        uniteSets(parents, upper, lower);
      }
      if (upperLast < ends[lower]!) {
        upper++;
      } else {
        lower++;
      }
    }
  }
  return parents;
}
