import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../../../src/io/image/encode-image.js';
import { inpaintImage } from '../../../../src/run/library.js';
import { temporaryFolder } from '../../../support/folder.js';
import { randomMask, randomRaster } from '../../../support/images.js';
import { seededRandom } from '../../../support/random.js';

const folder = temporaryFolder();

/** Ways an image can be stored; each gives the file's bytes and the colors that are known to be in it. */
const LAYOUTS = [
  'rgb8',
  'rgba8',
  'rgb16',
  'rgba16',
  'gray8',
  'gray-alpha8',
  'palette',
  'palette-trns',
  'webp',
  'tiff',
] as const;

interface Stored {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** RGB samples, row by row; 16-bit where the file has them. */
  readonly colors: readonly number[];
  readonly bits: 8 | 16;
}

async function store(layout: (typeof LAYOUTS)[number], seed: number, width: number, height: number): Promise<Stored> {
  const rgba = randomRaster(seed, width, height, 4);
  const rgb = randomRaster(seed, width, height, 3);
  const bits = layout.endsWith('16') ? 16 : 8;
  const plain = (channels: 3 | 4, data: ArrayLike<number>): number[] =>
    Array.from(data).filter((_, i) => channels === 3 || i % 4 !== 3);
  switch (layout) {
    case 'rgb8':
      return {
        file: 'a.png',
        bytes: pngBytes(width, height, withOpaqueAlpha(rgb.data), 2),
        colors: plain(3, rgb.data),
        bits,
      };
    case 'rgba8':
      return { file: 'a.png', bytes: pngBytes(width, height, rgba.data, 6), colors: plain(4, rgba.data), bits };
    case 'rgb16':
    case 'rgba16': {
      const channels = layout === 'rgb16' ? 3 : 4;
      const raster = randomRaster(seed, width, height, channels, 16);
      return { file: 'a.png', bytes: await encodeImage(raster), colors: plain(channels, raster.data), bits };
    }
    case 'gray8':
    case 'gray-alpha8': {
      const gray = Uint8Array.from(rgba.data, (value, i) => (i % 4 === 3 ? value : rgba.data[i - (i % 4)]!));
      const alpha = layout === 'gray-alpha8';
      return {
        file: 'a.png',
        bytes: pngBytes(width, height, alpha ? gray : gray.map((v, i) => (i % 4 === 3 ? 255 : v)), alpha ? 4 : 0),
        colors: plain(4, gray),
        bits,
      };
    }
    case 'palette':
    case 'palette-trns': {
      const random = seededRandom(seed);
      const colors = Array.from({ length: 8 }, (_, i) => [
        i * 30,
        255 - i * 20,
        (i * 77) % 256,
        layout === 'palette' ? 255 : i * 36,
      ]);
      const data = Uint8Array.from(
        Array.from({ length: width * height }, () => colors[Math.floor(random() * 8)]!).flat(),
      );
      const bytes = await sharp(data, { raw: { width, height, channels: 4 } })
        .png({ palette: true, colors: 16, dither: 0 })
        .toBuffer();
      // What the quantizer made of it is read by a decoder of another family.
      const stored = PNG.sync.read(bytes).data;
      return { file: 'a.png', bytes, colors: plain(4, stored), bits };
    }
    case 'webp':
      return { file: 'a.webp', bytes: await encodeImage(rgba, { format: 'webp' }), colors: plain(4, rgba.data), bits };
    case 'tiff':
      return { file: 'a.tif', bytes: await encodeImage(rgba, { format: 'tiff' }), colors: plain(4, rgba.data), bits };
  }
}

function pngBytes(width: number, height: number, rgba: ArrayLike<number>, colorType: 0 | 2 | 4 | 6): Uint8Array {
  const png = new PNG({ width, height });
  png.data = Buffer.from(Uint8Array.from(rgba));
  return PNG.sync.write(png, { colorType });
}

function withOpaqueAlpha(rgb: ArrayLike<number>): Uint8Array {
  return Uint8Array.from({ length: (rgb.length / 3) * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : rgb[(i >> 2) * 3 + (i % 4)]!,
  );
}

/** RGBA samples of a written file: 8 bits by a decoder of another family, 16 bits by libvips itself. */
async function samplesOf(path: string, bits: 8 | 16): Promise<ArrayLike<number>> {
  if (bits === 8) {
    return PNG.sync.read(readFileSync(path)).data;
  }
  const { data } = await sharp(path)
    .toColourspace('rgb16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  return new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
}

describe('inpaint keeps every color', () => {
  it.each(LAYOUTS)('of 20 images stored as %s', async (layout) => {
    for (let i = 0; i < 20; i++) {
      const seed = LAYOUTS.indexOf(layout) * 100 + i;
      const random = seededRandom(seed);
      const [width, height] = [1 + Math.floor(random() * 40), 1 + Math.floor(random() * 40)];
      const { file, bytes, colors, bits } = await store(layout, seed, width, height);
      const input = join(folder(), file);
      writeFileSync(input, bytes);
      writeFileSync(join(folder(), 'mask.png'), await encodeImage(randomMask(seed, width, height)));
      const output = join(folder(), 'out.png');
      await inpaintImage({
        image: input,
        masks: [join(folder(), 'mask.png')],
        mask: i % 2 === 0 ? {} : { invert: true },
        opacity: i % 3 === 0 ? 0 : 30,
        output,
      });
      expect(Array.from(await samplesOf(output, bits)).filter((_, at) => at % 4 !== 3)).toEqual(colors);
    }
  });
});
