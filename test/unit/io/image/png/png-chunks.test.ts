import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePng, type PngOptions } from '../../../../../src/io/image/png/encode-png.js';
import {
  densityChunk,
  type PngChunk,
  readCarriedChunks,
  readPngText,
} from '../../../../../src/io/image/png/png-chunks.js';

const PIXEL = { width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) } as const;

describe('metadata', () => {
  it('color and density chunks are stored byte for byte', async () => {
    // cICP of BT.2100 PQ, gamma 1/2.2, 300 dpi: examples of the PNG specification, third edition.
    const carried: PngChunk[] = [
      { type: 'cICP', data: Uint8Array.of(9, 16, 0, 1) },
      { type: 'gAMA', data: Uint8Array.of(0, 0, 0xb1, 0x8f) },
      { type: 'pHYs', data: Uint8Array.of(0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1) },
    ];
    const png = await encode({ carried });
    expect(readCarriedChunks(png).map(({ type, data }) => [type, ...data])).toEqual(
      carried.map(({ type, data }) => [type, ...data]),
    );
    expect((await sharp(png).metadata()).density).toBe(300);
  });

  it('densityChunk: dots per inch become whole pixels per meter', () => {
    // 300 / 0.0254 = 11811.02
    expect([...densityChunk(300).data]).toEqual([0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1]);
  });

  it('an ICC profile is stored as it is, without an sRGB chunk besides it', async () => {
    const icc = (
      await sharp({ create: { width: 1, height: 1, channels: 3, background: '#123' } })
        .withIccProfile('p3')
        .png()
        .toBuffer()
        .then(async (file) => sharp(file).metadata())
    ).icc!;
    const png = await encode({ icc, carried: [{ type: 'sRGB', data: Uint8Array.of(0) }] });
    expect((await sharp(png).metadata()).icc).toEqual(icc);
    expect(readCarriedChunks(png)).toEqual([]);
  });

  it.each([
    ['ASCII', 'Comment', 'a mask'],
    ['every script', 'Título', 'маска 遮罩 🎭'],
    ['line ends', 'Description', 'one\ntwo\r\nthree'],
    ['a keyword of 79 characters', 'k'.repeat(79), 'longest'],
    ['empty', 'Comment', ''],
  ])('text comes back: %s', async (_, keyword, value) => {
    const png = await encode({ text: { [keyword]: value } });
    expect(readPngText(png)).toEqual({ [keyword]: value });
    expect((await sharp(png).raw().toBuffer()).equals(PIXEL.data)).toBe(true);
  });

  it.each(['', ' leading', 'trailing ', 'two  spaces', 'k'.repeat(80), 'Ω', 'line\nbreak'])(
    'a keyword that PNG does not allow is refused: %j',
    async (keyword) => {
      await expect(encode({ text: { [keyword]: 'x' } })).rejects.toMatchObject({ code: 'OPTION_RANGE' });
    },
  );

  it('bytes that are no PNG have no text and no chunks', () => {
    expect(readPngText(Buffer.from('GIF89a, and more than twelve bytes'))).toEqual({});
    expect(readCarriedChunks(new Uint8Array(3))).toEqual([]);
  });
});

async function encode(options: PngOptions): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodePng(PIXEL, options)) pieces.push(piece);
  return Buffer.concat(pieces);
}
