import { createMask, type Mask } from '../raster/index.js';
import { distanceFromAbove } from './column-distance.js';
import { isBinary } from './is-binary.js';
import { halfWidths, MORPHOLOGY_DEFAULTS, type MorphologyOptions, requireRadius } from './structuring-element.js';

/**
 * The mask grown by `radiusPx`: each pixel takes the largest value under the structuring element. Outside
 * the picture is nothing.
 *
 * Binary masks take time that does not depend on the radius; soft ones take time in proportion to it.
 * Throws `OPTION_RANGE` for a negative radius.
 */
export function dilate(mask: Mask, radiusPx: number, options: MorphologyOptions = {}): Mask {
  requireRadius(radiusPx);
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
 * cover.
 */
function dilateBinary({ width, height, data }: Mask, widths: Int32Array): Uint8Array {
  const cap = widths.length;
  const above = distanceFromAbove(data, width, cap);
  const out = new Uint8Array(data.length);
  const below = new Uint16Array(width).fill(cap);
  const reaches = new Int32Array(width);
  // Past the last row of the element: an interval that ends before it begins.
  const reachAt = Int32Array.from({ length: cap + 1 }, (_, dy) => widths[dy] ?? -1);
  for (let y = height - 1; y >= 0; y--) {
    const row = y * width;
    let end = -1;
    for (let x = 0; x < width; x++) {
      const i = row + x;
      const next = below[x]! + 1;
      const down = data[i] !== 0 ? 0 : next < cap ? next : cap;
      below[x] = down;
      const up = above[i]!;
      const reach = reachAt[up < down ? up : down]!;
      reaches[x] = reach;
      if (x + reach > end) {
        end = x + reach;
      }
      if (x <= end) {
        out[i] = 255;
      }
    }
    if (end < 0) {
      continue;
    }
    let begin = width;
    for (let x = width - 1; x >= 0; x--) {
      const reach = reaches[x]!;
      if (x - reach < begin) {
        begin = x - reach;
      }
      if (x >= begin) {
        out[row + x] = 255;
      }
    }
  }
  return out;
}

/**
 * Each row, widened by each half-width that the element has, goes into all rows that see it at that width.
 * A wider row is made of a narrower one, so every width costs one comparison a pixel.
 */
function dilateSoft({ width, height, data }: Mask, widths: Int32Array): Uint8Array {
  const out = new Uint8Array(data.length);
  const reach = widths.length - 1;
  let wide = new Uint8Array(width);
  let next = new Uint8Array(width);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width, (y + 1) * width);
    let first = 0;
    while (first < width && row[first] === 0) {
      first++;
    }
    if (first === width) {
      continue;
    }
    wide.set(row);
    let half = 0;
    for (let dy = reach; dy >= 0; dy--) {
      while (half < widths[dy]!) {
        const step = Math.min(widths[dy]! - half, 2 * half + 1);
        widenRow(wide, next, step);
        [wide, next] = [next, wide];
        half += step;
      }
      for (const target of dy === 0 ? [y] : [y - dy, y + dy]) {
        if (target >= 0 && target < height) {
          raiseTo(out, target * width, wide);
        }
      }
    }
  }
  return out;
}

/**
 * Rows whose pixels are the largest of `half` pixels to either side become such rows of `half + step`: three
 * windows make the wider one, as long as they leave no gap.
 */
function widenRow(row: Uint8Array, out: Uint8Array, step: number): void {
  const last = row.length - 1;
  for (let x = 0; x <= last; x++) {
    const left = row[x < step ? 0 : x - step]!;
    const right = row[x + step > last ? last : x + step]!;
    const middle = row[x]!;
    const side = left > right ? left : right;
    out[x] = side > middle ? side : middle;
  }
}

function raiseTo(out: Uint8Array, at: number, row: Uint8Array): void {
  for (let x = 0; x < row.length; x++) {
    if (row[x]! > out[at + x]!) {
      out[at + x] = row[x]!;
    }
  }
}
