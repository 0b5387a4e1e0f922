import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeDepth } from '../../src/io/depth/decode-depth.js';

const FOLDER = fileURLToPath(new URL('../fixtures/exr-depth/', import.meta.url));

interface Expected {
  readonly channel: string;
  readonly part: string | null;
  readonly width: number;
  readonly height: number;
  /** Base64 of float32, little-endian, at the display window. */
  readonly values: string;
}

const files = Object.entries(
  JSON.parse(readFileSync(`${FOLDER}expected.json`, 'utf8')) as Readonly<Record<string, Expected>>,
);

describe('EXR depth: the channel, part and window that OpenEXR reads (cases 07, 08, 09)', () => {
  it.each(files)('%s', async (name, { channel, part, width, height, values }) => {
    const depth = await decodeDepth(`${FOLDER}${name}.exr`);
    expect(depth).toMatchObject({ channel, part: part ?? undefined, map: { width, height } });
    expect(depth.map.data).toEqual(new Float32Array(new Uint8Array(Buffer.from(values, 'base64')).buffer));
  });
});

describe('EXR depth: parts', () => {
  it('a part is chosen by its name or number', async () => {
    const path = `${FOLDER}parts-two.exr`;
    const near = await decodeDepth(path);
    const far = await decodeDepth(path, { part: 'far' });
    expect(far.part).toBe('far');
    expect(far.map.data).not.toEqual(near.map.data);
    expect((await decodeDepth(path, { part: '2' })).map.data).toEqual(far.map.data);
    expect((await decodeDepth(path, { channel: 'far.Z' })).map.data).toEqual(far.map.data);
    expect(near.warnings).toEqual([expect.stringContaining('Z of part near is used, not far.Z')]);
  });

  it('a part or channel that is not there is refused with a list', async () => {
    await expect(decodeDepth(`${FOLDER}parts-color-depth.exr`, { part: 'albedo' })).rejects.toMatchObject({
      code: 'DEPTH_CHANNEL',
      message: expect.stringContaining('no part "albedo"'),
      hint: 'its parts are beauty, depth',
    });
    await expect(decodeDepth(`${FOLDER}parts-color-depth.exr`, { channel: 'Q' })).rejects.toMatchObject({
      code: 'DEPTH_CHANNEL',
      message: expect.stringContaining('it has beauty.B, beauty.G, beauty.R, depth.Z'),
    });
  });
});

describe('EXR depth: refused (case 30)', () => {
  it.each([
    ['refused-color', 'DEPTH_CHANNEL', 'R, G, B differ'],
    ['refused-disjoint', 'INPUT_DAMAGED', 'no pixel inside its display window'],
    ['refused-huge-display', 'INPUT_TOO_LARGE', 'a display window of 30001 x 30001'],
  ])('%s', async (name, code, message) => {
    await expect(decodeDepth(`${FOLDER}${name}.exr`)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });
});
