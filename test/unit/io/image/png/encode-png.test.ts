import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePng, type PngOptions } from '../../../../../src/io/image/png/encode-png.js';
import type { PngPixels } from '../../../../../src/io/image/png/png-pixels.js';
import { temporaryFolder } from '../../../../support/folder.js';
import { readPng } from '../../../../support/read-png.js';
import { seededRandom } from '../../../../support/random.js';

describe('encodePng', () => {
  it.each([
    [1, 8],
    [2, 8],
    [3, 8],
    [4, 8],
    [1, 16],
    [2, 16],
    [3, 16],
    [4, 16],
  ] as const)('%i channels of %i bits: a file of several strips holds every sample', async (channels, bitDepth) => {
    const image = drawNoise({ width: 1031, height: 1100, channels, bitDepth });
    const content = readPng(await write(image));
    expect(content).toMatchObject({ width: 1031, height: 1100, bitDepth, channels });
    expect(Buffer.compare(bytesOf(content.samples), bytesOf(image.data))).toBe(0);
  });

  it('samples of a view into a larger buffer, and of a Buffer, are those of the view', async () => {
    const whole = Buffer.from([9, 9, 1, 2, 3, 4, 5, 6, 9]);
    const image = { width: 2, height: 1, channels: 3, data: whole.subarray(2, 8) } as const;
    expect([...readPng(await write(image)).samples]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...whole]).toEqual([9, 9, 1, 2, 3, 4, 5, 6, 9]);
  });

  it('16-bit samples are not changed in memory by being written big-endian', async () => {
    const data = Uint16Array.of(0x0102, 0xfffe);
    await write({ width: 2, height: 1, channels: 1, data });
    expect([...data]).toEqual([0x0102, 0xfffe]);
  });

  it('images that are encoded at the same time do not mix', async () => {
    const images = [1, 2, 3, 4].map((seed) => drawNoise({ width: 1000, height: 1000, channels: 3, bitDepth: 8, seed }));
    const paths = await Promise.all(images.map((image) => write(image)));
    paths.forEach((path, i) => {
      expect(Buffer.compare(bytesOf(readPng(path).samples), bytesOf(images[i]!.data))).toBe(0);
    });
  });

  it('the same image gives the same bytes every time', async () => {
    const image = drawNoise({ width: 1000, height: 1000, channels: 3, bitDepth: 8 });
    const [first, second] = await Promise.all([encode(image), encode(image)]);
    expect(first.equals(second)).toBe(true);
  });

  it('a consumer that stops early leaves nothing that keeps the next image from being encoded', async () => {
    const image = drawNoise({ width: 1200, height: 1200, channels: 3, bitDepth: 8 });
    for await (const piece of encodePng(image)) {
      expect(piece.length).toBeGreaterThan(8);
      break;
    }
    expect(Buffer.compare(bytesOf(readPng(await write(image)).samples), bytesOf(image.data))).toBe(0);
  });

  it('text is asked for once, and an error of it is thrown', async () => {
    const image = drawNoise({ width: 900, height: 900, channels: 3, bitDepth: 8 });
    let calls = 0;
    await encode(image, { text: () => ({ Comment: String(++calls) }) });
    expect(calls).toBe(1);
    const failing = encode(image, {
      text: () => {
        throw new Error('no text');
      },
    });
    await expect(failing).rejects.toThrow('no text');
  });
});

describe('the size of a file', () => {
  const kinds = ['grain', 'smooth', 'shapes', 'mask', 'soft mask', 'text'] as const;

  it.each(kinds)(
    '%s: normal at most 1.03 of adaptive level 6, small at most that of level 9 and 256 bytes, fast at most 1.3 of normal',
    async (kind) => {
      const image = drawKind(kind);
      const normal = (await encode(image)).length;
      expect(normal).toBeLessThanOrEqual(1.03 * (await encodeWithSharp(image, 6)));
      expect((await encode(image, { effort: 'small' })).length).toBeLessThanOrEqual(
        256 + (await encodeWithSharp(image, 9)),
      );
      expect((await encode(image, { effort: 'fast' })).length).toBeLessThanOrEqual(1.3 * normal);
    },
  );

  it('a flat mask of 12 megapixels takes less than 16 KB', async () => {
    const data = new Uint8Array(4000 * 3000);
    for (let y = 500; y < 2500; y++) data.fill(255, y * 4000 + 700, y * 4000 + 3100);
    // The data without any compression but run lengths of at most 258 bytes: 12e6 / 258 matches of 2 bits and more.
    expect((await encode({ width: 4000, height: 3000, channels: 1, data })).length).toBeLessThan(16_384);
  });
});

function drawKind(kind: 'grain' | 'smooth' | 'shapes' | 'mask' | 'soft mask' | 'text'): PngPixels {
  const random = seededRandom(7);
  const [width, height] = [900, 600];
  const channels = kind.endsWith('mask') ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  const glyphs = Array.from({ length: 40 }, () => Array.from({ length: 96 }, () => random() < 0.4));
  const line = Array.from({ length: 9000 }, () => Math.floor(random() * 40));
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / channels);
    const [x, y, c] = [pixel % width, Math.floor(pixel / width), i % channels];
    const wave = 128 + 60 * Math.sin(x / 70 + c) + 50 * Math.cos(y / 50);
    const distance = Math.hypot(x - 480, y - 390) - 260;
    data[i] = {
      grain: wave + 16 * (random() + random() - 1),
      smooth: wave,
      shapes: distance < 0 ? 200 - 30 * c : (x >> 7) * 20 + c,
      mask: distance < 0 ? 255 : 0,
      'soft mask': Math.min(Math.max(128 - distance * 2, 0), 255),
      text: glyphs[line[(x >> 3) + 125 * Math.floor(y / 12)]!]![(x & 7) + 8 * (y % 12)] ? 20 : 245,
    }[kind];
  }
  return { width, height, channels, data };
}

async function encodeWithSharp(
  { width, height, channels, data }: PngPixels,
  compressionLevel: number,
): Promise<number> {
  const image = sharp(data, { raw: { width, height, channels } });
  const typed = channels === 1 ? image.toColourspace('b-w') : image;
  return (await typed.png({ compressionLevel, adaptiveFiltering: true }).toBuffer()).length;
}

function drawNoise(of: {
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
  bitDepth: 8 | 16;
  seed?: number;
}): PngPixels {
  const { width, height, channels, bitDepth, seed = 1 } = of;
  const random = seededRandom(seed);
  const count = width * height * channels;
  const data = bitDepth === 8 ? new Uint8Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    data[i] = (i >> 6) + random() * 40;
  }
  return { width, height, channels, data };
}

async function encode(image: PngPixels, options: PngOptions = {}): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodePng(image, options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

let written = 0;
const folder = temporaryFolder();

async function write(image: PngPixels): Promise<string> {
  const path = join(folder(), `${written++}.png`);
  await writeFile(path, await encode(image));
  return path;
}

function bytesOf(samples: Uint8Array | Uint16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
