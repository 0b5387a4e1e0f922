import { createMask, type Mask } from '../../raster/index.js';
import { distanceFromAbove } from '../distance/column-distance.js';
import { isBinary } from '../is-binary.js';
import { asWords } from '../packed-bytes.js';
import { createRowMemory } from './byte-maximum.js';
import { halfWidths, MORPHOLOGY_DEFAULTS, type MorphologyOptions, assertRadius } from './structuring-element.js';

/**
 * The mask grown by `radiusPx`: each pixel takes the largest value under the structuring element. Outside
 * the image is nothing.
 *
 * Binary masks take time that does not depend on the radius; soft ones take time in proportion to it.
 * Throws `OPTION_RANGE` for a negative radius.
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
 * Each row, widened to each half-width that the element has, is merged into all rows that see it at that
 * width: chords of the element, widest last, as in Urbach and Wilkinson, "Efficient 2-D grayscale
 * morphological transformations with arbitrary flat structuring elements" (2008).
 */
function dilateSoft({ width, height, data }: Mask, widths: Int32Array): Uint8Array {
  const stride = Math.ceil(width / 16) * 16;
  const reach = widths.length - 1;
  // What lies beyond the row's ends is 0, which no maximum notices.
  const pad = Math.ceil(Math.min(widths[0]!, width) / 16) * 16;
  const padded = stride + 2 * pad;
  // Rows that are not complete yet, each in the slot of its number.
  const slots = Math.min(2 * reach + 1, height);
  const { bytes, max } = createRowMemory(2 * padded + slots * stride);
  const slotOf = (y: number): number => 2 * padded + (y % slots) * stride;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height + reach; y++) {
    if (y < height) {
      let wide = pad;
      let next = padded + pad;
      bytes.set(data.subarray(y * width, (y + 1) * width), wide);
      bytes.fill(0, wide + width, wide + stride);
      let half = 0;
      for (let dy = reach; dy >= 0; dy--) {
        const target = Math.min(widths[dy]!, width);
        while (half < target) {
          // Three windows make a wider one. Where the outer one lies beyond the row, the middle one reaches its end.
          const step = Math.min(target - half, half + 1);
          max(next, wide - step, wide, wide + step, stride);
          [wide, next] = [next, wide];
          half += step;
        }
        for (const row of dy === 0 ? [y] : [y - dy, y + dy]) {
          if (row >= 0 && row < height) {
            max(slotOf(row), slotOf(row), wide, wide, stride);
          }
        }
      }
    }
    const done = y - reach;
    if (done >= 0 && done < height) {
      const slot = slotOf(done);
      out.set(bytes.subarray(slot, slot + width), done * width);
      bytes.fill(0, slot, slot + stride);
    }
  }
  return out;
}
