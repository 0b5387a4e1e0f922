import { type Bounds, createMask, createRaster, type Mask, type Raster } from '../../raster/index.js';
import { mirrorIndex } from '../../raster/arithmetic.js';

/** How the part of a window that lies outside the image is filled: the nearest edge pixel, or mirrored at the edge. */
export type EdgeFill = 'bleed' | 'mirror';

/**
 * The pixels inside `window`, which may reach outside the image: what lies there is filled from its edges.
 * Sample type, channels and hidden color stay as they are.
 */
export function cutWindow(raster: Raster, window: Bounds, fill: EdgeFill = 'bleed'): Raster {
  const { channels, data: source } = raster;
  const samples = window.width * window.height * channels;
  const data = source instanceof Uint16Array ? new Uint16Array(samples) : new Uint8Array(samples);
  const columns = sourceIndexes(window.x, window.width, raster.width, fill);
  const rows = sourceIndexes(window.y, window.height, raster.height, fill);
  const inside = window.x >= 0 && window.x + window.width <= raster.width;
  let out = 0;
  for (let y = 0; y < window.height; y++) {
    const row = rows[y]! * raster.width * channels;
    if (inside) {
      const begin = row + window.x * channels;
      data.set(source.subarray(begin, begin + window.width * channels), out);
      out += window.width * channels;
      continue;
    }
    for (let x = 0; x < window.width; x++) {
      const at = row + columns[x]! * channels;
      for (let c = 0; c < channels; c++) {
        data[out++] = source[at + c]!;
      }
    }
  }
  return createRaster(window.width, window.height, channels, data);
}

/** The part of a mask inside `window`; nothing is selected outside the image. */
export function cutMaskWindow(mask: Mask, window: Bounds): Mask {
  const data = new Uint8Array(window.width * window.height);
  const left = Math.max(window.x, 0);
  const right = Math.min(window.x + window.width, mask.width);
  if (left >= right) {
    return createMask(window.width, window.height, data);
  }
  for (let y = Math.max(window.y, 0); y < Math.min(window.y + window.height, mask.height); y++) {
    const row = mask.data.subarray(y * mask.width + left, y * mask.width + right);
    data.set(row, (y - window.y) * window.width + left - window.x);
  }
  return createMask(window.width, window.height, data);
}

function sourceIndexes(start: number, length: number, sourceLength: number, fill: EdgeFill): Int32Array {
  const indexes = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const position = start + i;
    indexes[i] =
      fill === 'bleed' ? Math.min(Math.max(position, 0), sourceLength - 1) : mirrorIndex(position, sourceLength);
  }
  return indexes;
}
