import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../../../src/io/image/decode-image.js';
import { readDensity } from '../../../../../src/io/image/read-density.js';
import { encodeTiff } from '../../../../../src/io/image/tiff/encode-tiff.js';
import { seededRandom } from '../../../../support/random.js';

const PROFILE = readFileSync(new URL('../../../../fixtures/io/adobe-like.icc', import.meta.url));

function randomSamples(channels: number, bits: number, width: number, height: number): Uint8Array | Uint16Array {
  const random = seededRandom(channels * bits);
  const length = width * height * channels;
  const data = bits === 16 ? new Uint16Array(length) : new Uint8Array(length);
  return data.map(() => random() * 2 ** bits);
}

describe('encodeTiff: libtiff reads the samples that were written', () => {
  it.each([
    [1, 8],
    [1, 16],
    [3, 8],
    [3, 16],
    [4, 8],
    [4, 16],
  ] as const)('%d channels of %d bits', async (channels, bits) => {
    // Several strips, the last of them shorter.
    const [width, height] = [611, 700];
    const data = randomSamples(channels, bits, width, height);
    const bytes = Buffer.concat(await encodeTiff({ width, height, channels, data }));
    const space = channels === 1 ? (bits === 16 ? 'grey16' : 'b-w') : bits === 16 ? 'rgb16' : 'srgb';
    const read = await sharp(bytes)
      .toColourspace(space)
      .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    expect(read.info).toMatchObject({ width, height, channels });
    expect(Buffer.compare(read.data, Buffer.from(data.buffer))).toBe(0);
  });

  it('keeps the profile byte for byte, and the density; states none where none is known', async () => {
    const image = { width: 3, height: 2, channels: 3, data: randomSamples(3, 8, 3, 2) } as const;
    const full = Buffer.concat(
      await encodeTiff(image, { icc: PROFILE, density: { x: 300, y: 72.5 }, software: 'maskwright' }),
    );
    const metadata = await sharp(full).metadata();
    expect(Buffer.compare(metadata.icc!, PROFILE)).toBe(0);
    expect(metadata.density).toBe(300);
    expect(readDensity(full)).toEqual({ x: 300, y: 72.5 });
    const { raster, icc } = await decodeImage(full);
    expect(raster.data).toEqual(image.data);
    expect(Buffer.compare(Buffer.from(icc!), PROFILE)).toBe(0);
    expect(readDensity(Buffer.concat(await encodeTiff(image)))).toBeUndefined();
  });
});
