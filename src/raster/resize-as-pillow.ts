import { createRaster } from './create.js';
import type { Raster, Size } from './types.js';

/** Pillow reckons in integers with this many bits behind the point. */
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

/**
 * `Image.resize(size, BILINEAR)` of Pillow 13, byte for byte: along each axis a triangle as wide as the pixels it
 * makes, so that nothing is lost by shrinking, and each axis rounded to 8 bits. Along the rows first, unless the
 * height falls by more than twice what the width does. ModelPool were trained on images resized like this. Takes
 * RGB of 8 bits.
 */
export function resizeAsPillow(raster: Raster, { width, height }: Size): Raster {
  const fallen = raster.height - height;
  return fallen > 0 && fallen > 2 * (raster.width - width)
    ? resizeWidth(resizeHeight(raster, height), width)
    : resizeHeight(resizeWidth(raster, width), height);
}

/** What each output takes of the inputs: `counts[i]` of them from `starts[i]` on. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `reach` places for each output. */
  readonly weights: Int32Array;
  readonly reach: number;
}

function triangleTaps(from: number, to: number): Taps {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const reach = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Int32Array(to * reach);
  const shares = new Float64Array(reach);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      shares[k] = Math.max(0, 1 - Math.abs((k + start - center + 0.5) / support));
      sum += shares[k]!;
    }
    for (let k = 0; k < count; k++) {
      weights[i * reach + k] = Math.trunc((shares[k]! / sum) * (1 << PRECISION) + 0.5);
    }
    starts[i] = start;
    counts[i] = count;
  }
  return { starts, counts, weights, reach };
}

function resizeWidth(raster: Raster, to: number): Raster {
  const { data, width: from, height } = raster;
  if (from === to) {
    return raster;
  }
  const { starts, counts, weights, reach } = triangleTaps(from, to);
  const out = new Uint8Array(to * height * 3);
  for (let y = 0, o = 0; y < height; y++) {
    const row = y * from * 3;
    for (let x = 0; x < to; x++, o += 3) {
      let r = HALF;
      let g = HALF;
      let b = HALF;
      let at = row + starts[x]! * 3;
      const end = x * reach + counts[x]!;
      for (let k = x * reach; k < end; k++, at += 3) {
        const weight = weights[k]!;
        r = (r + data[at]! * weight) | 0;
        g = (g + data[at + 1]! * weight) | 0;
        b = (b + data[at + 2]! * weight) | 0;
      }
      out[o] = r >> PRECISION;
      out[o + 1] = g >> PRECISION;
      out[o + 2] = b >> PRECISION;
    }
  }
  return createRaster(to, height, 3, out);
}

function resizeHeight(raster: Raster, to: number): Raster {
  const { data, width, height: from } = raster;
  if (from === to) {
    return raster;
  }
  const stride = width * 3;
  const { starts, counts, weights, reach } = triangleTaps(from, to);
  const out = new Uint8Array(stride * to);
  const sums = new Int32Array(stride);
  for (let y = 0; y < to; y++) {
    sums.fill(HALF);
    for (let k = 0; k < counts[y]!; k++) {
      const row = (starts[y]! + k) * stride;
      const weight = weights[y * reach + k]!;
      for (let i = 0; i < stride; i++) {
        sums[i] = sums[i]! + data[row + i]! * weight;
      }
    }
    for (let i = 0; i < stride; i++) {
      out[y * stride + i] = sums[i]! >> PRECISION;
    }
  }
  return createRaster(width, to, 3, out);
}
