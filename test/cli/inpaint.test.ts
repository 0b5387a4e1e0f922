import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, createRaster } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { examplePath, exampleTruth, intersectionOverUnion } from '../support/examples.js';
import { temporaryFolder } from '../support/folder.js';
import { randomMask, randomRaster } from '../support/images.js';

const folder = temporaryFolder();

function at(name: string): string {
  return join(folder(), name);
}

async function writeImage(name: string, ...image: Parameters<typeof encodeImage>): Promise<string> {
  writeFileSync(at(name), await encodeImage(...image));
  return at(name);
}

function withoutAlpha(rgba: Uint8Array): Uint8Array {
  return rgba.filter((_, i) => i % 4 !== 3);
}

describe('maskwright inpaint', () => {
  it('makes the orange transparent and keeps every color', async () => {
    const { code, stdout } = await runCli([
      'inpaint',
      examplePath('still-life'),
      '-tm',
      'orange',
      '--model',
      'tiny',
      '-o',
      at('out.png'),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('every color is kept');
    const original = PNG.sync.read(readFileSync(examplePath('still-life'))).data;
    const ready = PNG.sync.read(readFileSync(at('out.png'))).data;
    expect(Buffer.compare(withoutAlpha(ready), withoutAlpha(original))).toBe(0);
    const holes = Uint8Array.from({ length: ready.length / 4 }, (_, i) => 255 - ready[i * 4 + 3]!);
    expect(intersectionOverUnion(holes, exampleTruth('still-life', 'orange').data)).toBeGreaterThan(0.8);
  });

  it('takes a mask file, inverts it, leaves some opacity and saves the mask', async () => {
    const raster = randomRaster(1, 20, 10, 3);
    const mask = createMask(
      20,
      10,
      Uint8Array.from({ length: 200 }, (_, i) => (i % 20 < 5 ? 255 : 0)),
    );
    const image = await writeImage('in.png', raster);
    const maskFile = await writeImage('mask.png', mask);
    const args = [
      'inpaint',
      image,
      '-m',
      maskFile,
      '-o',
      at('out.png'),
      '--invert',
      '--opacity',
      '20',
      '--save-mask',
      at('used.png'),
    ];
    expect(await runCli(args)).toMatchObject({ code: 0, stderr: '' });
    const ready = PNG.sync.read(readFileSync(at('out.png'))).data;
    const used = PNG.sync.read(readFileSync(at('used.png'))).data;
    for (let i = 0; i < 200; i++) {
      expect(ready[i * 4 + 3]).toBe(i % 20 < 5 ? 255 : 51);
      expect(used[i * 4]).toBe(i % 20 < 5 ? 0 : 255);
    }
  });

  it('works in a pipe', async () => {
    const mask = await writeImage('mask.png', randomMask(2, 8, 8));
    const input = await encodeImage(randomRaster(3, 8, 8, 3));
    const { code, stdoutBytes } = await runCli(['inpaint', '-', '-m', mask, '-o', '-'], { input });
    expect(code).toBe(0);
    expect(PNG.sync.read(stdoutBytes).width).toBe(8);
  });

  it('joins the colors of the original with the transparency of an edited copy', async () => {
    const original = randomRaster(4, 30, 20, 3);
    const edited = new Uint8Array(30 * 20 * 4);
    for (let i = 0; i < 600; i++) {
      edited.set(i % 30 < 12 ? [0, 0, 0, 0] : [...original.data.subarray(i * 3, i * 3 + 3), 255], i * 4);
    }
    const image = await writeImage('man.png', original);
    const holes = await writeImage('man-transparent.png', createRaster(30, 20, 4, edited));
    expect(await runCli(['inpaint', '-I', image, '-M', holes, '-o', at('out.png')])).toMatchObject({ code: 0 });
    const ready = PNG.sync.read(readFileSync(at('out.png'))).data;
    for (let i = 0; i < 600; i++) {
      expect([...ready.subarray(i * 4, i * 4 + 3)]).toEqual([...original.data.subarray(i * 3, i * 3 + 3)]);
      expect(ready[i * 4 + 3]).toBe(i % 30 < 12 ? 0 : 255);
    }
  });

  it('keeps 16-bit samples', async () => {
    const raster = randomRaster(5, 9, 7, 4, 16);
    const image = await writeImage('in.png', raster);
    const mask = await writeImage('mask.png', createMask(9, 7, new Uint8Array(63).fill(255)));
    expect(await runCli(['inpaint', image, '-m', mask, '-o', at('out.tif')])).toMatchObject({ code: 0 });
    const { data } = await sharp(at('out.tif'))
      .toColourspace('rgb16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    expect([...samples].filter((_, i) => i % 4 !== 3)).toEqual([...raster.data].filter((_, i) => i % 4 !== 3));
  });
});

describe('maskwright inpaint refuses', () => {
  it.each([
    ['its own name', () => 'in.png'],
    [
      'a symbolic link',
      () => {
        symlinkSync(at('in.png'), at('link.png'));
        return 'link.png';
      },
    ],
    [
      'a hard link',
      () => {
        linkSync(at('in.png'), at('hard.png'));
        return 'hard.png';
      },
    ],
  ])('to write over its input by %s', async (_, name) => {
    const image = await writeImage('in.png', randomRaster(6, 8, 8, 3));
    const mask = await writeImage('mask.png', randomMask(7, 8, 8));
    const before = readFileSync(image);
    const { code, stderr } = await runCli(['inpaint', image, '-m', mask, '-o', at(name())]);
    expect(code).toBe(5);
    expect(stderr).toContain('inputs are never overwritten');
    expect(readFileSync(image).equals(before)).toBe(true);
  });

  it.each([
    ['a format that loses', ['-o', 'out.jpg'], 5, /\.jpg.*not written/],
    ['opacity 100', ['-o', 'out.png', '--opacity', '100'], 2, /--opacity is 100/],
    ['opacity that is no number', ['-o', 'out.png', '--opacity', 'some'], 2, /not a number/],
    ['-I without -M', ['-I', 'in.png', '-o', 'out.png'], 2, /-I and -M/],
  ])('%s', async (_, args, code, message) => {
    await writeImage('in.png', randomRaster(8, 8, 8, 3));
    await writeImage('mask.png', randomMask(9, 8, 8));
    const result = await runCli(['inpaint', 'in.png', '-m', 'mask.png', ...args], { cwd: folder() });
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
    expect(readdirSync(folder()).sort()).toEqual(['in.png', 'mask.png']);
  });

  it('a mask of another size, giving both', async () => {
    const image = await writeImage('in.png', randomRaster(10, 8, 8, 3));
    const mask = await writeImage('mask.png', randomMask(11, 8, 9));
    const { code, stderr } = await runCli(['inpaint', image, '-m', mask, '-o', at('out.png')]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/8 x 9.*8 x 8/);
    expect(existsSync(at('out.png'))).toBe(false);
    expect(await runCli(['inpaint', image, '-m', mask, '-o', at('out.png'), '--resize-masks'])).toMatchObject({
      code: 0,
    });
  });

  it('says that a scaled mask changes its shape, and when it belongs to the image before it was turned (case 14)', async () => {
    const image = await writeImage('in.png', randomRaster(10, 12, 16, 3));
    const turned = await writeImage('turned.png', randomMask(11, 16, 12));
    const wide = await writeImage('wide.png', randomMask(11, 30, 12));
    const inpaint = (mask: string) => runCli(['inpaint', image, '-m', mask, '-o', at('out.png'), '--resize-masks']);
    expect((await inpaint(turned)).stderr).toMatch(/16 x 12 .* 12 x 16.* shape changes.* turning by 90 degrees/);
    expect((await inpaint(wide)).stderr).toMatch(/30 x 12 .* 12 x 16.* shape changes\n$/);
  });

  it('a folder as the output', async () => {
    const image = await writeImage('in.png', randomRaster(12, 8, 8, 3));
    const mask = await writeImage('mask.png', randomMask(13, 8, 8));
    mkdirSync(at('sub.png'));
    expect((await runCli(['inpaint', image, '-m', mask, '-o', at('sub.png')])).code).toBe(5);
  });
});
