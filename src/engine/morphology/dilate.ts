import { createMask, type Mask } from '../../raster/index.js';
import { distanceFromAbove } from '../distance/column-distance.js';
import { isBinary } from '../is-binary.js';
import { asWords } from '../packed-bytes.js';
import { openRowMaxima } from './row-maxima.js';
import { halfWidths, MORPHOLOGY_DEFAULTS, type MorphologyOptions, assertRadius } from './structuring-element.js';

/**
 * Morphological dilation: each pixel takes the largest value under the structuring element. Pixels outside
 * the image count as 0.
 *
 * The time for a binary mask does not depend on the radius; the time for a soft one is proportional to it (rows are
 * compared 16 pixels at a time, in WebAssembly).
 *
 * @param radiusPx 0 to 32767; below 1 nothing changes
 * @throws `OPTION_RANGE` for a radius out of range
 *
 * @example
 * import { dilate, type Mask } from 'maskwright/engine';
 *
 * const grown = (mask: Mask): Mask => dilate(mask, 12.5);
 */
export function dilate(mask: Mask, radiusPx: number, options: MorphologyOptions = {}): Mask {
  assertRadius(radiusPx);
  if (radiusPx < 1) {
    return mask;
  }
  const widths = halfWidths(radiusPx, options.element ?? MORPHOLOGY_DEFAULTS.element);
  const data = isBinary(mask.data) ? dilateBinary(mask, widths) : dilateSoft(mask, widths);
  return createMask(mask.width, mask.height, data);
}

/**
 * Of each column only the selected pixel nearest to a row matters to that row, and it selects an interval of
 * it. A union of intervals is what running maxima of their right ends and running minima of their left ends
 * cover. Where four pixels in a row are all selected, or have nothing near them, they are done at once.
 */
function dilateBinary(mask: Mask, widths: Int32Array): Uint8Array {
  const { width, height } = mask;
  const stride = Math.ceil(width / 4) * 4;
  const data = stride === width ? mask.data : copyRows(mask.data, width, stride, height);
  const words = asWords(data);
  const cap = widths.length;
  const far = cap | (cap << 16);
  const above = distanceFromAbove(data, stride, cap);
  const aboveWords = new Int32Array(above.buffer);
  const out = new Uint8Array(stride * height);
  const outWords = new Int32Array(out.buffer);
  const below = new Uint16Array(stride).fill(cap);
  const belowWords = new Int32Array(below.buffer);
  const nearest = new Uint16Array(stride);
  const nearestWords = new Int32Array(nearest.buffer);
  // Past the last row of the element: an interval that ends before it begins.
  const reachAt = Int32Array.from({ length: cap + 1 }, (_, dy) => widths[dy] ?? -1);
  const reach = widths[0]!;
  for (let y = height - 1; y >= 0; y--) {
    const row = y * stride;
    let end = -1;
    for (let x = 0; x < stride; x += 4) {
      const four = (row + x) >> 2;
      const two = x >> 1;
      if (words[four] === -1) {
        belowWords[two] = belowWords[two + 1] = nearestWords[two] = nearestWords[two + 1] = 0;
        outWords[four] = -1;
        end = x + 3 + reach;
        continue;
      }
      if (
        words[four] === 0 &&
        belowWords[two] === far &&
        belowWords[two + 1] === far &&
        aboveWords[2 * four] === far &&
        aboveWords[2 * four + 1] === far
      ) {
        nearestWords[two] = nearestWords[two + 1] = far;
        if (x + 3 <= end) {
          outWords[four] = -1;
          continue;
        }
        if (x > end) {
          continue;
        }
      }
      for (let k = x; k < x + 4; k++) {
        const next = below[k]! + 1;
        const down = data[row + k] !== 0 ? 0 : next < cap ? next : cap;
        below[k] = down;
        const up = above[row + k]!;
        const distance = up < down ? up : down;
        nearest[k] = distance;
        const right = k + reachAt[distance]!;
        end = right > end ? right : end;
        if (k <= end) {
          out[row + k] = 255;
        }
      }
    }
    let begin = stride;
    for (let x = end < 0 ? -1 : stride - 4; x >= 0; x -= 4) {
      const four = (row + x) >> 2;
      const two = x >> 1;
      if (nearestWords[two] === 0 && nearestWords[two + 1] === 0) {
        begin = x - reach;
        continue;
      }
      if (nearestWords[two] === far && nearestWords[two + 1] === far) {
        if (x >= begin) {
          outWords[four] = -1;
          continue;
        }
        if (x + 3 < begin) {
          continue;
        }
      }
      for (let k = x + 3; k >= x; k--) {
        const left = k - reachAt[nearest[k]!]!;
        begin = left < begin ? left : begin;
        if (k >= begin) {
          out[row + k] = 255;
        }
      }
    }
  }
  return stride === width ? out : copyRows(out, stride, width, height);
}

/** Rows of one length as rows of another: cut off, or filled up with zeros. */
function copyRows(data: Uint8Array, from: number, to: number, height: number): Uint8Array {
  const out = new Uint8Array(to * height);
  const length = Math.min(from, to);
  for (let y = 0; y < height; y++) {
    out.set(data.subarray(y * from, y * from + length), y * to);
  }
  return out;
}

/**
 * Each row, widened by each half-width that the element has, goes into all rows that see it at that width. A wider row
 * is made of a narrower one, so every width costs one comparison a pixel. Rows are held with a margin on both sides, in
 * which they are widened as well; of the result only those rows are held that the element can reach.
 */
export function dilateSoft({ width, height, data }: Mask, widths: Int32Array, open = openRowMaxima): Uint8Array {
  const reach = widths.length - 1;
  const margin = align(widths[0]!);
  const body = align(width);
  const stride = body + 4 * margin;
  const held = Math.min(2 * reach + 1, height);
  const { memory, raise, widen } = open((2 + held) * stride);
  const out = new Uint8Array(data.length);
  const first = 2 * margin;
  const rowAt = (y: number): number => (2 + (y % held)) * stride + first;
  const take = (y: number): void => {
    const at = rowAt(y);
    out.set(memory.subarray(at, at + width), y * width);
    memory.fill(0, at, at + body);
  };
  for (let y = 0; y < height; y++) {
    if (y - reach - 1 >= 0) {
      take(y - reach - 1);
    }
    const row = data.subarray(y * width, (y + 1) * width);
    if (row.every(isZero)) {
      continue;
    }
    let wide = first;
    let next = stride + first;
    memory.fill(0, 0, stride);
    memory.set(row, wide);
    let half = 0;
    for (let dy = reach; dy >= 0; dy--) {
      while (half < widths[dy]!) {
        const step = Math.min(widths[dy]! - half, 2 * half + 1);
        widen(next - margin, wide - margin, body + 2 * margin, step);
        [wide, next] = [next, wide];
        half += step;
      }
      if (y - dy >= 0) {
        raise(rowAt(y - dy), wide, body);
      }
      if (dy > 0 && y + dy < height) {
        raise(rowAt(y + dy), wide, body);
      }
    }
  }
  for (let y = Math.max(height - reach - 1, 0); y < height; y++) {
    take(y);
  }
  return out;
}

function isZero(value: number): boolean {
  return value === 0;
}

/** The next multiple of 16. */
function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
