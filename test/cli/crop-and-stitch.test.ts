import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, type Mask, type Raster } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomRaster } from '../support/images.js';
import { readPng } from '../support/read-png.js';

const folder = temporaryFolder();

describe('crop and stitch', () => {
  it('give an unchanged crop back byte for byte, in 16 bits with alpha', async () => {
    const cwd = folder();
    const image = randomRaster(1, 200, 150, 4, 16);
    await write(cwd, image, boxes(200, 150, [[60, 50, 40, 30]]));
    const crop = await runCli(['crop', 'p.png', 'm.png', '--json'], { cwd });
    expect(crop.code).toBe(0);
    const { results } = JSON.parse(crop.stdout) as {
      results: { crops: { window: object; files: Record<string, string> }[] }[];
    };
    const [made] = results[0]!.crops;
    // The selection of 40 x 30 with its seam of 8 px is larger than 1.2 times itself: 56 x 46, in multiples of 8.
    expect(made!.window).toEqual({ x: 52, y: 41, width: 56, height: 48 });
    const cropped = readPng(join(cwd, made!.files['image']!));
    expect([cropped.width, cropped.height, cropped.bitDepth, cropped.colorType]).toEqual([56, 48, 16, 6]);
    const stitch = await runCli(
      ['stitch', made!.files['image']!, '--job', made!.files['manifest']!, '-o', 'final.png'],
      {
        cwd,
      },
    );
    expect(stitch.code).toBe(0);
    expect(readPng(join(cwd, 'final.png')).samples).toEqual(image.data);
  });

  it('paint at the size of the model, and change nothing outside the stitch mask', async () => {
    const cwd = folder();
    const image = randomRaster(2, 300, 200, 3);
    const mask = boxes(300, 200, [[100, 60, 50, 40]]);
    await write(cwd, image, mask);
    const crop = await runCli(
      ['crop', 'p.png', 'm.png', '--size', '256', '--aspect', '1:1', '--multiple-of', '64', '--sampler-grow', '6'],
      { cwd },
    );
    expect(crop.code).toBe(0);
    const sampler = readPng(join(cwd, 'outputs/p.crop.mask.png'));
    expect([sampler.width, sampler.height, sampler.colorType]).toEqual([256, 256, 0]);
    writeFileSync(join(cwd, 'painted.png'), await encodeImage(randomRaster(3, 256, 256, 3)));
    const stitch = await runCli(['stitch', 'painted.png', '--job', 'outputs/p.crop.json', '-o', 'final.png'], { cwd });
    expect(stitch.code).toBe(0);
    const final = readPng(join(cwd, 'final.png')).samples;
    let inside = 0;
    for (let i = 0; i < mask.data.length; i++) {
      const changed = [0, 1, 2].some((c) => final[i * 3 + c] !== image.data[i * 3 + c]);
      const [x, y] = [i % 300, Math.floor(i / 300)];
      const distance = Math.hypot(Math.max(100 - x, x - 149, 0), Math.max(60 - y, y - 99, 0));
      if (distance >= 9 && changed) expect.fail(`pixel ${i} beyond the seam of 8 px changed`);
      if (changed) inside++;
    }
    expect(inside).toBeGreaterThan(1800);
  });

  it('make a crop for each part, and put several back at once', async () => {
    const cwd = folder();
    const image = randomRaster(4, 240, 160, 3);
    await write(
      cwd,
      image,
      boxes(240, 160, [
        [20, 20, 30, 30],
        [150, 90, 40, 30],
      ]),
    );
    const crop = await runCli(['crop', 'p.png', 'm.png', '--each'], { cwd });
    expect(crop.code).toBe(0);
    expect(existsSync(join(cwd, 'outputs/p.crop-3.json'))).toBe(false);
    const jobs = ['outputs/p.crop-1.json', 'outputs/p.crop-2.json'];
    const stitch = await runCli(
      [
        'stitch',
        'outputs/p.crop-1.png',
        'outputs/p.crop-2.png',
        ...jobs.flatMap((job) => ['--job', job]),
        '-o',
        'final.png',
      ],
      { cwd },
    );
    expect(stitch.code).toBe(0);
    expect(readPng(join(cwd, 'final.png')).samples).toEqual(image.data);
  });

  it('write the crop in the form that a program takes', async () => {
    const cwd = folder();
    await write(cwd, randomRaster(5, 600, 400, 3), boxes(600, 400, [[200, 150, 60, 60]]));
    const crop = await runCli(['crop', 'p.png', 'm.png', '--for', 'nova-canvas', '--size', '512x384'], { cwd });
    expect(crop.code).toBe(0);
    expect(crop.stdout).toContain('"taskType": "INPAINTING"');
    const mask = readPng(join(cwd, 'outputs/p.crop.nova-canvas.mask.png'));
    expect([mask.width, mask.height]).toEqual([512, 384]);
    expect(mask.samples[192 * 512 + 256]).toBe(0);
    expect(mask.samples[0]).toBe(255);
    const tooSmall = await runCli(['crop', 'p.png', 'm.png', '--for', 'nova-canvas'], { cwd });
    expect(tooSmall.code).toBe(3);
    expect(tooSmall.stderr).toMatch(/--size/);
  });

  it.each([
    [['crop', 'p.png'], 2, /nothing to crop to/],
    [['crop', 'p.png', 'empty.png'], 6, /nothing is selected/],
    [['crop', 'p.png', 'm.png', '--size', 'huge'], 2, /not a number/],
    [['crop', 'p.png', 'm.png', '--aspect', '1:0'], 2, /not an aspect ratio/],
    [['stitch', 'p.png', '--job', 'p.png', '-o', 'f.png'], 3, /not JSON/],
    [['stitch', 'p.png', 'p.png', '--job', 'job.json', '-o', 'f.png'], 2, /2 painted images and 1 manifest/],
    [['stitch', 'p.png', '--job', 'job.json', '-o', 'p.png'], 5, /inputs are never overwritten/],
    [['stitch', 'p.png', '--job', 'job.json', '-o', 'f.png'], 3, /the window of the crop is 48 x 40/],
    [
      ['stitch', 'm.png', '--job', 'job.json', '--original', 'small.png', '-o', 'f.png'],
      3,
      /the original in job.json is 200 x 150/,
    ],
  ])('refuse %j', async (args, code, message) => {
    const cwd = folder();
    await write(cwd, randomRaster(6, 200, 150, 3), boxes(200, 150, [[60, 50, 40, 30]]));
    writeFileSync(join(cwd, 'empty.png'), await encodeImage(createMask(200, 150)));
    writeFileSync(join(cwd, 'small.png'), await encodeImage(randomRaster(7, 20, 10, 3)));
    writeFileSync(
      join(cwd, 'job.json'),
      JSON.stringify({
        kind: 'maskwright-stitch',
        version: 1,
        original: { file: 'p.png', width: 200, height: 150, sha256: 'unknown' },
        window: { x: 0, y: 0, width: 200, height: 150 },
        size: { width: 48, height: 40 },
        files: { image: 'p.png', stitch: 'm.png' },
      }),
    );
    const before = readFileSync(join(cwd, 'p.png'));
    const result = await runCli(args, { cwd });
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
    expect(readFileSync(join(cwd, 'p.png'))).toEqual(before);
    expect(existsSync(join(cwd, 'f.png'))).toBe(false);
  });
});

async function write(cwd: string, image: Raster, mask: Mask): Promise<void> {
  writeFileSync(join(cwd, 'p.png'), await encodeImage(image));
  writeFileSync(join(cwd, 'm.png'), await encodeImage(mask));
}

function boxes(width: number, height: number, list: readonly (readonly [number, number, number, number])[]): Mask {
  const mask = createMask(width, height);
  for (const [x, y, w, h] of list) {
    for (let row = y; row < y + h; row++) mask.data.fill(255, row * width + x, row * width + x + w);
  }
  return mask;
}
