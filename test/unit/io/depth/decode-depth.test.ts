import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeDepth } from '../../../../src/io/depth/decode-depth.js';
import { readExrParts } from '../../../../src/io/depth/exr-parts.js';
import { temporaryFolder } from '../../../support/folder.js';

const folder = temporaryFolder();
const EXR = fileURLToPath(new URL('../../../fixtures/exr/', import.meta.url));

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder(), name);
  writeFileSync(path, bytes);
  return path;
}

function pfm(header: string, values: readonly number[], littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => view.setFloat32(i * 4, value, littleEndian));
  return Buffer.concat([Buffer.from(header), new Uint8Array(view.buffer)]);
}

/** A TIFF of one plane of floats in one strip, from the specification. */
function floatTiff(width: number, height: number, samples: Float32Array): Uint8Array {
  const SHORT = 3;
  const LONG = 4;
  const directory = 8 + samples.byteLength;
  const tags = [
    [256, SHORT, width],
    [257, SHORT, height],
    [258, SHORT, 32],
    [259, SHORT, 1],
    [262, SHORT, 1],
    [273, LONG, 8],
    [277, SHORT, 1],
    [278, SHORT, height],
    [279, LONG, samples.byteLength],
    [339, SHORT, 3],
  ] as const;
  const bytes = Buffer.alloc(directory + 2 + tags.length * 12 + 4);
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(directory, 4);
  samples.forEach((sample, i) => bytes.writeFloatLE(sample, 8 + i * 4));
  bytes.writeUInt16LE(tags.length, directory);
  tags.forEach(([tag, type, value], i) => {
    const at = directory + 2 + i * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  });
  return bytes;
}

describe('PFM', () => {
  it.each([
    ['Pf\n3 2\n-1.0\n', true],
    ['Pf 3 2 1\n', false],
  ])('%j is read from the bottom row up', async (header, littleEndian) => {
    const path = write('a.pfm', pfm(header, [4, 5, 6, 1.5, 2, Number.NaN], littleEndian));
    const { map, format } = await decodeDepth(path);
    expect(format).toBe('pfm');
    expect(map).toMatchObject({ width: 3, height: 2, depthOrder: 'near-is-small' });
    expect([...map.data]).toEqual([1.5, 2, Number.NaN, 4, 5, 6]);
  });

  it('gives the first channel of a color file', async () => {
    const path = write('a.pfm', pfm('PF\n2 1\n-1\n', [1, 9, 9, 2, 9, 9], true));
    expect([...(await decodeDepth(path)).map.data]).toEqual([1, 2]);
  });

  it.each([
    ['Pf\n3 2\n-1\n', 'INPUT_DAMAGED', '3 x 2 pixels need 24 bytes'],
    ['Pf\n0 2\n-1\n', 'INPUT_DAMAGED', '0 2 -1'],
    ['Pf\n1 1\n0\n', 'INPUT_DAMAGED', '1 1 0'],
    ['Pf\n99999 99999\n-1\n', 'INPUT_TOO_LARGE', '99999 x 99999'],
    ['Pf\n', 'INPUT_DAMAGED', 'header'],
  ])('%j is refused', async (header, code, message) => {
    const path = write('a.pfm', pfm(header, [1, 2], true));
    await expect(decodeDepth(path)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('images as depth', () => {
  it('reads 16-bit PNG exactly, large values near', async () => {
    const data = Uint16Array.of(0, 1, 257, 40000, 65534, 65535);
    const png = await sharp(data, { raw: { width: 3, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const { map, warnings } = await decodeDepth(write('a.png', png));
    expect([...map.data]).toEqual([...data]);
    expect(map.depthOrder).toBe('near-is-large');
    expect(warnings).toEqual([]);
    expect((await decodeDepth(write('a.png', png), { depthOrder: 'near-is-small' })).map.depthOrder).toBe(
      'near-is-small',
    );
  });

  it('reads float TIFF exactly, small values near', async () => {
    const data = Float32Array.of(0.25, -3.5, 1e6, 123.456, 1e-3, 1e38);
    const tiff = floatTiff(3, 2, data);
    const { map } = await decodeDepth(write('a.tif', tiff));
    expect(map.data).toEqual(data);
    expect(map.depthOrder).toBe('near-is-small');
  });

  it('takes the first channel of a color image, exactly, and says so', async () => {
    const data = Uint16Array.of(40_000, 1, 2, 513, 65_535, 9);
    const png = await sharp(data, { raw: { width: 2, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const { map, warnings } = await decodeDepth(write('a.png', png));
    expect([...map.data]).toEqual([40_000, 513]);
    expect(warnings[0]).toContain('first channel');
  });

  it('reads 8 bits, with a warning', async () => {
    const png = await sharp(Uint8Array.of(0, 128, 255), { raw: { width: 3, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    const { map, warnings } = await decodeDepth(write('a.png', png));
    expect([...map.data]).toEqual([0, 128, 255]);
    expect(warnings[0]).toContain('8 bits');
  });

  it('refuses JPEG, other files, and channels where there are none', async () => {
    const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    await expect(decodeDepth(write('a.jpg', jpeg))).rejects.toMatchObject({ code: 'INPUT_FORMAT' });
    await expect(decodeDepth(write('a.txt', Buffer.from('hello')))).rejects.toMatchObject({ code: 'INPUT_FORMAT' });
    const png = await sharp(Uint8Array.of(1), { raw: { width: 1, height: 1, channels: 1 } })
      .png()
      .toBuffer();
    await expect(decodeDepth(write('a.png', png), { channel: 'Z' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

function codeOf(bytes: Uint8Array): unknown {
  try {
    readExrParts('a.exr', bytes);
    return 'read';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

describe('EXR headers', () => {
  const good = readFileSync(`${EXR}s_Yf_zip.exr`);

  /** The file with an attribute's value changed in place. */
  function patched(attribute: string, change: (value: DataView) => void): Uint8Array {
    const bytes = Uint8Array.from(good);
    const at = Buffer.from(bytes.buffer).indexOf(`${attribute}\0`, 8, 'latin1') + attribute.length + 1;
    const type = bytes.indexOf(0, at) + 1;
    change(new DataView(bytes.buffer, type + 4));
    return bytes;
  }

  it('reads the fixture', () => {
    expect(readExrParts('a.exr', good)).toEqual([
      {
        name: undefined,
        channels: [{ name: 'Y', pixelType: 'float' }],
        compression: 'zip',
        dataWindow: { x: 0, y: 0, width: 197, height: 131 },
        displayWindow: { x: 0, y: 0, width: 197, height: 131 },
      },
    ]);
  });

  it.each<[string, string, (value: DataView) => void]>([
    ['a huge window', 'dataWindow', (value) => [8, 12].forEach((at) => value.setInt32(at, 29999, true))],
    ['a window of 4 billion lines', 'dataWindow', (value) => value.setInt32(12, 0x7fffffff, true)],
  ])('refuses %s before anything is decoded', (_, attribute, change) => {
    expect(codeOf(patched(attribute, change))).toBe('INPUT_TOO_LARGE');
  });

  it.each<[string, string, (value: DataView) => void]>([
    ['an empty window', 'dataWindow', (value) => value.setInt32(8, -1, true)],
    ['more lines than the file has room for', 'dataWindow', (value) => value.setInt32(12, 999_999, true)],
    ['a channel of an unknown type', 'channels', (value) => value.setInt32(2, 7, true)],
  ])('refuses %s as damaged', (_, attribute, change) => {
    expect(codeOf(patched(attribute, change))).toBe('INPUT_DAMAGED');
  });

  it('refuses what the decoder cannot read, by its name', () => {
    const compressed = (method: number): Uint8Array => patched('compression', (value) => value.setUint8(0, method));
    expect(() => readExrParts('a.exr', compressed(8))).toThrow('a.exr is compressed with DWAA, which is not read');
    expect(() => readExrParts('a.exr', compressed(99))).toThrow('method 99');
    const subsampled = patched('channels', (value) => value.setInt32(10, 2, true));
    expect(() => readExrParts('a.exr', subsampled)).toThrow('"Y" at a fraction of the size');
  });

  it('refuses every cut of the header', () => {
    for (let length = 0; length < 320; length++) {
      expect(['INPUT_DAMAGED', 'INPUT_FORMAT']).toContain(codeOf(good.subarray(0, length)));
    }
  });
});

describe('EXIF orientation', () => {
  const [width, height] = [3, 2];
  const stored = Uint16Array.from([1000, 2000, 3000, 4000, 5000, 6000]);
  /** Where the shown pixel x, y of a w x h image is stored: the eight values of tag 0x0112 in the Exif specification. */
  const STORED_AT: Readonly<Record<number, (x: number, y: number) => [number, number]>> = {
    1: (x, y) => [x, y],
    2: (x, y) => [width - 1 - x, y],
    3: (x, y) => [width - 1 - x, height - 1 - y],
    4: (x, y) => [x, height - 1 - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, height - 1 - x],
    7: (x, y) => [width - 1 - y, height - 1 - x],
    8: (x, y) => [width - 1 - y, x],
  };

  it.each(
    Object.keys(STORED_AT).flatMap((value) => [['png', Number(value)] as const, ['tiff', Number(value)] as const]),
  )('turns a depth %s of orientation %i upright (case 16)', async (format, orientation) => {
    const image = sharp(stored, { raw: { width, height, channels: 1 } })
      .toColourspace('grey16')
      .withMetadata({ orientation });
    const bytes = await (format === 'png' ? image.png() : image.tiff({ compression: 'none' })).toBuffer();
    const { map } = await decodeDepth(write(`a.${format}`, bytes));
    const turned = orientation >= 5;
    expect([map.width, map.height]).toEqual(turned ? [height, width] : [width, height]);
    const shown = Array.from(map.data, (_, i) => {
      const [x, y] = STORED_AT[orientation]!(i % map.width, Math.floor(i / map.width));
      return stored[y * width + x]!;
    });
    expect([...map.data]).toEqual(shown);
  });
});
