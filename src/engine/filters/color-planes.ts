import { type Bounds, type Raster, sampleMaximum, type Size } from '../../raster/index.js';

/** Three planes of color in [0, 1], of one size. */
export interface ColorPlanes {
  readonly width: number;
  readonly height: number;
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
}

/**
 * The colors of an image, or of a window of it, averaged over blocks; alpha is ignored. `size` must not exceed the
 * window's.
 */
export function toColorPlanes(
  image: Raster,
  { width, height }: Size = image,
  window: Bounds = { x: 0, y: 0, width: image.width, height: image.height },
): ColorPlanes {
  const { channels, data } = image;
  const red = new Float32Array(width * height);
  const green = new Float32Array(width * height);
  const blue = new Float32Array(width * height);
  const maximum = sampleMaximum(image);
  for (let y = 0, i = 0; y < height; y++) {
    const top = window.y + Math.floor((y * window.height) / height);
    const bottom = window.y + Math.floor(((y + 1) * window.height) / height);
    for (let x = 0; x < width; x++, i++) {
      const begin = window.x + Math.floor((x * window.width) / width);
      const end = window.x + Math.floor(((x + 1) * window.width) / width);
      let r = 0;
      let g = 0;
      let b = 0;
      for (let sy = top; sy < bottom; sy++) {
        const last = (sy * image.width + end) * channels;
        for (let p = (sy * image.width + begin) * channels; p < last; p += channels) {
          r += data[p]!;
          g += data[p + 1]!;
          b += data[p + 2]!;
        }
      }
      const scale = 1 / (maximum * (bottom - top) * (end - begin));
      red[i] = r * scale;
      green[i] = g * scale;
      blue[i] = b * scale;
    }
  }
  return { width, height, red, green, blue };
}
