import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { type ChannelName, CHANNEL_NAMES, CHANNELS, parseChannel } from '../../../../src/engine/color/channel-names.js';
import { channelMask } from '../../../../src/engine/color/channel-mask.js';
import { extractChannel } from '../../../../src/engine/color/extract-channel.js';
import { createMask, createRaster, type Raster } from '../../../../src/raster/index.js';
import { arbitraryRaster } from '../../../support/arbitrary-masks.js';
import { propertyRuns } from '../../../support/property-runs.js';

interface Vector {
  readonly file: string;
  readonly channel: string;
  readonly black: number;
  readonly white: number;
  readonly gray: number;
  readonly invert: boolean;
}

const FOLDER = new URL('../../../fixtures/channels/', import.meta.url);
const vectors = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as readonly Vector[];

/** ImageToMask stretches its alpha of an image without alpha, which is flat, to black; here it stays. */
const exact = vectors.filter(({ channel }) => channel !== 'alpha');

describe('channelMask', () => {
  const image = readRgb('rand.png');

  it('the fixture has vectors', () => {
    expect(exact).toHaveLength(24);
  });

  it.each(exact)('$file is what ImageToMask wrote', ({ file, channel, black, white, gray, invert }) => {
    const name = parseChannel(channel);
    const expected = readGray(file);
    const { data } = channelMask(image, name, { blackPoint: black, whitePoint: white, grayPoint: gray, invert });
    expect(data.findIndex((value, i) => value !== expected[i])).toBe(-1);
  });

  it('leaves a flat channel as it is', () => {
    const flat = createRaster(2, 2, 3, new Uint8Array(12).fill(90));
    expect([...channelMask(flat, 'rgb.g').data]).toEqual([90, 90, 90, 90]);
    expect([...channelMask(flat, 'alpha').data]).toEqual([255, 255, 255, 255]);
  });

  it('keeps values that carry from image to image without normalization', () => {
    const gray = createRaster(3, 1, 3, Uint8Array.of(40, 0, 0, 50, 0, 0, 60, 0, 0));
    expect([...channelMask(gray, 'rgb.r', { normalize: 'off' }).data]).toEqual([40, 50, 60]);
    expect([...channelMask(gray, 'rgb.r').data]).toEqual([0, 127, 255]);
  });

  it('applies the alpha of the image once, and a given mask instead of it', () => {
    const image = createRaster(3, 1, 4, Uint8Array.of(200, 0, 0, 0, 200, 0, 0, 128, 200, 0, 0, 255));
    expect([...channelMask(image, 'rgb.r', { normalize: 'off' }).data]).toEqual([0, 100, 200]);
    expect([...channelMask(image, 'alpha', { normalize: 'off' }).data]).toEqual([0, 128, 255]);
    const within = createMask(3, 1, Uint8Array.of(255, 255, 0));
    expect([...channelMask(image, 'rgb.r', { normalize: 'off', within }).data]).toEqual([200, 200, 0]);
    expect([...channelMask(image, 'rgb.r', { normalize: 'off', invert: true, within }).data]).toEqual([55, 55, 0]);
  });

  it('is flat gray where the black point is the white point, and swaps them when crossed', () => {
    const gray = createRaster(3, 1, 3, Uint8Array.of(0, 0, 0, 100, 0, 0, 255, 0, 0));
    expect([...channelMask(gray, 'rgb.r', { blackPoint: 9, whitePoint: 9 }).data]).toEqual([128, 128, 128]);
    expect(channelMask(gray, 'rgb.r', { blackPoint: 200, whitePoint: 50 })).toEqual(
      channelMask(gray, 'rgb.r', { blackPoint: 50, whitePoint: 200 }),
    );
  });

  it.each([
    ['the black point', { blackPoint: -1 }],
    ['the white point', { whitePoint: 256 }],
    ['the gray point', { grayPoint: 0 }],
    ['the gray point', { grayPoint: Number.NaN }],
  ])('refuses %s out of range', (name, options) => {
    expect(() => channelMask(image, 'rgb.r', options)).toThrow(name);
  });
});

describe('extractChannel', () => {
  it('rounds 16-bit images to 8', () => {
    const wide = createRaster(2, 1, 3, Uint16Array.of(65535, 257 * 7, 0, 128, 129, 0));
    expect([...extractChannel(wide, 'rgb.r').data]).toEqual([255, 0]);
    expect([...extractChannel(wide, 'rgb.g').data]).toEqual([7, 1]);
  });

  it.each<[ChannelName, number[]]>([
    // 149 and not 150: Pillow truncates.
    ['yuv.y', [76, 149, 29, 255, 128]],
    ['hsv.h', [0, 85, 170, 0, 0]],
    ['hsv.s', [255, 255, 255, 0, 0]],
    ['hsv.v', [255, 255, 255, 255, 128]],
    // Little CMS's values for the sRGB primaries, white and middle gray.
    ['lab.l', [138, 224, 75, 255, 137]],
  ])('%s of red, green, blue, white and gray', (channel, expected) => {
    const colors = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 128, 128, 128];
    expect([...extractChannel(createRaster(5, 1, 3, Uint8Array.from(colors)), channel).data]).toEqual(expected);
  });

  it.each(CHANNEL_NAMES)('%s of a pixel is the same wherever it lies in memory', (channel) => {
    const colors = fc.sample(arbitraryRaster(149, 3, 3), { numRuns: propertyRuns(1), seed: 7 })[0]!.data;
    const [width, height] = [149, 223];
    const pixels = width * height;
    const expected = Array.from({ length: colors.length / 3 }, (_, i) =>
      // One pixel fills no word, so that it is read byte by byte.
      extractChannel(createRaster(1, 1, 3, Uint8Array.from(colors.slice(3 * i, 3 * i + 3))), channel),
    );
    for (const [channels, offset] of [
      [3, 0],
      [3, 1],
      [3, 4],
      [4, 0],
      [4, 2],
    ] as const) {
      const data = new Uint8Array(pixels * channels + offset).subarray(offset);
      for (let i = 0; i < pixels; i++) {
        data.set(colors.subarray((3 * i) % colors.length, ((3 * i) % colors.length) + 3), i * channels);
        if (channels === 4) data[i * channels + 3] = 255;
      }
      const { data: found } = extractChannel(createRaster(width, height, channels, data), channel);
      expect(found.findIndex((value, i) => value !== expected[i % expected.length]!.data[0])).toBe(-1);
    }
  });

  it('does not change its input', () => {
    const before = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const raster = createRaster(2, 1, 3, before.slice());
    for (const channel of CHANNEL_NAMES) extractChannel(raster, channel);
    expect(raster.data).toEqual(before);
  });
});

describe('parseChannel', () => {
  it.each(Object.entries(CHANNELS))('%s is %s', (name, node) => {
    expect(parseChannel(node)).toBe(name);
    expect(parseChannel(name.toUpperCase())).toBe(name);
  });

  it.each([
    ['S(HSV', 'hsv.s'],
    ['luma', 'yuv.y'],
    [' Saturation ', 'hsv.s'],
    ['red', 'rgb.r'],
  ])('%s is %s', (text, name) => {
    expect(parseChannel(text)).toBe(name);
  });

  it.each(['', 'x(rgb)', 's(rgb)', 'toString', 'v', 'hsv'])('refuses %j and lists the channels', (text) => {
    expect(() => parseChannel(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('hsv.s') }),
    );
  });
});

function readRgb(name: string): Raster {
  const png = PNG.sync.read(readFileSync(new URL(name, FOLDER)));
  const data = new Uint8Array(png.width * png.height * 3).map((_, i) => png.data[Math.floor(i / 3) * 4 + (i % 3)]!);
  return createRaster(png.width, png.height, 3, data);
}

function readGray(name: string): Uint8Array {
  const png = PNG.sync.read(readFileSync(new URL(name, FOLDER)));
  return Uint8Array.from({ length: png.width * png.height }, (_, i) => png.data[i * 4]!);
}
