import { createRaster, type Raster, type Size } from '../../../src/raster/index.js';

/**
 * Pillow's `Image.resize(size, BILINEAR)`: along each axis a triangle as wide as the pixels it makes, its
 * weights summing to one; along x first, rounded, then y, but the other way round where the height falls by more than
 * twice what the width does (Resample.c of Pillow 13).
 */
export function resizeAntialiased(source: Raster, size: Size): Raster {
  const fallen = source.height - size.height;
  return fallen > 0 && fallen > 2 * (source.width - size.width)
    ? resizeAxis(resizeAxis(source, size.height, 'y'), size.width, 'x')
    : resizeAxis(resizeAxis(source, size.width, 'x'), size.height, 'y');
}

function resizeAxis(source: Raster, target: number, axis: 'x' | 'y'): Raster {
  const length = axis === 'x' ? source.width : source.height;
  const width = axis === 'x' ? target : source.width;
  const height = axis === 'y' ? target : source.height;
  const { channels } = source;
  const data = new Uint8Array(width * height * channels);
  const scale = length / target;
  const reach = Math.max(scale, 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const center = ((axis === 'x' ? x : y) + 0.5) * scale;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        let weights = 0;
        for (let i = 0; i < length; i++) {
          const weight = Math.max(0, 1 - Math.abs(i + 0.5 - center) / reach);
          const at = axis === 'x' ? y * source.width + i : i * source.width + x;
          sum += weight * source.data[at * channels + c]!;
          weights += weight;
        }
        data[(y * width + x) * channels + c] = Math.round(sum / weights);
      }
    }
  }
  return createRaster(width, height, channels, data);
}
