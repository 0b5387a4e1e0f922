import type { Bands } from './slice-depth.js';
import { mirrorIndex } from '../../raster/arithmetic.js';

/** What the weights of one axis add up to; products of two fit an Int32. */
const AXIS_TOTAL = 1 << 15;

/** What the weights of all bands at one pixel add up to, exactly. */
export const WEIGHT_TOTAL = AXIS_TOTAL * AXIS_TOTAL;

/** Kernels that OpenCV uses for small sizes instead of computing them, up to the middle, over 256. */
const SMALL_KERNELS: readonly (readonly number[])[] = [
  [256],
  [64, 128],
  [16, 64, 96],
  [8, 28, 56, 72],
  [4, 13, 30, 51, 60],
];

/**
 * OpenCV's Gaussian of size `2 radius + 1` (sigma = 0.3 (radius - 1) + 0.8 from radius 5 on), in whole numbers
 * that add up to 32768.
 */
export function featherKernel(radiusPx: number): Int32Array {
  const kernel = new Int32Array(2 * radiusPx + 1);
  const small = SMALL_KERNELS[radiusPx];
  if (small !== undefined) {
    small.forEach((weight, i) => (kernel[i] = kernel[2 * radiusPx - i] = weight * (AXIS_TOTAL / 256)));
    return kernel;
  }
  const sigma = 0.3 * (radiusPx - 1) + 0.8;
  const exact = Array.from(kernel, (_, i) => Math.exp(-((i - radiusPx) ** 2) / (2 * sigma * sigma)));
  const sum = exact.reduce((total, value) => total + value, 0);
  exact.forEach((value, i) => (kernel[i] = Math.round((value / sum) * AXIS_TOTAL)));
  kernel[radiusPx]! += AXIS_TOTAL - kernel.reduce((total, value) => total + value, 0);
  return kernel;
}

/**
 * The pixels within reach of another band, by index in rising order: the only ones that a feather changes.
 * (One more pixel than the reach is taken; its weights come out as they were.)
 */
export function edgePixels(bands: Bands, radiusPx: number): Int32Array {
  const { width, height } = bands;
  const near = markColumns(bands, radiusPx);
  const edges = new Int32Array(near.length);
  let count = 0;
  for (let y = 0; y < height; y++) {
    const row = near.subarray(y * width, (y + 1) * width);
    let done = 0;
    let start = row.indexOf(1);
    while (start >= 0) {
      const gap = row.indexOf(0, start);
      const end = gap < 0 ? width : gap;
      const to = Math.min(width, end + radiusPx);
      for (let x = Math.max(done, start - radiusPx); x < to; x++) {
        edges[count++] = y * width + x;
      }
      done = to;
      start = gap < 0 ? -1 : row.indexOf(1, end);
    }
  }
  return edges.slice(0, count);
}

/** 1 where a pixel that borders on another band is within `radiusPx` in the same column. */
function markColumns({ width, height, data }: Bands, radiusPx: number): Uint8Array {
  const near = new Uint8Array(data.length);
  // Rows of each column are marked in rising order, so that no pixel is marked twice.
  const markedTo = new Int32Array(width);
  const mark = (x: number, y: number): void => {
    const end = Math.min(height, y + radiusPx + 1);
    for (let row = Math.max(markedTo[x]!, y - radiusPx); row < end; row++) {
      near[row * width + x] = 1;
    }
    markedTo[x] = end;
  };
  for (let y = 0; y < height; y++) {
    const from = y * width;
    const last = from + width - 1;
    for (let i = from; i < last; i++) {
      const band = data[i];
      while (i < last && data[i + 1] === band) {
        i++;
      }
      if (i < last) {
        mark(i - from, y);
        mark(i + 1 - from, y);
      }
    }
    if (y + 1 < height) {
      for (let i = from; i <= last; i++) {
        while (i <= last && data[i] === data[i + width]) {
          i++;
        }
        if (i <= last) {
          mark(i - from, y);
          mark(i - from, y + 1);
        }
      }
    }
  }
  return near;
}

/**
 * The feathered coverage of one band at the `edges`, in parts of `WEIGHT_TOTAL`: the band's mask under the kernel,
 * mirrored at the borders without repeating them. Over all bands the weights at a pixel add up to the total.
 *
 * @param rows scratch of one value a pixel.
 */
export function bandWeights(
  bands: Bands,
  band: number,
  kernel: Int32Array,
  edges: Int32Array,
  rows: Uint16Array,
  weights: Int32Array,
): void {
  const { width, height } = bands;
  const radius = (kernel.length - 1) / 2;
  blurRows(bands, band, kernel, edges, rows);
  const offsets = Int32Array.from({ length: height + 2 * radius }, (_, y) => mirrorIndex(y - radius, height) * width);
  for (let k = 0; k < edges.length; k++) {
    const i = edges[k]!;
    const y = Math.floor(i / width);
    const x = i - y * width;
    let sum = 0;
    for (let t = 0; t < kernel.length; t++) {
      sum += kernel[t]! * rows[offsets[y + t]! + x]!;
    }
    weights[k] = sum;
  }
}

/** The band's mask blurred along each row that edges are near to: only the ends of its runs cost anything. */
function blurRows(bands: Bands, band: number, kernel: Int32Array, edges: Int32Array, rows: Uint16Array): void {
  const { width, height, data } = bands;
  const radius = (kernel.length - 1) / 2;
  const extended = new Uint8Array(width + 2 * radius);
  const outside = Array.from({ length: 2 * radius }, (_, k) => (k < radius ? k : width + k));
  // reach[t] is the weight of all offsets below t - radius.
  const reach = new Int32Array(kernel.length + 1);
  kernel.forEach((weight, t) => (reach[t + 1] = reach[t]! + weight));
  const needed = rowsNear(edges, width, height, radius);
  for (let y = 0; y < height; y++) {
    if (needed[y] === 0) {
      continue;
    }
    const row = y * width;
    rows.fill(0, row, row + width);
    extended.set(data.subarray(row, row + width), radius);
    for (const x of outside) {
      extended[x] = data[row + mirrorIndex(x - radius, width)]!;
    }
    let start = extended.indexOf(band);
    while (start >= 0) {
      let end = start + 1;
      while (extended[end] === band) {
        end++;
      }
      // In columns of the image the run is [start - radius, end - radius).
      const from = Math.max(0, start - 2 * radius);
      const to = Math.min(width, end);
      const whole = Math.min(to, Math.max(from, end - 2 * radius));
      const rampEnd = Math.min(start, to);
      for (let x = from; x < rampEnd; x++) {
        rows[row + x]! += reach[Math.min(end - x, kernel.length)]! - reach[start - x]!;
      }
      if (whole > rampEnd) {
        rows.fill(AXIS_TOTAL, row + rampEnd, row + whole);
      }
      for (let x = Math.max(rampEnd, whole); x < to; x++) {
        rows[row + x]! += reach[end - x]!;
      }
      start = extended.indexOf(band, end);
    }
  }
}

/** 1 for each row that has an edge within `radius` rows. Mirrored rows are among those, too. */
function rowsNear(edges: Int32Array, width: number, height: number, radius: number): Uint8Array {
  const near = new Uint8Array(height);
  let last = -1;
  for (let k = 0; k < edges.length; k++) {
    const y = Math.floor(edges[k]! / width);
    if (y !== last) {
      near.fill(1, Math.max(0, y - radius), Math.min(height, y + radius + 1));
      last = y;
    }
  }
  return near;
}
