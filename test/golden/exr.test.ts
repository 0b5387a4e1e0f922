import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../src/errors.js';
import { decodeDepth } from '../../src/io/depth/decode-depth.js';
import { openExrDecoder } from '../../src/io/depth/exr-decoder.js';
import { readExrParts } from '../../src/io/depth/exr-parts.js';

const FOLDER = fileURLToPath(new URL('../fixtures/exr/', import.meta.url));
const files = readdirSync(FOLDER);
/** Channels as the reference reader gave them: `name.part.channel.f32`. */
const channels = files.flatMap((file) => {
  const match = /^(.+?)\.0\.(.+)\.f32$/.exec(file);
  return match === null || match[1] === 's_Yf_dwaa' ? [] : [{ file: match[1]!, channel: match[2]!, reference: file }];
});

describe('EXR against the reference reader', () => {
  const decoder = openExrDecoder();
  afterAll(() => decoder.close());

  it('has 17 channels to compare', () => {
    expect(channels).toHaveLength(17);
  });

  it.each(channels)('$file, channel $channel: every sample is equal', async ({ file, channel, reference }) => {
    const bytes = readFileSync(`${FOLDER}${file}.exr`);
    const [part] = readExrParts(file, bytes);
    const { dataWindow } = part!;
    const [facts] = JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as [
      Record<'x' | 'y' | 'w' | 'h', number>,
    ];
    expect(dataWindow).toEqual({ x: facts.x, y: facts.y, width: facts.w, height: facts.h });
    const [plane] = await decoder.decode(
      file,
      { bytes, parts: [undefined], part: 0, channels: [channel] },
      dataWindow.width * dataWindow.height,
    );
    const data = plane!;
    const expected = readFileSync(`${FOLDER}${reference}`);
    expect(Buffer.compare(Buffer.from(data.buffer, data.byteOffset, data.byteLength), expected)).toBe(0);
  });

  it.each([
    ['s_Yf_dwaa', /DWAA, which is not read/],
    ['x_deep', /deep data.*not read/],
  ])('refuses %s', async (file, message) => {
    const error = await decodeDepth(`${FOLDER}${file}.exr`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MaskwrightError);
    expect(error).toMatchObject({
      code: 'INPUT_FORMAT',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });
});

describe('decodeDepth', () => {
  it.each([
    ['s_Zf_zip', 'Z'],
    ['s_depthZ_zip', 'depth.Z'],
    ['s_Yf_zip', 'Y'],
    ['t_Yf_zip', 'Y'],
  ])('chooses the depth channel of %s', async (file, channel) => {
    expect(await decodeDepth(`${FOLDER}${file}.exr`)).toMatchObject({ format: 'exr', channel });
  });

  it('lists the channels of a color image and reads the one that is named', async () => {
    const path = `${FOLDER}s_RGBAh_zip.exr`;
    await expect(decodeDepth(path)).rejects.toMatchObject({
      code: 'DEPTH_CHANNEL',
      message: expect.stringContaining('it has A, B, G, R'),
    });
    expect(await decodeDepth(path, { channel: 'g' })).toMatchObject({ channel: 'G' });
    await expect(decodeDepth(path, { channel: 'Q' })).rejects.toMatchObject({ code: 'DEPTH_CHANNEL' });
  });

  it('places the data window in the display window: the rest is background', async () => {
    const { map, warnings } = await decodeDepth(`${FOLDER}x_offset_Yf_zip.exr`);
    // 121 x 91 pixels at 13, -7 of a frame of 197 x 131.
    expect(map).toMatchObject({ width: 197, height: 131 });
    const stored = new Float32Array(new Uint8Array(readFileSync(`${FOLDER}x_offset_Yf_zip.0.Y.f32`)).buffer);
    const expected = new Float32Array(197 * 131).fill(Number.NaN);
    for (let y = 7; y < 91; y++) {
      for (let x = 0; x < 121; x++) {
        expected[(y - 7) * 197 + x + 13] = stored[y * 121 + x]!;
      }
    }
    expect(map.data).toEqual(expected);
    expect(warnings.join()).toContain('121 x 91 pixels for a frame of 197 x 131');
  });
});
