import { type AxisWeights, axisWeights } from './axis-weights.js';
import { sampleMaximum } from './convert.js';
import { createRaster } from './create.js';
import type { Raster, Size } from './types.js';

/**
 * An image at another size: area average when shrinking, Catmull-Rom when enlarging, each axis by itself,
 * 8- or 16-bit samples as they came. Returns `raster` itself when the size is the same.
 *
 * Every plane is resized by itself and color is **not** weighted by alpha: color hidden under
 * transparent pixels is content here, and comes out as if the image had been opaque. Where that color
 * was erased, it shows at the edges of the hole: repair such an image first.
 */
export function resizeRaster(raster: Raster, size: Size): Raster {
  if (raster.width === size.width && raster.height === size.height) {
    return raster;
  }
  const { channels, data: source } = raster;
  const maximum = sampleMaximum(raster);
  const columns = axisWeights(raster.width, size.width, 'cubic');
  const rows = axisWeights(raster.height, size.height, 'cubic');
  const samples = size.width * size.height * channels;
  const data = maximum === 255 ? new Uint8Array(samples) : new Uint16Array(samples);
  const stride = raster.width * channels;
  const blended = new Float32Array(stride);
  for (let y = 0; y < size.height; y++) {
    blendRows(source, stride, rows, y, blended);
    if (channels === 3) {
      resampleRow3(blended, columns, data, y * size.width * 3, maximum);
    } else {
      resampleRow4(blended, columns, data, y * size.width * 4, maximum);
    }
  }
  return createRaster(size.width, size.height, channels, data);
}

function blendRows(
  source: Raster['data'],
  stride: number,
  { starts, indexes, weights }: AxisWeights,
  y: number,
  out: Float32Array,
): void {
  const first = starts[y]!;
  const last = starts[y + 1]!;
  for (let k = first; k < last; k++) {
    const begin = indexes[k]! * stride;
    const weight = weights[k]!;
    if (k === first) {
      for (let i = 0; i < stride; i++) {
        out[i] = source[begin + i]! * weight;
      }
    } else {
      for (let i = 0; i < stride; i++) {
        out[i] = out[i]! + source[begin + i]! * weight;
      }
    }
  }
}

function resampleRow3(
  row: Float32Array,
  { starts, indexes, weights }: AxisWeights,
  out: Raster['data'],
  offset: number,
  maximum: number,
): void {
  const width = starts.length - 1;
  for (let x = 0, o = offset; x < width; x++, o += 3) {
    let r = 0.5;
    let g = 0.5;
    let b = 0.5;
    for (let k = starts[x]!; k < starts[x + 1]!; k++) {
      const at = indexes[k]! * 3;
      const weight = weights[k]!;
      r += row[at]! * weight;
      g += row[at + 1]! * weight;
      b += row[at + 2]! * weight;
    }
    out[o] = r < 0 ? 0 : r > maximum ? maximum : r;
    out[o + 1] = g < 0 ? 0 : g > maximum ? maximum : g;
    out[o + 2] = b < 0 ? 0 : b > maximum ? maximum : b;
  }
}

function resampleRow4(
  row: Float32Array,
  { starts, indexes, weights }: AxisWeights,
  out: Raster['data'],
  offset: number,
  maximum: number,
): void {
  const width = starts.length - 1;
  for (let x = 0, o = offset; x < width; x++, o += 4) {
    let r = 0.5;
    let g = 0.5;
    let b = 0.5;
    let a = 0.5;
    for (let k = starts[x]!; k < starts[x + 1]!; k++) {
      const at = indexes[k]! * 4;
      const weight = weights[k]!;
      r += row[at]! * weight;
      g += row[at + 1]! * weight;
      b += row[at + 2]! * weight;
      a += row[at + 3]! * weight;
    }
    out[o] = r < 0 ? 0 : r > maximum ? maximum : r;
    out[o + 1] = g < 0 ? 0 : g > maximum ? maximum : g;
    out[o + 2] = b < 0 ? 0 : b > maximum ? maximum : b;
    out[o + 3] = a < 0 ? 0 : a > maximum ? maximum : a;
  }
}
