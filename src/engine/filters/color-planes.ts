import { type Raster, sampleMaximum, type Size } from '../../raster/index.js';

/** Three planes of color in [0, 1], of one size. */
export interface ColorPlanes {
  readonly width: number;
  readonly height: number;
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
}

/** The colors of an image averaged over blocks, alpha ignored; `size` must not exceed the image's. */
export function toColorPlanes(image: Raster, { width, height }: Size = image): ColorPlanes {
  const { channels, data } = image;
  const red = new Float32Array(width * height);
  const green = new Float32Array(width * height);
  const blue = new Float32Array(width * height);
  const maximum = sampleMaximum(image);
  for (let y = 0, i = 0; y < height; y++) {
    const top = Math.floor((y * image.height) / height);
    const bottom = Math.floor(((y + 1) * image.height) / height);
    for (let x = 0; x < width; x++, i++) {
      const begin = Math.floor((x * image.width) / width);
      const end = Math.floor(((x + 1) * image.width) / width);
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
