import type { Raster, Size } from '../../../src/raster/index.js';

/** Each output sample as a double sum over the whole image, with the kernel written as a formula. */
export function resizeSlowly(raster: Raster, size: Size): number[] {
  const out: number[] = [];
  const maximum = raster.data instanceof Uint16Array ? 65535 : 255;
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      for (let c = 0; c < raster.channels; c++) {
        let sum = 0;
        for (let v = -3; v < raster.height + 3; v++) {
          const wy = weight(raster.height, size.height, y, v);
          if (wy === 0) continue;
          for (let u = -3; u < raster.width + 3; u++) {
            const wx = weight(raster.width, size.width, x, u);
            const row = clamp(v, raster.height);
            const column = clamp(u, raster.width);
            sum += wx * wy * raster.data[(row * raster.width + column) * raster.channels + c]!;
          }
        }
        out.push(Math.min(Math.max(Math.floor(sum + 0.5), 0), maximum));
      }
    }
  }
  return out;
}

function clamp(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1);
}

function weight(from: number, to: number, position: number, sample: number): number {
  const scale = from / to;
  if (scale > 1) {
    const overlap = Math.min((position + 1) * scale, sample + 1) - Math.max(position * scale, sample);
    return Math.max(overlap, 0) / scale;
  }
  return keys(Math.abs((position + 0.5) * scale - 0.5 - sample));
}

/** Keys' cubic convolution kernel, a = -0.5. */
function keys(x: number): number {
  const a = -0.5;
  if (x < 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
  if (x < 2) return a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a;
  return 0;
}
