import { createMask, createRaster, type Mask, type Raster } from '../../src/raster/index.js';
import { seededRandom } from './random.js';

/** An image of random samples; alpha, where there is one, is often 0 or full, as in real cut-outs. */
export function randomRaster(seed: number, width: number, height: number, channels: 3 | 4, bits: 8 | 16 = 8): Raster {
  const random = seededRandom(seed);
  const maximum = bits === 16 ? 65535 : 255;
  const count = width * height * channels;
  const data = bits === 16 ? new Uint16Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = random();
    if (channels === 4 && i % 4 === 3) {
      data[i] = value < 0.3 ? 0 : value < 0.6 ? maximum : random() * (maximum + 1);
    } else {
      data[i] = value * (maximum + 1);
    }
  }
  return createRaster(width, height, channels, data);
}

/** A mask of random coverage. */
export function randomMask(seed: number, width: number, height: number): Mask {
  const random = seededRandom(seed);
  return createMask(
    width,
    height,
    Uint8Array.from({ length: width * height }, () => random() * 256),
  );
}
