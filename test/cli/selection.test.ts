import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, createRaster, type Mask } from '../../src/raster/index.js';
import { type CliResult, runCli } from '../support/cli.js';
import { temporaryFolder } from '../support/folder.js';
import { readPng } from '../support/read-png.js';

const folder = temporaryFolder();
const [WIDTH, HEIGHT] = [200, 120];

/** A large orange disc left, a small one right, on blue. */
const isLarge = (x: number, y: number): boolean => Math.hypot(x - 60, y - 60) <= 30;
const isSmall = (x: number, y: number): boolean => Math.hypot(x - 150, y - 50) <= 18;

function maskOf(inside: (x: number, y: number) => boolean): Mask {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    inside(i % WIDTH, Math.floor(i / WIDTH)) ? 255 : 0,
  );
  return createMask(WIDTH, HEIGHT, data);
}

function drawing(colorOf: (x: number, y: number) => readonly [number, number, number]) {
  const pixels = Array.from({ length: WIDTH * HEIGHT }, (_, i) => colorOf(i % WIDTH, Math.floor(i / WIDTH)));
  return createRaster(WIDTH, HEIGHT, 3, Uint8Array.from(pixels.flat()));
}

beforeEach(async () => {
  const write = async (name: string, image: Parameters<typeof encodeImage>[0]): Promise<void> => {
    writeFileSync(join(folder(), name), await encodeImage(image));
  };
  await write(
    'discs.png',
    drawing((x, y) => (isLarge(x, y) || isSmall(x, y) ? [220, 120, 20] : [30, 60, 140])),
  );
  await write(
    'discs.mask.png',
    maskOf((x, y) => isLarge(x, y) || isSmall(x, y)),
  );
  await write(
    'strokes.png',
    drawing((x, y) => (y === 50 && x > 140 && x < 160 ? [0, 255, 0] : y === 10 ? [255, 0, 0] : [255, 255, 255])),
  );
});

const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder() });

function overlap(path: string, truth: Mask): number {
  const { samples: data } = readPng(join(folder(), path));
  const step = data.length / truth.data.length;
  let [both, either] = [0, 0];
  for (let i = 0; i < truth.data.length; i++) {
    const selected = data[i * step]! >= 128 ? 1 : 0;
    both += selected & truth.data[i]!;
    either += selected | (truth.data[i]! & 1);
  }
  return both / either;
}

describe('selections by hand', () => {
  it.each<[string, string[], Mask]>([
    ['a point', ['--point', '60,60'], maskOf(isLarge)],
    ['a point in percent', ['--point', '75%,40%'], maskOf(isSmall)],
    ['a box', ['--box', '125,25,50,50'], maskOf(isSmall)],
    ['strokes', ['--scribble', 'strokes.png'], maskOf(isSmall)],
    ['the wand', ['--wand', '150,50,5'], maskOf(isSmall)],
    [
      'the wand, not contiguous',
      ['--wand', '150,50', '--no-contiguous'],
      maskOf((x, y) => isLarge(x, y) || isSmall(x, y)),
    ],
  ])('%s selects its thing without a model', async (_name, args, truth) => {
    const { code, stderr } = await run('mask', 'discs.png', ...args, '-o', 'out.png', '--offline');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(overlap('out.png', truth)).toBeGreaterThan(0.95);
  });

  it.each<[string, string[], number, string]>([
    ['a point outside', ['--point', '200,3'], 2, 'the point 200,3 is outside the image of 200 x 120 pixels'],
    ['points that only exclude', ['--point', '9,9,-'], 2, 'nothing says where the thing is'],
    ['a box without area', ['--box', '1,1,0,5'], 2, 'the box 1,1,0,5 has no area'],
    ['a point that is none', ['--point', '1;2'], 2, '"1;2" is not a point'],
    ['a scribble without green', ['--scribble', 'discs.png'], 3, 'discs.png has no green stroke'],
    ['a scribble of another size', ['--scribble', 'small.png'], 3, 'small.png'],
    ['10,000 points', Array.from({ length: 10_000 }, () => ['--point', '1,1']).flat(), 2, 'there are 10000 points'],
    ['an unknown format', ['--point', '9,9', '--export', 'pdf'], 2, '--export is "pdf"'],
    ['--each without --export', ['--point', '9,9', '--each'], 2, '--each needs --export'],
  ])('%s: one line that names it, and nothing is written', async (name, args, exitCode, message) => {
    writeFileSync(join(folder(), 'small.png'), await encodeImage(createMask(5, 5)));
    const { code, stderr } = await run('mask', 'discs.png', ...args, '-o', 'bad.png');
    expect(stderr, name).toContain(message);
    expect(code).toBe(exitCode);
    expect(() => readFileSync(join(folder(), 'bad.png'))).toThrow('ENOENT');
  });
});

describe('exports', () => {
  it('each format is written beside the other results, and read back as a mask', async () => {
    const formats = ['coco', 'yolo', 'svg', 'label-png', 'psd'].flatMap((format) => ['--export', format]);
    const { code, stdout } = await run(
      'mask',
      'discs.png',
      '-m',
      'discs.mask.png',
      ...formats,
      '--each',
      '--output-dir',
      'out',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('2 annotations');
    const coco = JSON.parse(readFileSync(join(folder(), 'out/discs.coco.json'), 'utf8')) as {
      images: unknown[];
      annotations: { area: number }[];
    };
    expect(coco.images).toEqual([{ id: 1, file_name: 'discs.png', width: WIDTH, height: HEIGHT }]);
    const areaOf = ({ data }: Mask): number => data.filter((value) => value === 255).length;
    expect(coco.annotations.map(({ area }) => area)).toEqual([areaOf(maskOf(isLarge)), areaOf(maskOf(isSmall))]);
    for (const [file, truth] of [
      ['out/discs.coco.json#2', maskOf(isSmall)],
      ['out/discs.yolo.txt#1', maskOf(isLarge)],
      ['out/discs.svg.svg#2', maskOf(isSmall)],
      ['out/discs.labels.png#2', maskOf(isSmall)],
      ['out/discs.psd.psd', maskOf((x, y) => isLarge(x, y) || isSmall(x, y))],
    ] as const) {
      const read = await run('mask', 'discs.png', '-m', file, '-o', 'back.png');
      expect(read.stderr, file).toBe('');
      expect(overlap('back.png', truth), file).toBe(1);
    }
  });

  it('an annotation that is not there is an error with those that are', async () => {
    mkdirSync(join(folder(), 'labels'), { recursive: true });
    writeFileSync(join(folder(), 'labels/a.txt'), '0 0.1 0.1 0.5 0.1 0.5 0.5\n');
    const { code, stderr } = await run('mask', 'discs.png', '-m', 'labels/a.txt#7', '-o', 'bad.png');
    expect(code).toBe(3);
    expect(stderr).toContain('labels/a.txt has no annotation "7"');
    expect(stderr).toContain('it has 0, and numbers from 1 to 1');
  });
});
