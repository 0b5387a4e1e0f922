import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeDepth } from '../../../../src/io/depth/decode-depth.js';
import { decodeImage, decodeMask, decodeWithoutBytes, readImageSize } from '../../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../../src/io/image/encode-image.js';
import { readPngText } from '../../../../src/io/image/png/png-chunks.js';
import { temporaryFolder } from '../../../support/folder.js';
import { randomMask, randomRaster } from '../../../support/images.js';

const folder = temporaryFolder();

/** PNG bytes made without sharp, so that hidden colors are known to be in them. */
function pngOf(width: number, height: number, rgba: Uint8Array): Buffer {
  const png = new PNG({ width, height });
  png.data = Buffer.from(rgba);
  return PNG.sync.write(png);
}

describe('decodeImage', () => {
  it('reads every color under transparency as it stands in the file', async () => {
    const raster = randomRaster(1, 17, 9, 4);
    const { raster: decoded } = await decodeImage(pngOf(17, 9, raster.data as Uint8Array));
    expect(decoded.channels).toBe(4);
    expect(Buffer.compare(Buffer.from(decoded.data), Buffer.from(raster.data))).toBe(0);
  });

  it.each([
    [3, 8],
    [4, 8],
    [3, 16],
    [4, 16],
  ] as const)('round trips %d channels of %d bits through PNG and TIFF', async (channels, bits) => {
    const raster = randomRaster(2, 23, 11, channels, bits);
    for (const format of ['png', 'tiff'] as const) {
      const { raster: decoded, bitDepth } = await decodeImage(await encodeImage(raster, { format }));
      expect(bitDepth).toBe(bits);
      expect(decoded).toEqual(raster);
    }
  });

  it('round trips hidden color through lossless WebP', async () => {
    const raster = randomRaster(3, 31, 16, 4);
    expect((await decodeImage(await encodeImage(raster, { format: 'webp' }))).raster).toEqual(raster);
  });

  it('widens gray, with and without alpha, 8 and 16 bits', async () => {
    const gray = Buffer.from([0, 50, 100, 255]);
    const plain = await sharp(gray, { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect([...(await decodeImage(plain)).raster.data]).toEqual([0, 0, 0, 50, 50, 50, 100, 100, 100, 255, 255, 255]);
    const png = new PNG({ width: 2, height: 1, colorType: 4 } as never);
    png.data = Buffer.from([10, 10, 10, 0, 200, 200, 200, 128]);
    const withAlpha = PNG.sync.write(png, { colorType: 4 });
    expect([...(await decodeImage(withAlpha)).raster.data]).toEqual([10, 10, 10, 0, 200, 200, 200, 128]);
    const wide = await sharp(new Uint16Array([0, 1000, 40000, 65535]), { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect([...(await decodeImage(wide)).raster.data].filter((_, i) => i % 3 === 0)).toEqual([0, 1000, 40000, 65535]);
  });

  it('turns the image upright by its EXIF orientation', async () => {
    const raster = randomRaster(4, 3, 2, 3);
    const turned = await sharp(raster.data, { raw: { width: 3, height: 2, channels: 3 } })
      .withExif({ IFD0: { Orientation: '6' } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const decoded = await decodeImage(turned);
    expect(decoded.orientation).toBe(6);
    expect([decoded.raster.width, decoded.raster.height]).toEqual([2, 3]);
    // Orientation 6 shows the stored image turned a quarter clockwise: its bottom left comes to the top left.
    expect([...decoded.raster.data.subarray(0, 3)]).toEqual([...raster.data.subarray(9, 12)]);
  });

  it('hands the ICC profile on untouched and does not convert by it', async () => {
    const profile = readFileSync(new URL('../../../fixtures/io/adobe-like.icc', import.meta.url));
    const raster = randomRaster(5, 8, 8, 3);
    const png = await encodeImage(raster, { icc: profile });
    const decoded = await decodeImage(png);
    expect(Buffer.compare(Buffer.from(decoded.icc!), profile)).toBe(0);
    expect(decoded.raster).toEqual(raster);
  });

  it('reads text back from PNG', async () => {
    const png = await encodeImage(randomMask(6, 4, 4), {
      text: { Software: 'x', maskwright: '{"text":"crème brûlée"}' },
    });
    expect(readPngText(png)).toEqual({ Software: 'x', maskwright: '{"text":"crème brûlée"}' });
    expect(PNG.sync.read(Buffer.from(png)).width).toBe(4);
  });

  it('writes masks as one gray channel', async () => {
    const mask = randomMask(7, 5, 3);
    const png = await encodeImage(mask);
    expect(png[25]).toBe(0);
    expect((await decodeMask(png)).mask).toEqual(mask);
  });

  it('takes the first frame of an animation, and says so', async () => {
    const frames = randomRaster(8, 4, 8, 3);
    const gif = await sharp(frames.data, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
      .gif()
      .toBuffer();
    const decoded = await decodeImage(gif);
    expect([decoded.raster.width, decoded.raster.height, decoded.frames]).toEqual([4, 4, 2]);
    expect(decoded.warnings.join()).toContain('2 frames');
  });

  it('takes the first image of an animated PNG, and says so (case 20)', async () => {
    const raster = randomRaster(8, 4, 4, 3);
    const png = Buffer.from(await encodeImage(raster));
    // acTL of the APNG specification: 3 frames, endless. It stands between IHDR, which ends at byte 33, and IDAT.
    const data = Buffer.from([...Buffer.from('acTL', 'latin1'), 0, 0, 0, 3, 0, 0, 0, 0]);
    const chunk = Buffer.alloc(8 + data.length);
    chunk.writeUInt32BE(8, 0);
    chunk.set(data, 4);
    chunk.writeUInt32BE(crc32(data), 16);
    const decoded = await decodeImage(Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]), 'a.png');
    expect(decoded.frames).toBe(3);
    expect(decoded.warnings).toEqual(['a.png has 3 frames; only the first is used']);
    expect(decoded.raster).toEqual(raster);
  });

  it('reads CMYK as RGB, and says so', async () => {
    const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#ff0000' } })
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer();
    const decoded = await decodeImage(jpeg);
    expect(decoded.cmyk).toBe(true);
    expect(decoded.raster.channels).toBe(3);
    expect(decoded.warnings.join()).toContain('CMYK');
  });
});

describe('decodeImage refuses', () => {
  const cases: readonly [string, (path: string) => void, string][] = [
    ['a missing file', () => undefined, 'INPUT_NOT_FOUND'],
    ['a folder', (path) => mkdirSync(path), 'INPUT_IS_FOLDER'],
    ['an empty file', (path) => writeFileSync(path, ''), 'INPUT_EMPTY'],
    ['text named .png', (path) => writeFileSync(path, 'hello, I am no image at all'), 'INPUT_FORMAT'],
    [
      'SVG',
      (path) => writeFileSync(path, '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'INPUT_FORMAT',
    ],
  ];
  it.each(cases)('%s', async (_, make, code) => {
    const path = join(folder(), 'in.png');
    make(path);
    await expect(decodeImage(path)).rejects.toMatchObject({ code });
  });

  it.each(['png', 'jpeg'] as const)('a truncated %s', async (format) => {
    const raster = randomRaster(9, 64, 64, 3);
    const image = sharp(raster.data, { raw: { width: 64, height: 64, channels: 3 } });
    const whole = await image.toFormat(format).toBuffer();
    await expect(decodeImage(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({ code: 'INPUT_DAMAGED' });
  });

  it('a PNG that is too short for the pixels of its header, before memory is taken for them', async () => {
    // The header of a palette image of 268 megapixels, and a stream that ends at once.
    const png = Buffer.from(
      await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
        .png({ palette: true })
        .toBuffer(),
    );
    png.writeUInt32BE(16_384, 16);
    png.writeUInt32BE(16_384, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    const before = process.memoryUsage().rss;
    const damaged = { code: 'INPUT_DAMAGED', message: expect.stringContaining('16384 x 16384') as string };
    await expect(decodeImage(png)).rejects.toMatchObject(damaged);
    const path = join(folder(), 'depth.png');
    writeFileSync(path, png);
    await expect(decodeDepth(path)).rejects.toMatchObject(damaged);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  it('a bomb of 30000 x 30000 pixels, without decoding it', async () => {
    const bomb = readFileSync(new URL('../../../fixtures/io/bomb-30000.png', import.meta.url));
    const before = process.memoryUsage().rss;
    await expect(decodeImage(bomb)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE' });
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});

describe('readImageSize', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('is the size of the upright image in a %s', async (format) => {
    const pixels = sharp({ create: { width: 31, height: 17, channels: 3, background: 'red' } });
    for (const orientation of format === 'gif' ? [1] : [1, 2, 3, 4, 5, 6, 7, 8]) {
      const bytes = await pixels.clone().toFormat(format).withMetadata({ orientation }).toBuffer();
      // EXIF: from 5 on, rows of the file are columns of the image.
      const upright = orientation < 5 ? { width: 31, height: 17 } : { width: 17, height: 31 };
      expect(await readImageSize(bytes)).toEqual(upright);
      const { raster } = await decodeImage(bytes);
      expect(raster).toMatchObject(upright);
    }
  });

  it('is one frame of an animation', async () => {
    const frames = Buffer.alloc(8 * 12 * 3, 200);
    frames.fill(10, 0, 100);
    const bytes = await sharp(frames, { raw: { width: 8, height: 12, channels: 3, pageHeight: 4 } })
      .webp()
      .toBuffer();
    expect(await readImageSize(bytes)).toEqual({ width: 8, height: 4 });
    expect((await decodeImage(bytes)).raster).toMatchObject({ width: 8, height: 4 });
  });

  it('is undefined where the header does not state it', async () => {
    const tiff = await sharp({ create: { width: 5, height: 4, channels: 3, background: 'red' } })
      .tiff()
      .toBuffer();
    expect(await readImageSize(tiff)).toBeUndefined();
    expect(await readImageSize(Buffer.from('no image'))).toBeUndefined();
    expect(await readImageSize(join(folder(), 'missing.png'))).toBeUndefined();
  });
});

describe('decodeWithoutBytes', () => {
  it('says of a file what decodeImage says, but for its bytes', async () => {
    const text = { Comment: 'hidden color' };
    const density = { x: 300, y: 300 };
    const files = {
      'deep.png': await encodeImage(randomRaster(3, 40, 30, 4, 16), { text, density }),
      'gray.png': await encodeImage(randomMask(4, 31, 17)),
      'tags.tif': await encodeImage(randomRaster(5, 20, 10, 3, 8), { format: 'tiff' }),
      'turned.jpg': await sharp({ create: { width: 8, height: 5, channels: 3, background: 'red' } })
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toBuffer(),
    };
    for (const [name, encoded] of Object.entries(files)) {
      const path = join(folder(), name);
      writeFileSync(path, encoded);
      const { bytes, ...image } = await decodeImage(path);
      expect(await decodeWithoutBytes(path)).toEqual({ ...image, byteLength: bytes.length });
      expect(bytes.length).toBe(encoded.length);
    }
  });
});
