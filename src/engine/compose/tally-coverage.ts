import type { Bounds, Size } from '../../raster/index.js';
import { type Coverage, COVERAGE_ONE } from './coverage.js';

/** What is counted of a coverage while its rows are drawn. */
export interface CoverageTally {
  /** Counts rows `from` up to, not including, `to`, in any order; what is not next to those that were counted is left for the end. */
  readonly add: (rows: Coverage, from: number, to: number) => void;
  /** The mean of all pixels, 0..1. */
  readonly mean: () => number;
  /** Share of the pixels that are selected: covered by half and more. */
  readonly share: () => number;
  /** The smallest rectangle around them; undefined where there are none. */
  readonly bounds: () => Bounds | undefined;
}

const HALF = COVERAGE_ONE / 2;
const STRIP_ROWS = 128;

/** Counts the pixels of a coverage of this size that is never in memory as a whole; `draw` gives the rows that nobody added. */
export function openTally({ width, height }: Size, draw: (from: number, to: number) => Coverage): CoverageTally {
  let next = 0;
  let sum = 0;
  let selected = 0;
  let [left, right, top, bottom] = [width, -1, height, -1];
  const add: CoverageTally['add'] = ({ data }, from, to) => {
    if (from > next) {
      return;
    }
    for (let y = next; y < to; y++) {
      const row = data.subarray((y - from) * width, (y - from + 1) * width);
      let inRow = 0;
      for (let x = 0; x < width; x++) {
        const value = row[x]!;
        sum += value;
        inRow += value >= HALF ? 1 : 0;
      }
      if (inRow > 0) {
        selected += inRow;
        top = Math.min(top, y);
        bottom = y;
        left = firstSelected(row, left);
        right = lastSelected(row, right);
      }
    }
    next = Math.max(next, to);
  };
  const finish = (): void => {
    for (let from = next; from < height; from += STRIP_ROWS) {
      const to = Math.min(from + STRIP_ROWS, height);
      add(draw(from, to), from, to);
    }
  };
  return {
    add,
    mean: () => {
      finish();
      return sum / (width * height) / COVERAGE_ONE;
    },
    share: () => {
      finish();
      return selected / (width * height);
    },
    bounds: () => {
      finish();
      return selected === 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
    },
  };
}

/** The first selected pixel of a row before `end`, or `end`. */
function firstSelected(row: Uint16Array, end: number): number {
  for (let x = 0; x < end; x++) {
    if (row[x]! >= HALF) return x;
  }
  return end;
}

/** The last selected pixel of a row after `end`, or `end`. */
function lastSelected(row: Uint16Array, end: number): number {
  for (let x = row.length - 1; x > end; x--) {
    if (row[x]! >= HALF) return x;
  }
  return end;
}
