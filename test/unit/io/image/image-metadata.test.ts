import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../../src/io/image/encode-image.js';
import { lostMetadata, metadataOf } from '../../../../src/io/image/image-metadata.js';
import { createMask, createRaster } from '../../../../src/raster/index.js';
import { randomRaster } from '../../../support/images.js';

const PROFILE = readFileSync(new URL('../../../fixtures/io/adobe-like.icc', import.meta.url));
const GAMA = { type: 'gAMA', data: Uint8Array.of(0, 1, 0x86, 0xa0) } as const;

describe('metadata goes from file to file', () => {
  it.each(['png', 'tiff', 'webp'] as const)(
    'the profile of an image stands in a %s, its pixels unchanged (case 22)',
    async (format) => {
      const raster = randomRaster(5, 33, 17, 4);
      const from = await decodeImage(await encodeImage(raster, { icc: PROFILE }));
      const bytes = await encodeImage(from.raster, { format, ...metadataOf(from) });
      const image = sharp(bytes, { ignoreIcc: true });
      expect(Buffer.compare((await image.metadata()).icc!, PROFILE)).toBe(0);
      expect(Buffer.compare(await image.raw().toBuffer(), Buffer.from(raster.data))).toBe(0);
    },
  );

  it('gAMA stands in a PNG as it stood in another (case 19), and a warning says what WebP and TIFF lose', async () => {
    const from = await decodeImage(await encodeImage(randomRaster(6, 4, 4, 3), { carried: [GAMA] }), 'gama.png');
    const png = await encodeImage(from.raster, metadataOf(from));
    // Length, type and value of the PNG specification: a gamma of 1 is 100000.
    expect(Buffer.from(png).includes(Buffer.from('0000000467414d41000186a0', 'hex'))).toBe(true);
    expect(lostMetadata(from.name, from, 'png')).toEqual([]);
    expect(lostMetadata(from.name, from, 'webp')).toEqual([
      'gama.png states its colors by gAMA, which WEBP cannot hold: .png keeps them',
    ]);
  });

  it.each([
    ['jpeg', 'png'],
    ['jpeg', 'tiff'],
    ['tiff', 'png'],
    ['png', 'tiff'],
  ] as const)('the density of a %s stands in a %s', async (from, to) => {
    const base = sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } }).withMetadata({
      density: 300,
    });
    const source = await decodeImage(
      await (from === 'tiff' ? base.tiff({ resolutionUnit: 'inch' }) : base.toFormat(from)).toBuffer(),
    );
    const written = await decodeImage(await encodeImage(source.raster, { format: to, ...metadataOf(source) }));
    expect(written.density!.x).toBeCloseTo(300, 1);
    expect(written.density!.y).toBeCloseTo(300, 1);
  });

  it.each(['png', 'tiff', 'webp'] as const)('no density is made up in a %s', async (format) => {
    const bytes = await encodeImage(randomRaster(7, 4, 4, 3), { format });
    expect((await decodeImage(bytes)).density).toBeUndefined();
  });
});

describe('encodeImage', () => {
  it.each([
    ['width', 16_384, 1],
    ['height', 1, 16_384],
  ])('WebP of a %s beyond 16383 is refused with both sizes', async (_, width, height) => {
    await expect(encodeImage(createMask(width, height), { format: 'webp' })).rejects.toMatchObject({
      code: 'OUTPUT_FORMAT',
      message: `WebP holds 16383 pixels a side, the image is ${width} x ${height}`,
      hint: 'write a .png or .tif instead',
    });
    expect(
      (await encodeImage(createMask(Math.min(width, 16_383), Math.min(height, 16_383)), { format: 'webp' })).length,
    ).toBeGreaterThan(0);
  });

  it('WebP of 16 bits is refused', async () => {
    await expect(encodeImage(createRaster(1, 1, 3, Uint16Array.of(1, 2, 3)), { format: 'webp' })).rejects.toMatchObject(
      { code: 'OUTPUT_FORMAT' },
    );
  });
});
