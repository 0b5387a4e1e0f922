import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutputFormat } from '../../../../src/io/image/encode-image.js';
import { imageContent, verifiedContent } from '../../../../src/io/image/image-content.js';
import { drawByRows } from '../../../../src/io/image/row-drawing.js';
import { contentOf } from '../../../../src/io/storage/storage.js';
import { createMask, createRaster, type Mask, type Raster, viewRows } from '../../../../src/raster/index.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maskwright-content-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Waves with grain, so that filters and run lengths differ from row to row. */
function drawWaves(width: number, height: number, channels: 1 | 3 | 4, bits: 8 | 16): Raster | Mask {
  const count = width * height * channels;
  const data = bits === 16 ? new Uint16Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / channels / width);
    data[i] = (120 + 100 * Math.sin(x / 9 + y / 31) + ((i * 7919) % 13)) * (bits === 16 ? 257 : 1);
  }
  return channels === 1 ? createMask(width, height, data as Uint8Array) : createRaster(width, height, channels, data);
}

/** A raster with 8- or 16-bit samples. */
const drawRaster = (width: number, height: number, channels: 3 | 4, bits: 8 | 16): Raster =>
  drawWaves(width, height, channels, bits) as Raster;

const LAYOUTS = [
  [1, 1, 3, 8],
  [1, 300, 4, 8],
  [700, 1, 3, 16],
  [61, 47, 1, 8],
  [61, 47, 4, 16],
  // Several strips, which threads compress: more than 2 MB.
  [500, 1601, 3, 8],
  [3001, 701, 1, 8],
] as const;

describe('imageContent', () => {
  test.each(LAYOUTS)('%i x %i, %i channels of %i bits: drawn row by row it is the same file', async (...layout) => {
    const image = drawWaves(...layout);
    for (const effort of ['normal', 'fast'] as const) {
      const byRows = imageContent(() => drawByRows(image, (from, to) => viewRows(image, from, to)), { effort });
      const whole = await contentOf(imageContent(image, { effort }));
      expect(Buffer.compare(await contentOf(byRows), whole)).toBe(0);
    }
  });

  test('what is asked for again is drawn again', async () => {
    const image = drawWaves(61, 47, 1, 8);
    const content = imageContent(() => drawByRows(image, (from, to) => viewRows(image, from, to)), {});
    expect(Buffer.compare(await contentOf(content), await contentOf(content, true))).toBe(0);
  });

  test.each(['tiff', 'webp'] as const)('%s that is drawn row by row is the same file', async (format) => {
    const image = drawRaster(61, 47, 4, 8);
    const byRows = imageContent(() => drawByRows(image, (from, to) => viewRows(image, from, to)), { format });
    expect(Buffer.compare(await contentOf(byRows), await contentOf(imageContent(image, { format })))).toBe(0);
  });
});

describe('verifiedContent', () => {
  const CASES: readonly (readonly [OutputFormat, number, number, 3 | 4, 8 | 16])[] = [
    ['png', 1, 1, 3, 8],
    ['png', 61, 47, 4, 16],
    ['png', 500, 1601, 3, 8],
    ['tiff', 61, 47, 4, 16],
    ['webp', 61, 47, 4, 8],
  ];

  test.each(CASES)('%s, %i x %i: a file is accepted with its samples, and not with another one', async (...given) => {
    const [format, width, height, channels, bits] = given;
    const image = drawRaster(width, height, channels, bits);
    const other = { ...image, data: image.data.slice() };
    other.data[other.data.length - 1]! ^= 1;
    for (const draw of [
      () => image,
      () => drawByRows(image, (from: number, to: number) => viewRows(image, from, to)),
    ]) {
      const { data, verify } = verifiedContent(draw, { format }, 'out');
      const encoded = await contentOf({ data }, true);
      const path = join(folder, `file.${format}`);
      await writeFile(path, encoded);
      await verify(path);
      await verify(encoded);
      await writeFile(path, await contentOf(imageContent(other, { format })));
      await expect(verify(path)).rejects.toMatchObject({ code: 'OUTPUT_CHECK' });
    }
  });
});
