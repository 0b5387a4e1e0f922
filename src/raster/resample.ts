import { axisWeights } from './axis-weights.js';
import { createHeatmap, createMask } from './create.js';
import type { Heatmap, Mask, Size } from './types.js';

/**
 * Bilinear interpolation with half-pixel centers and clamped edges (the convention of
 * `align_corners=False`), for enlarging. Separable: columns' weights are computed once.
 */
export function resizeHeatmap(heatmap: Heatmap, size: Size): Heatmap {
  if (heatmap.width === size.width && heatmap.height === size.height) {
    return heatmap;
  }
  return createHeatmap(size.width, size.height, bilinear(heatmap, size));
}

/**
 * A mask at another size: area average when shrinking, bilinear when enlarging, each axis by itself.
 * Coverage stays soft; threshold afterwards where a binary mask is wanted.
 */
export function resizeMask(mask: Mask, size: Size): Mask {
  if (mask.width === size.width && mask.height === size.height) {
    return mask;
  }
  const columns = axisWeights(mask.width, size.width, 'linear');
  const rows = axisWeights(mask.height, size.height, 'linear');
  const wide = new Float32Array(size.width * mask.height);
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < size.width; x++) {
      let sum = 0;
      for (let k = columns.starts[x]!; k < columns.starts[x + 1]!; k++) {
        sum += mask.data[y * mask.width + columns.indexes[k]!]! * columns.weights[k]!;
      }
      wide[y * size.width + x] = sum;
    }
  }
  const data = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      let sum = 0;
      for (let k = rows.starts[y]!; k < rows.starts[y + 1]!; k++) {
        sum += wide[rows.indexes[k]! * size.width + x]! * rows.weights[k]!;
      }
      data[y * size.width + x] = sum + 0.5;
    }
  }
  return createMask(size.width, size.height, data);
}

function bilinear(source: Heatmap, size: Size): Float32Array {
  const { width, height, data } = source;
  const left = new Int32Array(size.width);
  const right = new Int32Array(size.width);
  const fraction = new Float32Array(size.width);
  for (let x = 0; x < size.width; x++) {
    const position = Math.min(Math.max(((x + 0.5) * width) / size.width - 0.5, 0), width - 1);
    left[x] = Math.floor(position);
    right[x] = Math.min(left[x]! + 1, width - 1);
    fraction[x] = position - left[x]!;
  }
  const out = new Float32Array(size.width * size.height);
  const blended = new Float32Array(width);
  for (let y = 0; y < size.height; y++) {
    const position = Math.min(Math.max(((y + 0.5) * height) / size.height - 0.5, 0), height - 1);
    const top = Math.floor(position);
    const bottom = Math.min(top + 1, height - 1);
    const weight = position - top;
    for (let x = 0; x < width; x++) {
      const a = data[top * width + x]!;
      blended[x] = a + (data[bottom * width + x]! - a) * weight;
    }
    const row = y * size.width;
    for (let x = 0; x < size.width; x++) {
      const a = blended[left[x]!]!;
      out[row + x] = a + (blended[right[x]!]! - a) * fraction[x]!;
    }
  }
  return out;
}
