import { createMask, createRaster } from './create.js';
import type { Bounds, Heatmap, Mask, Raster, Size } from './types.js';

/** The pixels inside `bounds`, which must lie inside the raster (`RangeError` otherwise). */
export function cropRaster(raster: Raster, bounds: Bounds): Raster {
  const data = cropPlane(raster.data, raster, raster.channels, bounds);
  return createRaster(bounds.width, bounds.height, raster.channels, data);
}

/** The part of the mask inside `bounds`. */
export function cropMask(mask: Mask, bounds: Bounds): Mask {
  return createMask(bounds.width, bounds.height, cropPlane(mask.data, mask, 1, bounds));
}

function cropPlane<T extends Uint8Array | Uint16Array>(
  source: T,
  size: { readonly width: number; readonly height: number },
  channels: number,
  { x, y, width, height }: Bounds,
): T {
  if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > size.width || y + height > size.height) {
    throw new RangeError(`crop ${width}x${height}+${x}+${y} is outside ${size.width}x${size.height}`);
  }
  const make = source.constructor as new (length: number) => T;
  const out = new make(width * height * channels);
  for (let row = 0; row < height; row++) {
    const begin = ((y + row) * size.width + x) * channels;
    out.set(source.subarray(begin, begin + width * channels), row * width * channels);
  }
  return out;
}

/** Rows `from` up to, not including, `to`, of an image: a view, no copy. */
export function viewRows<Image extends Size & { readonly data: Uint8Array | Uint16Array | Float32Array }>(
  image: Image,
  from: number,
  to: number,
): Image {
  const rowSamples = image.data.length / image.height;
  return { ...image, height: to - from, data: image.data.subarray(from * rowSamples, to * rowSamples) };
}

/** Values of a heatmap that are computed together, where they are computed by rows. */
const BAND_PIXELS = 524_288;

/** The values of a heatmap in parts, from the first on; `begin` is the index of the first value of a part, which the next one overwrites. */
export function* heatmapBands(heatmap: Heatmap): Generator<{ readonly begin: number; readonly values: Float32Array }> {
  const { width, height, rows } = heatmap;
  if (rows === undefined) {
    yield { begin: 0, values: heatmap.data };
    return;
  }
  const bandRows = Math.ceil(BAND_PIXELS / width);
  const memory = new Float32Array(bandRows * width);
  for (let from = 0; from < height; from += bandRows) {
    yield { begin: from * width, values: rows(from, Math.min(from + bandRows, height), memory) };
  }
}
