import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeDepth } from '../../src/io/depth/decode-depth.js';
import { decodeImage } from '../../src/io/image/decode-image.js';

const FOLDER = fileURLToPath(new URL('../fixtures/tiff/', import.meta.url));

interface Expected {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly bits: 8 | 16;
  /** Base64 of the samples, little-endian. */
  readonly pixels: string;
  /** Base64 of the first sample of each pixel as float32. */
  readonly first: string;
}

const files = Object.entries(
  JSON.parse(readFileSync(`${FOLDER}expected.json`, 'utf8')) as Readonly<Record<string, Expected>>,
);
/** Pillow converts YCbCr in integers. */
const SLACK: Readonly<Record<string, number>> = { ycbcr: 1 };

describe('TIFF: pixels are those that tifffile and Pillow read (cases 02, 03)', () => {
  it.each(files.filter(([name]) => name !== 'nodata'))('%s', async (name, expected) => {
    const { raster, format } = await decodeImage(`${FOLDER}${name}.tif`);
    expect(format).toBe('tiff');
    expect({ width: raster.width, height: raster.height, channels: raster.channels }).toEqual({
      width: expected.width,
      height: expected.height,
      channels: expected.channels,
    });
    expect(raster.data.BYTES_PER_ELEMENT * 8).toBe(expected.bits);
    const bytes = new Uint8Array(Buffer.from(expected.pixels, 'base64')).buffer;
    const pixels = expected.bits === 16 ? new Uint16Array(bytes) : new Uint8Array(bytes);
    const slack = SLACK[name] ?? 0;
    const wrong = [...raster.data].flatMap((value, i) =>
      Math.abs(value - pixels[i]!) > slack ? [[i, value, pixels[i]]] : [],
    );
    expect(wrong).toEqual([]);
  });
});

describe('TIFF as depth: samples are those that tifffile reads (case 03)', () => {
  it.each(files.filter(([name]) => !/^(ycbcr.*|rgb-associated)$/.test(name)))('%s', async (name, expected) => {
    const { map } = await decodeDepth(`${FOLDER}${name}.tif`);
    const bytes = new Uint8Array(Buffer.from(expected.first, 'base64')).buffer;
    const values = Float32Array.from(new Float32Array(bytes), (value) => (value === -9999 ? Number.NaN : value));
    expect(map.data).toEqual(values);
  });
});

describe('TIFF: what is not read is refused by its name', () => {
  it.each([
    ['refused-zstd', 'ZSTD'],
    ['refused-lzma', 'LZMA'],
    ['refused-lab', 'CIE L*a*b*'],
    ['refused-negative', 'signed samples from -100 to'],
    ['refused-hdr', '32-bit float samples from 0 to 17.5'],
    ['refused-nan', 'and NaN'],
  ])('%s', async (name, words) => {
    await expect(decodeImage(`${FOLDER}${name}.tif`)).rejects.toMatchObject({
      code: 'INPUT_FORMAT',
      message: expect.stringContaining(words),
      hint: expect.any(String),
    });
  });
});
