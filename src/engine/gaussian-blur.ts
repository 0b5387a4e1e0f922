import { MaskwrightError } from '../errors.js';
import { createMask, type Mask } from '../raster/index.js';

/**
 * The mask blurred by a Gaussian of `sigmaPx`, within one level of the true one, whatever the mask. Beyond the
 * border the border's values go on.
 *
 * Up to a sigma of 3.7 by its samples out to 4 sigma. Above, the mask is shrunk by a whole factor d, blurred
 * there and enlarged again, both ways with a quadratic B-spline: three smooth kernels whose variances add up to
 * that of the Gaussian asked for, in a time that falls with sigma. With sigma at least 1.85 d the sum of what the
 * kernel is off is under 1/500 for each axis: half a level for both.
 *
 * Throws `OPTION_RANGE` for a negative sigma.
 */
export function gaussianBlur(mask: Mask, sigmaPx: number): Mask {
  if (!(sigmaPx >= 0 && sigmaPx <= 10000)) {
    throw new MaskwrightError('OPTION_RANGE', `the sigma of the blur is ${sigmaPx}`, {
      hint: 'in pixels, from 0 to 10000',
    });
  }
  if (sigmaPx < 0.1) {
    return mask;
  }
  const factor = Math.floor(sigmaPx / 1.85);
  const data = factor < 2 ? blurDirectly(mask, gaussianKernel(sigmaPx)) : blurShrunk(mask, sigmaPx, factor);
  return createMask(mask.width, mask.height, data);
}

/** The right half of a normalised Gaussian, from its middle on. */
function gaussianKernel(sigma: number): Float64Array {
  const reach = Math.ceil(4 * sigma);
  const half = Float64Array.from({ length: reach + 1 }, (_, x) => Math.exp((-x * x) / (2 * sigma * sigma)));
  const total = half.reduce((sum, weight) => sum + 2 * weight, -half[0]!);
  return half.map((weight) => weight / total);
}

/** Down the columns, then along the rows; where a window holds one value, that is the result. */
function blurDirectly({ width, height, data }: Mask, kernel: Float64Array): Uint8Array {
  const out = new Uint8Array(data.length);
  const reach = kernel.length - 1;
  const column = new Float64Array(width);
  const padded = new Float64Array(width + 2 * reach);
  // For each column the last row at or above `y + reach` that differs from the row over it.
  const changes = new Int32Array(width).fill(-reach);
  for (let y = 1; y < Math.min(reach, height); y++) {
    noteChanges(data, y, width, changes);
  }
  for (let y = 0; y < height; y++) {
    if (y + reach < height && y + reach > 0) {
      noteChanges(data, y + reach, width, changes);
    }
    const row = y * width;
    for (let x = 0; x < width; x++) {
      column[x] = data[row + x]!;
      if (changes[x]! > y - reach) {
        let sum = kernel[0]! * data[row + x]!;
        for (let k = 1; k <= reach; k++) {
          const above = y < k ? 0 : y - k;
          const below = y + k < height ? y + k : height - 1;
          sum += kernel[k]! * (data[above * width + x]! + data[below * width + x]!);
        }
        column[x] = sum;
      }
    }
    padded.fill(column[0]!, 0, reach);
    padded.set(column, reach);
    padded.fill(column[width - 1]!, reach + width);
    let change = -1;
    for (let i = 1; i < 2 * reach; i++) {
      change = padded[i] === padded[i - 1] ? change : i;
    }
    for (let x = 0; x < width; x++) {
      const last = x + 2 * reach;
      change = padded[last] === padded[last - 1] ? change : last;
      const middle = x + reach;
      let sum = padded[middle]!;
      if (change > x) {
        sum *= kernel[0]!;
        for (let k = 1; k <= reach; k++) {
          sum += kernel[k]! * (padded[middle - k]! + padded[middle + k]!);
        }
      }
      out[row + x] = sum + 0.5;
    }
  }
  return out;
}

function noteChanges(data: Uint8Array, y: number, width: number, changes: Int32Array): void {
  for (let x = 0, i = y * width; x < width; x++, i++) {
    if (data[i] !== data[i - width]) {
      changes[x] = y;
    }
  }
}

/** Cells that each side of a shrunk plane has beyond the mask; past them nothing changes. */
const MARGIN = 2;

interface Spline {
  readonly factor: number;
  /** For each pixel of a cell, in order, its weight for the cell before, its own, and the one after. */
  readonly before: Float64Array;
  readonly own: Float64Array;
  readonly after: Float64Array;
}

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

function blurShrunk(mask: Mask, sigmaPx: number, factor: number): Uint8Array {
  const spline = quadraticSpline(factor);
  const cells = shrink(mask, spline);
  // The spline's variance is a quarter of a cell squared, and it is applied twice.
  const kernel = gaussianKernel(Math.sqrt((sigmaPx / factor) ** 2 - 0.5));
  return enlarge(blurPlane(cells, kernel), mask, spline);
}

function quadraticSpline(factor: number): Spline {
  const offsets = Float64Array.from({ length: factor }, (_, p) => (p + 0.5) / factor - 0.5);
  return {
    factor,
    before: offsets.map((t) => (0.5 - t) ** 2 / 2),
    own: offsets.map((t) => 0.75 - t * t),
    after: offsets.map((t) => (0.5 + t) ** 2 / 2),
  };
}

function shrink({ width, height, data }: Mask, spline: Spline): Plane {
  const { factor, before, own, after } = spline;
  const columns = Math.ceil(width / factor) + 2 * MARGIN;
  const rows = Math.ceil(height / factor) + 2 * MARGIN;
  const cells = new Float32Array(columns * rows);
  const line = new Float64Array(columns);
  let lineOf = -1;
  for (let row = -1; row <= rows; row++) {
    for (let p = 0; p < factor; p++) {
      const y = Math.min(Math.max((row - MARGIN) * factor + p, 0), height - 1);
      if (y !== lineOf) {
        shrinkRow(data, y * width, width, spline, line);
        lineOf = y;
      }
      addScaled(cells, row - 1, line, before[p]! / factor);
      addScaled(cells, row, line, own[p]! / factor);
      addScaled(cells, row + 1, line, after[p]! / factor);
    }
  }
  return { width: columns, height: rows, data: cells };
}

function shrinkRow(
  data: Uint8Array,
  start: number,
  width: number,
  { factor, before, own, after }: Spline,
  line: Float64Array,
): void {
  line.fill(0);
  const whole = Math.floor(width / factor);
  const middle = 0.5 + 0.5 / factor;
  let i = start;
  for (let cell = MARGIN; cell < whole + MARGIN; cell++) {
    // Sums of sums: of the values, times q, and times q (q + 1) / 2, where q counts down to 1.
    let sum = 0;
    let sum1 = 0;
    let sum2 = 0;
    for (const end = i + factor; i < end; i++) {
      sum += data[i]!;
      sum1 += sum;
      sum2 += sum1;
    }
    if (sum === 0) {
      continue;
    }
    // The moments of the values about the cell's middle; the weights are parabolas over them.
    const byQ = sum1 / factor;
    const moment1 = middle * sum - byQ;
    const moment2 = middle * (middle * sum - 2 * byQ) + (2 * sum2 - sum1) / (factor * factor);
    line[cell - 1] = line[cell - 1]! + sum / 8 + (moment2 - moment1) / 2;
    line[cell] = line[cell]! + 0.75 * sum - moment2;
    line[cell + 1] = sum / 8 + (moment2 + moment1) / 2;
  }
  const add = (cell: number, value: number): void => {
    if (cell >= 0 && cell < line.length) {
      line[cell] = line[cell]! + value;
    }
  };
  for (let cell = -1; cell <= line.length; cell++) {
    if (cell === MARGIN) {
      cell += whole;
    }
    for (let p = 0; p < factor; p++) {
      const value = data[start + Math.min(Math.max((cell - MARGIN) * factor + p, 0), width - 1)]!;
      add(cell - 1, before[p]! * value);
      add(cell, own[p]! * value);
      add(cell + 1, after[p]! * value);
    }
  }
  for (let cell = 0; cell < line.length; cell++) {
    line[cell] = line[cell]! / factor;
  }
}

function addScaled(cells: Float32Array, row: number, line: Float64Array, weight: number): void {
  const at = row * line.length;
  if (at >= 0 && at < cells.length) {
    for (let x = 0; x < line.length; x++) {
      cells[at + x] = cells[at + x]! + weight * line[x]!;
    }
  }
}

function blurPlane({ width, height, data }: Plane, kernel: Float64Array): Plane {
  const reach = kernel.length - 1;
  const padded = new Float64Array(width + 2 * reach);
  const wide = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += width) {
    padded.fill(data[row]!, 0, reach);
    padded.set(data.subarray(row, row + width), reach);
    padded.fill(data[row + width - 1]!, reach + width);
    for (let x = 0; x < width; x++) {
      const middle = x + reach;
      let sum = kernel[0]! * padded[middle]!;
      for (let k = 1; k <= reach; k++) {
        sum += kernel[k]! * (padded[middle - k]! + padded[middle + k]!);
      }
      wide[row + x] = sum;
    }
  }
  const out = new Float32Array(data.length);
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k <= reach; k++) {
      const above = Math.max(y - k, 0) * width;
      const below = Math.min(y + k, height - 1) * width;
      const weight = k === 0 ? kernel[0]! / 2 : kernel[k]!;
      for (let x = 0; x < width; x++) {
        sums[x] = sums[x]! + weight * (wide[above + x]! + wide[below + x]!);
      }
    }
    out.set(sums, y * width);
  }
  return { width, height, data: out };
}

function enlarge(
  { width: columns, data: cells }: Plane,
  { width, height }: Mask,
  { factor, before, own, after }: Spline,
): Uint8Array {
  const out = new Uint8Array(width * height);
  const line = new Float64Array(columns);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / factor);
    const p = y - row * factor;
    const at = (row + MARGIN) * columns;
    for (let x = 0; x < columns; x++) {
      line[x] = before[p]! * cells[at - columns + x]! + own[p]! * cells[at + x]! + after[p]! * cells[at + columns + x]!;
    }
    enlargeRow(line, out, y * width, width, factor);
  }
  return out;
}

/** Within a cell the spline is a parabola: its values follow from its differences. */
function enlargeRow(line: Float64Array, out: Uint8Array, start: number, width: number, factor: number): void {
  const step = 1 / factor;
  const first = step / 2 - 0.5;
  const end = start + width;
  for (let i = start, cell = MARGIN; i < end; cell++) {
    const cellEnd = i + factor < end ? i + factor : end;
    const left = line[cell - 1]!;
    const middle = line[cell]!;
    const right = line[cell + 1]!;
    if (left === middle && middle === right) {
      const value = middle + 0.5;
      while (i < cellEnd) {
        out[i++] = value;
      }
      continue;
    }
    const slope = (right - left) / 2;
    const bend = (left + right) / 2 - middle;
    let value = (left + right) / 8 + 0.75 * middle + first * (slope + first * bend) + 0.5;
    let difference = step * (slope + bend * (2 * first + step));
    const second = 2 * bend * step * step;
    while (i < cellEnd) {
      out[i++] = value;
      value += difference;
      difference += second;
    }
  }
}
