import type { AxisWeights, ResampleFilter } from './axis-weights.js';
import type { Size } from './types.js';

/** Interleaved samples of one type: of an image, a mask, a heatmap or a depth map. */
export interface Samples<T extends SampleArray> extends Size {
  readonly channels: 1 | 3 | 4;
  readonly data: T;
}

export type SampleArray = Uint8Array | Uint16Array | Float32Array;

/**
 * The samples at another size, by a separable filter: down the columns, then along the rows, summed in
 * double precision and rounded once. Whole numbers are rounded half up and limited to their type's range.
 */
export function resample<T extends SampleArray>(
  { width, height, channels, data }: Samples<T>,
  size: Size,
  filter: ResampleFilter,
): T {
  const rows = filter(height, size.height);
  const columns = filter(width, size.width);
  const make = data.constructor as new (length: number) => T;
  const out = new make(size.width * size.height * channels);
  const blended = new Float64Array(width * channels);
  for (let y = 0; y < size.height; y++) {
    if (size.height === height) {
      blended.set(data.subarray(y * blended.length, (y + 1) * blended.length));
    } else {
      blendRows(data, rows, y, blended);
    }
    const begin = y * size.width * channels;
    if (channels >= 3) {
      blendColors(blended, columns, channels, out, begin);
    }
    if (channels === 1 && out instanceof Float32Array) {
      blendProbabilities(blended, columns, out, begin);
    } else if (channels !== 3) {
      blendChannel(blended, columns, channels, out, begin);
    }
  }
  return out;
}

/** Row `y` of the result, before its columns are resampled. */
function blendRows(source: SampleArray, { firsts, starts, weights }: AxisWeights, y: number, out: Float64Array): void {
  const { length } = out;
  const first = starts[y]!;
  for (let k = first, begin = firsts[y]! * length; k < starts[y + 1]!; k++, begin += length) {
    const weight = weights[k]!;
    if (k === first) {
      for (let i = 0; i < length; i++) {
        out[i] = source[begin + i]! * weight;
      }
    } else {
      for (let i = 0; i < length; i++) {
        out[i] = out[i]! + source[begin + i]! * weight;
      }
    }
  }
}

/** Largest value of each type of sample; values below 0 occur in depth maps alone. */
function rangeOf(data: SampleArray): { low: number; high: number; half: number } {
  return data instanceof Float32Array
    ? { low: -Infinity, high: Infinity, half: 0 }
    : { low: 0, high: data instanceof Uint8Array ? 255 : 65535, half: 0.5 };
}

/** The last channel of a row at another width. Products are added in pairs: fewer additions wait for another. */
function blendChannel(
  row: Float64Array,
  { firsts, starts, weights }: AxisWeights,
  channels: number,
  out: SampleArray,
  begin: number,
): void {
  const { low, high, half } = rangeOf(out);
  const last = channels - 1;
  for (let x = 0, o = begin + last; x < firsts.length; x++, o += channels) {
    const end = starts[x + 1]!;
    let k = starts[x]!;
    let at = firsts[x]! * channels + last;
    let sum = half;
    if (((end - k) & 1) === 1) {
      sum += row[at]! * weights[k++]!;
      at += channels;
    }
    for (; k < end; k += 2, at += 2 * channels) {
      sum += row[at]! * weights[k]! + row[at + channels]! * weights[k + 1]!;
    }
    out[o] = sum < low ? low : sum > high ? high : sum;
  }
}

/**
 * `blendChannel` for one channel of single precision, which has no range, with the two taps of linear interpolation
 * outside the loop: heatmaps are enlarged a hundred times, which is most of what resampling does.
 */
function blendProbabilities(
  row: Float64Array,
  { firsts, starts, weights }: AxisWeights,
  out: Float32Array,
  begin: number,
): void {
  const { length } = firsts;
  for (let x = 0, k = 0; x < length; x++) {
    const end = starts[x + 1]!;
    const at = firsts[x]!;
    if (end - k === 2) {
      out[begin + x] = row[at]! * weights[k]! + row[at + 1]! * weights[k + 1]!;
    } else {
      let sum = 0;
      let next = at;
      if (((end - k) & 1) === 1) {
        sum = row[next++]! * weights[k++]!;
      }
      for (; k < end; k += 2, next += 2) {
        sum += row[next]! * weights[k]! + row[next + 1]! * weights[k + 1]!;
      }
      out[begin + x] = sum;
    }
    k = end;
  }
}

/** The first three channels of a row at another width; each weight is read once for all of them. */
function blendColors(
  row: Float64Array,
  { firsts, starts, weights }: AxisWeights,
  channels: number,
  out: SampleArray,
  begin: number,
): void {
  const { low, high, half } = rangeOf(out);
  for (let x = 0, o = begin; x < firsts.length; x++, o += channels) {
    const end = starts[x + 1]!;
    let k = starts[x]!;
    let at = firsts[x]! * channels;
    let r = half;
    let g = half;
    let b = half;
    if (((end - k) & 1) === 1) {
      const weight = weights[k++]!;
      r += row[at]! * weight;
      g += row[at + 1]! * weight;
      b += row[at + 2]! * weight;
      at += channels;
    }
    for (let next = at + channels; k < end; k += 2, at += 2 * channels, next += 2 * channels) {
      const first = weights[k]!;
      const second = weights[k + 1]!;
      r += row[at]! * first + row[next]! * second;
      g += row[at + 1]! * first + row[next + 1]! * second;
      b += row[at + 2]! * first + row[next + 2]! * second;
    }
    out[o] = r < low ? low : r > high ? high : r;
    out[o + 1] = g < low ? low : g > high ? high : g;
    out[o + 2] = b < low ? low : b > high ? high : b;
  }
}
