import {
  antialiasedCubic,
  antialiasedTriangle,
  areaOrCubic,
  areaOrLinear,
  type ResampleFilter,
} from './axis-weights.js';
import { createMask, createRaster, drawHeatmapByRows } from './create.js';
import { resample } from './resample.js';
import { samplePlane } from './sample-plane.js';
import type { Heatmap, Mask, Raster, Size } from './types.js';

/**
 * An image at another size: area average when shrinking, Catmull-Rom when enlarging, each axis by itself,
 * 8- or 16-bit samples as they came. Returns `raster` itself when the size is the same.
 *
 * Every plane is resized by itself and color is **not** weighted by alpha: color hidden under transparent
 * pixels is content here, and comes out as if the image had been opaque. Where that color was erased, it
 * shows at the edges of the transparent region: repair such an image first.
 */
export function resizeRaster(raster: Raster, size: Size): Raster {
  return isSize(raster, size) ? raster : resampleRaster(raster, size, areaOrCubic);
}

/**
 * A mask at another size: area average when shrinking, bilinear when enlarging, each axis by itself.
 * Coverage stays soft; threshold afterwards where a binary mask is wanted. Returns `mask` itself when the
 * size is the same.
 */
export function resizeMask(mask: Mask, size: Size): Mask {
  return isSize(mask, size)
    ? mask
    : createMask(size.width, size.height, resample({ ...mask, channels: 1 }, size, areaOrLinear));
}

/**
 * Bilinear interpolation with half-pixel centers and clamped edges (`align_corners=False`), for enlarging.
 * Returns `heatmap` itself when the size is the same.
 */
export function resizeHeatmap(heatmap: Heatmap, size: Size): Heatmap {
  return isSize(heatmap, size) ? heatmap : enlarge(heatmap, sizeOf(size));
}

function enlarge(heatmap: Heatmap, size: Size): Heatmap {
  const whole = { x: 0, y: 0, ...sizeOf(heatmap) };
  return drawHeatmapByRows(size, (from, to, into) => samplePlane(heatmap, whole, size, from, to, into));
}

/**
 * `Image.resize(size, BILINEAR)` or `BICUBIC` of Pillow 13, byte for byte: along each axis a filter as wide as the
 * output pixels, each axis rounded to 8 bits. Along the rows first, unless the height shrinks by more than
 * twice as many pixels as the width. Models were trained on images resized like this. Takes RGB of 8 bits.
 */
export function resizeAsPillow(
  raster: Raster,
  { width, height }: Size,
  filter: 'bilinear' | 'bicubic' = 'bilinear',
): Raster {
  const shrunk = raster.height - height;
  const columnsFirst = shrunk > 0 && shrunk > 2 * (raster.width - width);
  const between = columnsFirst ? { width: raster.width, height } : { width, height: raster.height };
  const weights = filter === 'bilinear' ? antialiasedTriangle : antialiasedCubic;
  return resampleRaster(resampleRaster(raster, between, weights), { width, height }, weights);
}

function resampleRaster(raster: Raster, size: Size, filter: ResampleFilter): Raster {
  return isSize(raster, size)
    ? raster
    : createRaster(size.width, size.height, raster.channels, resample(raster, size, filter));
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

function isSize(image: Size, { width, height }: Size): boolean {
  return image.width === width && image.height === height;
}
