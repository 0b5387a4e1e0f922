import type { Mask } from '../../raster/index.js';
import { gaussianKernel } from './gaussian-rows.js';

/** In pixels of the shrunk plane, before the variances of shrinking and enlarging are taken off. */
const MIN_SIGMA = 1.85;
/** The enlarged rows' differences are summed up in whole numbers: over 64 pixels they stay exact. */
const MAX_HALVINGS = 6;

/** Cells that each side of a shrunk plane has beyond the mask; the outermost hold the border's value. */
const MARGIN = 2;

/** A plane that is made row by row, from the top; the four rows asked for last are there. */
interface Rows {
  readonly width: number;
  readonly height: number;
  readonly row: (y: number) => Float64Array;
}

/**
 * The mask is halved a number of times by the weights 1 3 3 1 (Burt and Adelson's pyramid, 1983, with an even kernel),
 * blurred there and enlarged by a quadratic B-spline: smooth kernels whose variances add up to that of the Gaussian asked
 * for, in a time that falls with sigma. With sigma at least 1.85 pixels of the shrunk plane, the absolute errors of the
 * kernel add up to less than 1/490 for each axis: half a level.
 */
export function blurShrunk(mask: Mask, sigmaPx: number): Uint8Array {
  const halvings = Math.min(Math.floor(Math.log2(sigmaPx / MIN_SIGMA)), MAX_HALVINGS);
  let rows = halveMask(mask);
  for (let n = 1; n < halvings; n++) {
    rows = halveRows(rows);
  }
  const factor = 2 ** halvings;
  // Halving has a variance of 3/4 of what it is applied to; those add up to (d^2 - 1) / 4, and the spline has d^2 / 4.
  const variance = (sigmaPx / factor) ** 2 - 0.5 + 0.25 / factor ** 2;
  return enlarge(blurRows(rows, gaussianKernel(Math.sqrt(variance), 3.1)), mask, factor);
}

function keepFour(width: number, height: number, fill: (y: number, row: Float64Array) => void): Rows {
  const kept = Array.from({ length: 4 }, () => ({ y: -1, row: new Float64Array(width) }));
  return {
    width,
    height,
    row: (y) => {
      const slot = kept[y & 3]!;
      if (slot.y !== y) {
        slot.y = y;
        fill(y, slot.row);
      }
      return slot.row;
    },
  };
}

const LANES = 0xff00ff;

/** Four pixels at a time: their sums down the columns lie in the halves of two words, even ones and odd ones. */
function halveMask({ width, height, data }: Mask): Rows {
  const columns = Math.ceil(width / 2) + 2 * MARGIN;
  const lead = 2 * MARGIN;
  const lines = Array.from({ length: 4 }, () => new Uint8Array(((columns >> 1) + 1) * 4));
  const words = lines.map((line) => new Int32Array(line.buffer));
  const held = [-1, -1, -1, -1];
  const lineOf = (y: number): Int32Array => {
    const row = Math.min(Math.max(y, 0), height - 1);
    const slot = row & 3;
    if (held[slot] !== row) {
      held[slot] = row;
      const start = row * width;
      const line = lines[slot]!;
      line.fill(data[start]!, 0, lead);
      line.set(data.subarray(start, start + width), lead);
      line.fill(data[start + width - 1]!, lead + width);
    }
    return words[slot]!;
  };
  return keepFour(columns, Math.ceil(height / 2) + 2 * MARGIN, (row, out) => {
    const y = (row - MARGIN) * 2;
    halveWords(lineOf(y - 1), lineOf(y), lineOf(y + 1), lineOf(y + 2), out);
  });
}

function halveWords(
  above: Int32Array,
  upper: Int32Array,
  lower: Int32Array,
  below: Int32Array,
  out: Float64Array,
): void {
  let before = -1;
  let open = 0;
  for (let k = 0, x = 0; x <= out.length; k++, x += 2) {
    const a = above[k]!;
    const b = upper[k]!;
    const c = lower[k]!;
    const d = below[k]!;
    const even = (a & LANES) + (d & LANES) + 3 * ((b & LANES) + (c & LANES));
    const odd = ((a >>> 8) & LANES) + ((d >>> 8) & LANES) + 3 * (((b >>> 8) & LANES) + ((c >>> 8) & LANES));
    const even0 = even & 0xffff;
    const odd1 = odd & 0xffff;
    const even2 = even >>> 16;
    const odd3 = odd >>> 16;
    if (x > 0) {
      out[x - 1] = (open + even0) / 64;
    }
    if (x < out.length) {
      out[x] = ((before < 0 ? even0 : before) + 3 * (even0 + odd1) + even2) / 64;
    }
    before = odd3;
    open = odd1 + 3 * (even2 + odd3);
  }
}

function halveRows({ width, height, row }: Rows): Rows {
  const columns = Math.ceil((width - 2 * MARGIN) / 2) + 2 * MARGIN;
  const lead = MARGIN + 1;
  const line = new Float64Array(2 * columns + 2);
  const rowAt = (y: number): Float64Array => row(Math.min(Math.max(y, 0), height - 1));
  return keepFour(columns, Math.ceil((height - 2 * MARGIN) / 2) + 2 * MARGIN, (y, out) => {
    const middle = 2 * y - MARGIN;
    const a = rowAt(middle - 1);
    const b = rowAt(middle);
    const c = rowAt(middle + 1);
    const d = rowAt(middle + 2);
    for (let x = 0; x < width; x++) {
      line[lead + x] = a[x]! + d[x]! + 3 * (b[x]! + c[x]!);
    }
    line.fill(line[lead]!, 0, lead);
    line.fill(line[lead + width - 1]!, lead + width);
    for (let i = 0, x = 0; i < columns; i++, x += 2) {
      out[i] = (line[x]! + line[x + 3]! + 3 * (line[x + 1]! + line[x + 2]!)) / 64;
    }
  });
}

function blurRows({ width, height, row }: Rows, kernel: Float64Array): Rows {
  const reach = kernel.length - 1;
  const padded = new Float64Array(width + 2 * reach);
  const sums = new Float64Array(width);
  const wide = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const source = row(y);
    padded.fill(source[0]!, 0, reach);
    padded.set(source, reach);
    padded.fill(source[width - 1]!, reach + width);
    weigh(padded, kernel, (k) => reach + k, sums);
    wide.set(sums, y * width);
  }
  return keepFour(width, height, (y, out) => {
    weigh(wide, kernel, (k) => Math.min(Math.max(y + k, 0), height - 1) * width, out);
  });
}

/**
 * Sums over the kernel of the places `from` up to, not including, `to` of a line; the line that weight k counts starts
 * at `startOf(k)`. Three weights at a time.
 */
function weigh(
  source: Float64Array,
  kernel: Float64Array,
  startOf: (k: number) => number,
  sums: Float64Array,
  from = 0,
  to = sums.length,
): void {
  const middle = startOf(0);
  const own = kernel[0]!;
  for (let x = from; x < to; x++) {
    sums[x] = own * source[middle + x]!;
  }
  const reach = kernel.length - 1;
  for (let k = 1; k <= reach; k += 3) {
    const [w0, w1, w2] = [kernel[k]!, kernel[k + 1] ?? 0, kernel[k + 2] ?? 0];
    const [k1, k2] = [Math.min(k + 1, reach), Math.min(k + 2, reach)];
    const [a0, a1, a2] = [startOf(-k), startOf(-k1), startOf(-k2)];
    const [b0, b1, b2] = [startOf(k), startOf(k1), startOf(k2)];
    for (let x = from; x < to; x++) {
      sums[x] =
        sums[x]! +
        w0 * (source[a0 + x]! + source[b0 + x]!) +
        w1 * (source[a1 + x]! + source[b1 + x]!) +
        w2 * (source[a2 + x]! + source[b2 + x]!);
    }
  }
}

function enlarge({ width: columns, row: cellsOf }: Rows, { width, height }: Mask, factor: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const line = new Float64Array(columns);
  // Whole cells, and whole words of four pixels.
  const row = new Uint8Array(Math.ceil(width / factor / 2) * factor * 2);
  const words = new Int32Array(row.buffer);
  for (let y = 0; y < height; y++) {
    const cell = Math.floor(y / factor);
    const t = (y - cell * factor + 0.5) / factor - 0.5;
    const before = ((0.5 - t) ** 2 / 2) * ONE;
    const own = (0.75 - t * t) * ONE;
    const after = ((0.5 + t) ** 2 / 2) * ONE;
    const above = cellsOf(cell + MARGIN - 1);
    const middle = cellsOf(cell + MARGIN);
    const below = cellsOf(cell + MARGIN + 1);
    for (let x = 0; x < columns; x++) {
      line[x] = before * above[x]! + own * middle[x]! + after * below[x]!;
    }
    enlargeRow(line, words, factor);
    out.set(width === row.length ? row : row.subarray(0, width), y * width);
  }
  return out;
}

/** The unit of the whole numbers that a row is summed up in: a value's binary places. */
const PLACES = 22;
const ONE = 2 ** PLACES;

/** Within a cell the spline is a parabola: its values follow from its differences. */
function enlargeRow(line: Float64Array, words: Int32Array, factor: number): void {
  const step = 1 / factor;
  const first = step / 2 - 0.5;
  const slopeByBend = step * (2 * first + step);
  const valueByBend = first * first;
  let left = line[MARGIN - 1]!;
  let middle = line[MARGIN]!;
  for (let i = 0, cell = MARGIN + 1; i < words.length; cell++) {
    const right = line[cell]!;
    const slope = (right - left) / 2;
    const bend = (left + right) / 2 - middle;
    let value = ((left + right) / 8 + 0.75 * middle + first * slope + valueByBend * bend + ONE / 2) | 0;
    let difference = (step * slope + slopeByBend * bend) | 0;
    const second = (2 * step * step * bend) | 0;
    for (const end = i + factor / 4; i < end; i++) {
      const value1 = (value + difference) | 0;
      const difference1 = (difference + second) | 0;
      const value2 = (value1 + difference1) | 0;
      const difference2 = (difference1 + second) | 0;
      const value3 = (value2 + difference2) | 0;
      const difference3 = (difference2 + second) | 0;
      words[i] =
        (value >> PLACES) | ((value1 >> PLACES) << 8) | ((value2 >> PLACES) << 16) | ((value3 >> PLACES) << 24);
      value = (value3 + difference3) | 0;
      difference = (difference3 + second) | 0;
    }
    left = middle;
    middle = right;
  }
}
