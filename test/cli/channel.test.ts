import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { channelMask } from '../../src/engine/color/channel-mask.js';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, createRaster, type Raster } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomRaster } from '../support/images.js';
import { readPng } from '../support/read-png.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);

async function draw(name: string, raster: Raster): Promise<Raster> {
  writeFileSync(at(name), await encodeImage(raster));
  return raster;
}

describe('maskwright channel', () => {
  it('writes each channel that is named, once, and a sheet of all', async () => {
    const image = await draw('a.png', randomRaster(1, 60, 40, 3));
    const { code, stdout } = await runCli(
      ['channel', 'a.png', '--channel', 'S(HSV', '-c', 'luma', '-c', 'hsv.s', '--sheet'],
      { cwd: folder() },
    );
    expect(code).toBe(0);
    expect(readdirSync(at('outputs')).toSorted()).toEqual(['a.channels.png', 'a.hsv.s.png', 'a.yuv.y.png']);
    expect(stdout).toContain('outputs/a.hsv.s.png');
    expect([...readPng(at('outputs/a.hsv.s.png')).samples]).toEqual([...channelMask(image, 'hsv.s').data]);
    const sheet = readPng(at('outputs/a.channels.png'));
    expect(sheet.channels).toBe(3);
    expect(sheet.width).toBeGreaterThan(4 * 60);
  });

  it('takes levels, no stretching, and a mask to stay within', async () => {
    const image = await draw('a.png', randomRaster(2, 30, 20, 3));
    const within = createMask(30, 20, new Uint8Array(600).fill(255, 300));
    writeFileSync(at('m.png'), await encodeImage(within));
    const levels = ['--normalize', 'off', '--black-point', '20', '--white_point', '200', '--gray-point', '1.5'];
    const { code } = await runCli(
      ['channel', 'a.png', '-c', 'rgb.g', ...levels, '--invert-output-mask', '--mask', 'm.png', '--outdir', 'o'],
      { cwd: folder() },
    );
    expect(code).toBe(0);
    const expected = channelMask(image, 'rgb.g', {
      normalize: 'off',
      blackPoint: 20,
      whitePoint: 200,
      grayPoint: 1.5,
      invert: true,
      within,
    });
    expect([...readPng(at('o/a.rgb.g.png')).samples]).toEqual([...expected.data]);
  });

  it.each([
    [[], 'no channel was named', 2],
    [['-c', 'hue.x'], 'there is no channel "hue.x"', 2],
    [['-c', 'hsv.h', '--gray-point', '0'], 'from 0.01 to 9.99', 2],
    [['-c', 'hsv.h', '--mask', 'small.png'], 'small.png is 3 x 3, a.png is 8 x 8', 3],
  ])('refuses %j', async (args, message, exit) => {
    await draw('a.png', randomRaster(3, 8, 8, 3));
    writeFileSync(at('small.png'), await encodeImage(createMask(3, 3)));
    const { code, stderr } = await runCli(['channel', 'a.png', ...args], { cwd: folder() });
    expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining(message) });
    expect(existsSync(at('outputs'))).toBe(false);
  });
});

describe('channels and colors as sources', () => {
  const green = createRaster(4, 1, 3, Uint8Array.of(0, 255, 0, 0, 250, 5, 255, 0, 0, 255, 255, 255));

  it('make holes by color', async () => {
    await draw('a.png', green);
    const { code } = await runCli(['inpaint', 'a.png', '--key', 'lime', '-o', 'b.png'], { cwd: folder() });
    expect(code).toBe(0);
    expect([...readPng(at('b.png')).samples].filter((_, i) => i % 4 === 3)).toEqual([0, 0, 255, 255]);
  });

  it('make holes by a channel', async () => {
    await draw('a.png', green);
    const { code } = await runCli(['inpaint', 'a.png', '--from-channel', 'rgb.r', '-o', 'b.png'], { cwd: folder() });
    expect(code).toBe(0);
    expect([...readPng(at('b.png')).samples].filter((_, i) => i % 4 === 3)).toEqual([255, 255, 0, 0]);
  });

  it('mix images in composite', async () => {
    await draw('a.png', green);
    const overlay = await draw('b.png', createRaster(4, 1, 3, new Uint8Array(12).fill(9)));
    const { code } = await runCli(['composite', '-b', 'a.png', '-c', 'b.png', '-o', 'c.png', '--key', 'lime'], {
      cwd: folder(),
    });
    expect(code).toBe(0);
    expect(readPng(at('c.png')).samples).toEqual(
      Uint8Array.from([...overlay.data.slice(0, 6), ...green.data.slice(6)]),
    );
  });

  it('make masks of an image in edit', async () => {
    await draw('a.png', green);
    const made = await runCli(['edit', '--image', 'a.png', '--from-channel', 'rgb.r', '-o', 'm.png'], {
      cwd: folder(),
    });
    expect(made.code).toBe(0);
    expect([...readPng(at('m.png')).samples]).toEqual([0, 0, 255, 255]);
    const without = await runCli(['edit', '--from-channel', 'rgb.r', '-o', 'n.png'], { cwd: folder() });
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('--image photo.png') });
  });
});
