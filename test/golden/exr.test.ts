import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../src/errors.js';
import { decodeDepth } from '../../src/io/depth/decode-depth.js';
import { openExrDecoder } from '../../src/io/depth/exr-decoder.js';
import { readExrHeader } from '../../src/io/depth/exr-header.js';

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

  it('sees the files', () => {
    expect(channels).toHaveLength(17);
  });

  it.each(channels)('$file, channel $channel', async ({ file, channel, reference }) => {
    const bytes = readFileSync(`${FOLDER}${file}.exr`);
    const { dataWindow } = readExrHeader(file, bytes);
    const [facts] = JSON.parse(readFileSync(`${FOLDER}${file}.json`, 'utf8')) as [
      Record<'x' | 'y' | 'w' | 'h', number>,
    ];
    expect(dataWindow).toEqual({ x: facts.x, y: facts.y, width: facts.w, height: facts.h });
    const data = await decoder.decode(file, { bytes, channels: [channel] }, dataWindow.width * dataWindow.height);
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

  it('says where a part of a frame lies', async () => {
    const { map, window, warnings } = await decodeDepth(`${FOLDER}x_offset_Yf_zip.exr`);
    expect(map).toMatchObject({ width: 121, height: 91 });
    expect(window).toEqual({ at: { x: 13, y: -7 }, width: expect.any(Number), height: expect.any(Number) });
    expect(warnings[0]).toContain('121 x 91 pixels of a frame of');
  });
});
