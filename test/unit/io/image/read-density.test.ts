import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readDensity } from '../../../../src/io/image/read-density.js';

const base = sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } });

/** The JFIF segment of version 1.02, from its specification. */
function jfif(unit: number, x: number, y: number): Buffer {
  const bytes = Buffer.from('ffd8ffe000104a46494600010200000000000000ffd9', 'hex');
  bytes.writeUInt8(unit, 13);
  bytes.writeUInt16BE(x, 14);
  bytes.writeUInt16BE(y, 16);
  return bytes;
}

describe('readDensity', () => {
  it.each([
    ['inches', jfif(1, 300, 150), { x: 300, y: 150 }],
    ['centimeters', jfif(2, 100, 50), { x: 254, y: 127 }],
    ['no unit, which is an aspect ratio', jfif(0, 1, 1), undefined],
    ['zero', jfif(1, 0, 0), undefined],
  ])('JFIF in %s', (_, bytes, expected) => {
    expect(readDensity(bytes)).toEqual(expected);
  });

  it('reads what libvips writes: tags of TIFF, an Exif block of JPEG and WebP', async () => {
    const dense = base.clone().withMetadata({ density: 240 });
    const tiff = readDensity(await dense.clone().tiff({ resolutionUnit: 'inch' }).toBuffer());
    expect(tiff!.x).toBeCloseTo(240, 3);
    for (const format of ['jpeg', 'webp'] as const) {
      const bytes = await dense.clone().toFormat(format).toBuffer();
      const { exif } = await sharp(bytes).metadata();
      expect(readDensity(bytes, exif)).toEqual({ x: 240, y: 240 });
      // What the file itself says comes first.
      expect(readDensity(jfif(1, 300, 300), exif)).toEqual({ x: 300, y: 300 });
    }
  });

  it('damaged tags are no density', () => {
    expect(readDensity(Buffer.from('II*\0\xff\xff\0\0', 'latin1'))).toBeUndefined();
  });
});
