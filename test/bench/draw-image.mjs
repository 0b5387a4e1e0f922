import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Width and height of about so many megapixels, 4 to 3. */
export function sizeOf(megapixels) {
  const width = Math.round(Math.sqrt((megapixels * 1e6 * 4) / 3));
  return { width, height: Math.round((width * 3) / 4) };
}

/**
 * Soft shapes and grain that neighbors share, as a camera leaves it: about as hard to compress as a photograph.
 * Gives a sharp pipeline, to be written in any format.
 */
export async function drawImage({ width, height }, channels, seed, grain) {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 4294967296;
  const small = { width: Math.ceil(width / 90), height: Math.ceil(height / 90), channels };
  const cells = Uint8Array.from({ length: small.width * small.height * channels }, () => random() * 256);
  let soft = sharp(cells, { raw: small }).resize(width, height, { kernel: 'cubic', fit: 'fill' });
  if (channels === 1) {
    soft = soft.toColourspace('b-w');
  }
  const pixels = await soft.raw().toBuffer();
  if (grain > 0) {
    for (let i = 0; i < pixels.length; i++) {
      const value = pixels[i] + (random() + random() - 1) * grain;
      pixels[i] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  const image = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  return channels === 1 ? image.toColourspace('b-w') : image.blur(0.5);
}

/** Images of `width` x `height` with soft shapes and noise, all different, as a camera would make them. */
export async function drawImages(into, count, width = 640, height = 480) {
  mkdirSync(into, { recursive: true });
  const pixels = new Uint8Array(width * height * 3);
  let seed = 1;
  for (let n = 0; n < count; n++) {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i += 3) {
        seed = (seed * 1103515245 + 12345) & 0x7fffffff;
        const noise = (seed >> 16) & 7;
        const disc = (x - 200 - (n % 240)) ** 2 + (y - 240) ** 2 < 110 ** 2;
        pixels[i] = (disc ? 230 : x >> 2) + noise;
        pixels[i + 1] = (disc ? 130 : y >> 2) + noise;
        pixels[i + 2] = (disc ? 20 : 120) + noise;
      }
    }
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toFile(join(into, `${String(n).padStart(4, '0')}.png`));
  }
}
