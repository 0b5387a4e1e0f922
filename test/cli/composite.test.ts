import { linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { compositeRasters } from '../../src/engine/index.js';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, createRaster, type Raster } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { examplePath, exampleTruth, intersectionOverUnion } from '../support/examples.js';
import { temporaryFolder } from '../support/folder.js';
import { randomMask, randomRaster } from '../support/images.js';
import { readPng } from '../support/read-png.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/composite/${name}`, import.meta.url));
const IMAGES = ['-b', fixture('bg.png'), '-c', fixture('fg.png')];

async function write(name: string, image: Parameters<typeof encodeImage>[0]): Promise<string> {
  writeFileSync(at(name), await encodeImage(image));
  return at(name);
}

/** Runs it to a file that must not be there afterwards. */
async function expectFailure(args: readonly string[], code: number, message: RegExp): Promise<void> {
  const result = await runCli(['composite', ...args, '-o', at('out.png')]);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(code);
  expect(readdirSync(folder())).not.toContain('out.png');
}

describe('maskwright composite', () => {
  it('does what maskilayer does with the same words', async () => {
    const { code, stdout } = await runCli([
      'comp',
      ...IMAGES,
      '--masks',
      `${fixture('m1.png')};${fixture('m2-rgb.png')}`,
      '-i',
      fixture('m3.png'),
      '--norm',
      '3',
      '-v',
      '-f',
      '--out',
      at('out.png'),
      '--smask',
      at('mask.png'),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('mask 3');
    for (const [name, expected] of [
      ['out.png', 'expected-n3.png'],
      ['mask.png', 'expected-n3-mask.png'],
    ] as const) {
      const wanted = readPng(fixture(expected)).samples;
      const off = readPng(at(name)).samples.findIndex((value, i) => Math.abs(value - wanted[i]!) > 1);
      expect(off).toBe(-1);
    }
  });

  it('takes flags many times, and a comma in a name that exists', async () => {
    const comma = at('m,1.png');
    writeFileSync(comma, readFileSync(fixture('m1.png')));
    const common = ['composite', ...IMAGES, '-n', '1'];
    await runCli([...common, '-m', comma, '-m', fixture('m2-rgb.png'), '-o', at('many.png')]);
    await runCli([...common, '-m', `${comma},${fixture('m2-rgb.png')}`, '-o', at('list.png')]);
    expect(readPng(at('many.png')).samples).toEqual(readPng(at('list.png')).samples);
    await runCli([...common, '-m', comma, '-o', at('one.png')]);
    expect(readPng(at('one.png')).samples).not.toEqual(readPng(at('list.png')).samples);
  });

  it('composites RGBA and 16 bits, with blend, opacity and alpha', async () => {
    const back = randomRaster(1, 30, 20, 4, 16);
    const over = randomRaster(2, 30, 20, 4);
    const mask = randomMask(3, 30, 20);
    const files = [
      '-b',
      await write('b.png', back),
      '-c',
      await write('c.png', over),
      '-m',
      await write('m.png', mask),
    ];
    const how = ['--blend', 'soft-light', '--opacity', '60', '--alpha', 'mix'];
    const { code, stdout } = await runCli(['comp', ...files, ...how, '-o', at('out.png'), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'composite', results: [{ channels: 4, bitDepth: 16 }] });
    const expected = compositeRasters(back, over, { mask, blend: 'soft-light', opacity: 0.6, alpha: 'mix' });
    const actual = readPng(at('out.png'));
    expect(actual.bitDepth).toBe(16);
    // The averaged mask is kept in steps of 1/32768.
    const off = actual.samples.findIndex((value, i) => Math.abs(value - expected.data[i]!) > 2);
    expect(off).toBe(-1);
  });

  it('shapes the masks together', async () => {
    const white: Raster = createRaster(20, 1, 3, new Uint8Array(60).fill(255));
    const black: Raster = createRaster(20, 1, 3);
    const mask = createMask(
      20,
      1,
      Uint8Array.from({ length: 20 }, (_, i) => (i === 10 ? 255 : 0)),
    );
    const files = [
      '-b',
      await write('b.png', black),
      '-c',
      await write('w.png', white),
      '-m',
      await write('m.png', mask),
    ];
    await runCli(['comp', ...files, '--grow', '2', '--invert', '-o', at('out.png')]);
    const values = [...readPng(at('out.png')).samples].filter((_, i) => i % 3 === 0);
    expect(values).toEqual(Array.from({ length: 20 }, (_, i) => (i >= 8 && i <= 12 ? 0 : 255)));
  });

  it('a phrase is a mask', async () => {
    const image = examplePath('still-life');
    const { width, height } = await sharp(image).metadata();
    const green = createRaster(width, height, 3, new Uint8Array(width * height * 3).fill(7));
    const args = [
      'comp',
      '-b',
      image,
      '-c',
      await write('flat.png', green),
      '-tm',
      'orange',
      '--model',
      'tiny',
      '--no-refine',
    ];
    const { code, stderr } = await runCli([...args, '-o', at('out.png'), '-s', at('mask.png')]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const mask = readPng(at('mask.png')).samples;
    expect(intersectionOverUnion(Uint8Array.from(mask), exampleTruth('still-life', 'orange').data)).toBeGreaterThan(
      0.8,
    );
    const inverted = await runCli([
      'comp',
      '-b',
      await write('flat2.png', green),
      '-c',
      image,
      '-itm',
      'orange',
      '--text-from',
      'overlay',
      '--model',
      'tiny',
      '--no-refine',
      '-o',
      at('out2.png'),
      '-s',
      at('mask2.png'),
    ]);
    expect(inverted.code).toBe(0);
    expect(readPng(at('mask2.png')).samples).toEqual(mask.map((value) => 255 - value));
  }, 120_000);

  it('writes to standard output', async () => {
    const { stdoutBytes, stderr } = await runCli(['composite', ...IMAGES, '-o', '-']);
    writeFileSync(at('piped.png'), stdoutBytes);
    expect(readPng(at('piped.png')).width).toBe(56);
    expect(stderr).toContain('50.0 %');
  });
});

describe('maskwright composite, asked wrongly', () => {
  it('names a missing mask', () => expectFailure([...IMAGES, '-m', at('nope.png')], 3, /nope\.png.*does not exist/));

  it('names an unreadable mask', () => {
    writeFileSync(at('bad.png'), 'not an image');
    return expectFailure([...IMAGES, '-m', at('bad.png')], 3, /bad\.png/);
  });

  it('refuses an empty entry', () => expectFailure([...IMAGES, '-m', `${fixture('m1.png')};`], 2, /empty entry/));

  it.each(['1.5', 'much'])('refuses --norm %j', (level) => expectFailure([...IMAGES, `--norm=${level}`], 2, /norm/));

  it.each([
    ['--opacity', '101'],
    ['--blend', 'glue'],
    ['--feather', '-2'],
    ['--grow', 'far'],
    ['--levels', '200,100'],
    ['--threshold-mask', '300'],
    ['--keep-largest', '0'],
    ['--remove-small', '-4'],
  ])('refuses %s %s', (option, value) =>
    expectFailure(
      [...IMAGES, '-m', fixture('m1.png'), `${option}=${value}`],
      2,
      new RegExp(option.slice(2).replace('levels', 'black point')),
    ),
  );

  it('refuses --grow with --shrink', () =>
    expectFailure([...IMAGES, '--grow', '1', '--shrink', '1'], 2, /--grow and --shrink/));

  it('names both sizes where they differ, and resizes on request', async () => {
    const small = await write('small.png', randomRaster(1, 28, 20, 3));
    const mask = await write('mask.png', randomMask(1, 28, 20));
    const background = ['-b', fixture('bg.png')];
    await expectFailure([...background, '-c', small], 3, /28 x 20.*56 x 40/);
    await expectFailure([...IMAGES, '-m', mask], 3, /28 x 20.*56 x 40/);
    const args = ['comp', ...background, '-c', small, '-m', mask, '--resize-overlay', '--resize-masks'];
    expect((await runCli([...args, '-o', at('out.png')])).code).toBe(0);
    expect(readPng(at('out.png')).width).toBe(56);
  });

  it('never writes over an input, under another name either', async () => {
    const copy = at('copy.png');
    writeFileSync(copy, readFileSync(fixture('bg.png')));
    linkSync(copy, at('link.png'));
    for (const target of [copy, at('link.png')]) {
      const { code, stderr } = await runCli(['comp', '-b', copy, '-c', fixture('fg.png'), '-o', target]);
      expect([code, stderr]).toEqual([5, expect.stringContaining('input')]);
    }
    expect(readFileSync(copy).equals(readFileSync(fixture('bg.png')))).toBe(true);
  });

  it('needs all three files', async () => {
    expect((await runCli(['comp', '-b', fixture('bg.png')])).code).toBe(2);
  });

  it('warns of alpha in a mask, and uses its brightness', async () => {
    const rgba = randomRaster(5, 56, 40, 4);
    const flat = createRaster(
      56,
      40,
      3,
      rgba.data.filter((_, i) => i % 4 !== 3),
    );
    const common = ['comp', ...IMAGES, '-m'];
    const { code, stderr } = await runCli([...common, await write('rgba.png', rgba), '-o', at('a.png')]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/rgba\.png has transparency/);
    await runCli([...common, await write('rgb.png', flat), '-o', at('b.png')]);
    expect(readPng(at('a.png')).samples).toEqual(readPng(at('b.png')).samples);
  });
});
