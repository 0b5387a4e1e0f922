import type { Mask } from '../../raster/index.js';
import { layOut, type WasmExports, wasmOpener } from '../open-wasm.js';
import { GAUSSIAN_ROWS_WASM } from './gaussian-rows-wasm.js';

/** The functions of `gaussian-rows.wat`. */
interface RowExports extends WasmExports {
  readonly noteChanges: (row: number, above: number, length: number, changes: number, y: number) => void;
  readonly blurColumns: (
    to: number,
    below: number,
    rows: number,
    stride: number,
    length: number,
    weights: number,
    weightsEnd: number,
    lower: number,
    changes: number,
    steady: number,
    first: number,
    shift: number,
  ) => void;
  readonly blurLine: (
    to: number,
    line: number,
    length: number,
    margin: number,
    reach: number,
    weights: number,
    weightsEnd: number,
    counts: number,
    shift: number,
  ) => void;
}

/** A Gaussian's right half in whole numbers; both halves add up to `2 ** places`. */
interface FixedKernel {
  readonly weights: Int16Array;
  readonly places: number;
}

/** Sums of 32 bits hold no more. */
const MAX_PLACES = 17;
/** What is summed up down the columns keeps so many binary places, and is less by the middle of all values. */
const KEPT_PLACES = 7;
const MIDDLE = 127.5 * 2 ** KEPT_PLACES;

const openRows = wasmOpener(GAUSSIAN_ROWS_WASM) as (bytes: number) => RowExports;

/** From here on a Gaussian is cut off sooner. */
const WIDE_SIGMA = 3.7;

/**
 * The mask blurred down its columns, then along its rows, by the samples of a Gaussian out to 4 sigma, 3.5 from a sigma of
 * 3.7. The weights are whole numbers, so that WebAssembly (SIMD) and JavaScript give the same. Cutting off, the weights and
 * the sums' places change a value by less than 1/20 of a level before it is rounded, from a sigma of 3.7 by less than 1/3.
 *
 * @param sigmaPx 0.1 to 15
 */
export function blurInFixedPoint(mask: Mask, sigmaPx: number): Uint8Array {
  const kernel = fixKernel(sigmaPx);
  return blurInWebAssembly(mask, kernel) ?? blurInJavaScript(mask, kernel);
}

/** As `blurInFixedPoint`, without WebAssembly. */
export function blurFixedInJavaScript(mask: Mask, sigmaPx: number): Uint8Array {
  return blurInJavaScript(mask, fixKernel(sigmaPx));
}

/** The right half of a normalized Gaussian, from its middle out to `sigmas`. */
export function gaussianKernel(sigma: number, sigmas: number): Float64Array {
  const reach = Math.ceil(sigmas * sigma);
  const half = Float64Array.from({ length: reach + 1 }, (_, x) => Math.exp((-x * x) / (2 * sigma * sigma)));
  const total = half.reduce((sum, weight) => sum + 2 * weight, -half[0]!);
  return half.map((weight) => weight / total);
}

/** As many places as the weights leave room for. Rounded from the outside in, what one loses the next gains. */
function fixKernel(sigmaPx: number): FixedKernel {
  const kernel = gaussianKernel(sigmaPx, sigmaPx < WIDE_SIGMA ? 4 : 3.5);
  const places = Math.min(MAX_PLACES, Math.floor(Math.log2(32_700 / kernel[0]!)));
  const one = 2 ** places;
  const weights = new Int16Array(kernel.length);
  let wanted = 0;
  let sum = 0;
  for (let k = kernel.length - 1; k > 0; k--) {
    wanted += kernel[k]! * one;
    weights[k] = Math.round(wanted - sum);
    sum += weights[k]!;
  }
  weights[0] = one - 2 * sum;
  return { weights, places };
}

function blurInJavaScript({ width, height, data }: Mask, { weights, places }: FixedKernel): Uint8Array {
  const out = new Uint8Array(data.length);
  const reach = weights.length - 1;
  const line = new Int32Array(width + 2 * reach);
  const sums = new Int32Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(2 ** (places - KEPT_PLACES - 1) - MIDDLE * 2 ** (places - KEPT_PLACES));
    addRow(sums, data, y * width, weights[0]!);
    for (let k = 1; k <= reach; k++) {
      addRow(sums, data, Math.max(y - k, 0) * width, weights[k]!);
      addRow(sums, data, Math.min(y + k, height - 1) * width, weights[k]!);
    }
    for (let x = 0; x < width; x++) {
      line[reach + x] = sums[x]! >> (places - KEPT_PLACES);
    }
    line.fill(line[reach]!, 0, reach);
    line.fill(line[reach + width - 1]!, reach + width);
    sums.fill(0);
    for (let k = -reach; k <= reach; k++) {
      addRow(sums, line, reach + k, weights[Math.abs(k)]!);
    }
    for (let x = 0, i = y * width; x < width; x++, i++) {
      // The middle that was taken off, and half a level to round by, are 128.
      out[i] = (sums[x]! >> (places + KEPT_PLACES)) + 128;
    }
  }
  return out;
}

function addRow(sums: Int32Array, values: Uint8Array | Int32Array, start: number, weight: number): void {
  for (let x = 0; x < sums.length; x++) {
    sums[x]! += weight * values[start + x]!;
  }
}

/** Pixels that WebAssembly takes at a time. */
const GROUP = 16;
/** Rows of the result that are made between two copies: an even number. */
const BAND = 64;

function blurInWebAssembly({ width, height, data }: Mask, { weights, places }: FixedKernel): Uint8Array | undefined {
  const reach = weights.length - 1;
  const taps = 2 * reach + 2;
  const length = Math.ceil(width / GROUP) * GROUP;
  // An odd number of cache lines: rows below one another do not compete for the same places of the cache.
  const stride = (Math.ceil(length / 64) | 1) * 64;
  const margin = (Math.ceil(reach / GROUP) + 1) * GROUP;
  const at = layOut({
    // Of the lower of two rows, and two bytes further of the upper one: 0, the weights, zeros.
    weights: 2 * (taps + 3),
    changes: length / 4,
    counts: (length + 2 * margin) / 4,
    upper: 2 * (length + 2 * margin),
    lower: 2 * (length + 2 * margin),
    rows: (BAND + 2 * reach) * stride,
    out: BAND * width + GROUP,
  });
  let wasm: RowExports;
  try {
    wasm = openRows(at.end);
  } catch {
    return undefined;
  }
  const { buffer } = wasm.memory;
  const bytes = new Uint8Array(buffer);
  new Int16Array(buffer, at.weights, taps + 3).fill(0).set(
    Int16Array.from({ length: taps - 1 }, (_, k) => weights[Math.abs(k - reach)]!),
    1,
  );
  const upperWeights = at.weights + 2;
  const changes = new Int32Array(buffer, at.changes, length / GROUP).fill(0);
  const takeRow = (row: number, y: number): void => {
    const start = Math.min(Math.max(y, 0), height - 1) * width;
    bytes.set(data.subarray(start, start + width), row);
    if (width < length) {
      bytes.fill(bytes[row + width - 1]!, row + width, row + length);
    }
  };
  const noteRow = (k: number): void => {
    const row = at.rows + k * stride;
    wasm.noteChanges(row, row - stride, length, at.changes, k);
  };
  for (let k = 0; k < 2 * reach; k++) {
    takeRow(at.rows + k * stride, k - reach);
    if (k > 0) {
      noteRow(k);
    }
  }
  const out = new Uint8Array(data.length);
  const shift = places - KEPT_PLACES;
  const first = 2 ** (shift - 1) - MIDDLE * 2 ** shift;
  const blurLine = (to: number, line: number): void =>
    wasm.blurLine(
      to,
      line + 2 * margin,
      2 * length,
      2 * margin,
      2 * reach,
      upperWeights,
      upperWeights + 8 * Math.ceil(taps / 4),
      at.counts,
      places + KEPT_PLACES,
    );
  for (let y = 0; y < height; y += BAND) {
    const count = Math.min(BAND, height - y);
    for (let k = 0; k < count + (count & 1); k++) {
      takeRow(at.rows + (2 * reach + k) * stride, y + reach + k);
    }
    for (let k = 0; k < count; k += 2) {
      noteRow(k + 2 * reach);
      noteRow(k + 2 * reach + 1);
      wasm.blurColumns(
        at.upper + 2 * margin,
        at.lower + 2 * margin,
        at.rows + k * stride,
        stride,
        length,
        upperWeights,
        upperWeights + 2 * taps,
        -2,
        at.changes,
        k,
        first,
        shift,
      );
      blurLine(at.out + k * width, at.upper);
      if (k + 1 < count) {
        blurLine(at.out + (k + 1) * width, at.lower);
      }
    }
    out.set(bytes.subarray(at.out, at.out + count * width), y * width);
    // The last rows of this band are the first of the next.
    bytes.copyWithin(at.rows, at.rows + BAND * stride, at.rows + (BAND + 2 * reach) * stride);
    for (let k = 0; k < changes.length; k++) {
      changes[k] = Math.max(changes[k]! - BAND, 0);
    }
  }
  return out;
}
