import type { DepthRange } from './normalize-depth.js';

/** Where the depths of a map lie, in slices of equal width. */
export interface Histogram {
  readonly range: DepthRange;
  readonly slices: readonly HistogramSlice[];
  /** Values counted: those in the span that was asked for, background left out. */
  readonly count: number;
}

export interface HistogramSlice {
  readonly from: number;
  /** The slice ends before this depth; the last one holds it. */
  readonly to: number;
  readonly count: number;
}

export const HISTOGRAM_DEFAULTS = { slices: 20 } as const;

/** The histogram of the values in `range`, both ends included; NaN is left out. */
export function makeHistogram(
  data: Float32Array,
  range: DepthRange,
  { slices }: { readonly slices: number } = HISTOGRAM_DEFAULTS,
): Histogram {
  const { min, max } = range;
  const step = (max - min) / slices;
  const edges = Float64Array.from({ length: slices + 1 }, (_, i) => min + i * step);
  const counts = new Float64Array(slices);
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value >= min && value <= max) {
      count++;
      let slice = step > 0 ? Math.min(Math.floor((value - min) / step), slices - 1) : slices - 1;
      // The edges are what is printed: division may place a value on one of them a slice off.
      if (value < edges[slice]!) slice--;
      else if (slice < slices - 1 && value >= edges[slice + 1]!) slice++;
      counts[slice] = counts[slice]! + 1;
    }
  }
  return {
    range,
    slices: [...counts].map((inSlice, i) => ({ from: edges[i]!, to: edges[i + 1]!, count: inSlice })),
    count,
  };
}

/** A line a slice, as daz_depthmap_processor prints them: `** - 00 - 18.76% - 179.85 to 201.26`. */
export function histogramLines({ slices, count }: Histogram): string[] {
  return slices.map(({ from, to, count: inSlice }, index) => {
    const percent = (count === 0 ? 0 : (inSlice / count) * 100).toFixed(2).padStart(5, '0');
    return `** - ${String(index).padStart(2, '0')} - ${percent}% - ${formatDepth(from)} to ${formatDepth(to)}`;
  });
}

/** The histogram as lines with bars of block characters, `columns` at most. */
export function histogramBars({ slices, count }: Histogram, columns: number): string[] {
  const labels = slices.map(({ from }) => shortDepth(from));
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const barWidth = Math.max(columns - labelWidth - 10, 8);
  const max = Math.max(...slices.map((slice) => slice.count), 1);
  return slices.map((slice, i) => {
    const eighths = Math.round((slice.count / max) * barWidth * 8);
    const bar = '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7]!;
    // A slice with anything in it shows something.
    const shown = bar === '' && slice.count > 0 ? '▏' : bar;
    const percent = (count === 0 ? 0 : (slice.count / count) * 100).toFixed(2).padStart(6);
    return `${labels[i]!.padStart(labelWidth)} ${percent}% ${shown}`;
  });
}

/** A depth with two decimals at most, written as Python writes its floats. */
function formatDepth(depth: number): string {
  // Only eighths can lie exactly between two hundredths, and those Python rounds to even.
  const hundredths = depth * 100;
  const tie = Number.isInteger(depth * 8) && Math.abs(hundredths % 1) === 0.5;
  const rounded = tie ? (2 * Math.round(hundredths / 2)) / 100 : Number(depth.toFixed(2));
  return Number.isInteger(rounded) && Math.abs(rounded) < 1e16 ? `${rounded}.0` : String(rounded);
}

/** A depth for people, whatever its unit: the digits that a float has, and no more. */
export function shortDepth(depth: number): string {
  return String(Number(depth.toPrecision(6)));
}
