import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, createRaster, type Mask } from '../../src/raster/index.js';
import { temporaryFolder } from '../support/folder.js';
import { type InProcessResult, runInProcess } from '../support/in-process.js';
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

const run = (...args: string[]): Promise<InProcessResult> => runInProcess(args, folder());

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

  it('composite finds the thing in the image that --text-from names', async () => {
    const files = ['-b', 'strokes.png', '-c', 'discs.png', '-o', 'out.png'];
    const { code, stderr } = await run('composite', ...files, '--point', '60,60', '--text-from', 'overlay');
    expect([code, stderr]).toEqual([0, '']);
    const { samples } = readPng(join(folder(), 'out.png'));
    const at = (x: number, y: number): number[] =>
      Array.from(samples.slice(3 * (y * WIDTH + x), 3 * (y * WIDTH + x) + 3));
    expect([at(60, 60), at(150, 60)]).toEqual([
      [220, 120, 20],
      [255, 255, 255],
    ]);
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
    ['a point that contradicts another', ['--point', '9,9', '--point', '9,9,-'], 2, 'both includes and excludes'],
    ['--point with --each', ['--point', '9,9', '--each'], 2, '--point is on one thing'],
    ['--each with --target', ['-m', 'discs.mask.png', '--each', '--target', 'comfyui'], 2, '--each and --target'],
    ['a background that is no color', ['--point', '9,9', '--background', '#12'], 2, '"#12" is not a color'],
    [
      'a background that is not there',
      ['--point', '60,60', '--background', 'no.png', '--only', 'selected'],
      3,
      'no.png',
    ],
    ['a negative margin', ['--point', '60,60', '--trim=-3'], 2, '--trim'],
    ['a share above all', ['--point', '60,60', '--max-share', '160%'], 2, '"160%" is not a share'],
    [
      '{instance} without --each',
      ['-m', 'discs.mask.png', '--export', 'svg', '--name', '{instance}.{ext}'],
      2,
      'add --each',
    ],
  ])('%s: one line that names it, and nothing is written', async (name, args, exitCode, message) => {
    writeFileSync(join(folder(), 'small.png'), await encodeImage(createMask(5, 5)));
    const output = args.includes('--name') ? [] : ['-o', 'bad.png'];
    const { code, stderr } = await run('mask', 'discs.png', ...args, ...output);
    expect(stderr, name).toContain(message);
    expect(code).toBe(exitCode);
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('maskwright:')),
    ).toHaveLength(1);
    expect(existsSync(join(folder(), 'bad.png'))).toBe(false);
    expect(existsSync(join(folder(), 'outputs'))).toBe(false);
  });
});

const DISCS = [maskOf(isLarge), maskOf(isSmall)] as const;
const areaOf = ({ data }: Mask): number => data.filter((value) => value === 255).length;

describe('instances', () => {
  it('--each writes a mask of each, the largest first, and --json measures them', async () => {
    const { code, stdout } = await run(
      'mask',
      'discs.png',
      '-m',
      'discs.mask.png',
      '--each',
      '--only',
      'masked',
      '--json',
    );
    expect(code).toBe(0);
    const paths = [1, 2].map((k) => `outputs/discs.discs.mask.${k}.masked.png`);
    expect(paths.map((path, k) => overlap(path, DISCS[k]!))).toEqual([1, 1]);
    const report = JSON.parse(stdout) as { results: { masks: { instances: unknown[] }[] }[] };
    // A disc of radius r about a pixel reaches r pixels to each side of it; its centroid is the center of that pixel.
    expect(report.results[0]!.masks[0]!.instances).toEqual([
      {
        instance: 1,
        area: areaOf(DISCS[0]),
        bounds: { x: 30, y: 30, width: 61, height: 61 },
        centroid: { x: 60.5, y: 60.5 },
        files: { masked: paths[0] },
      },
      {
        instance: 2,
        area: areaOf(DISCS[1]),
        bounds: { x: 132, y: 32, width: 37, height: 37 },
        centroid: { x: 150.5, y: 50.5 },
        files: { masked: paths[1] },
      },
    ]);
  });

  it('instances are separated before they grow, and small ones are removed before', async () => {
    const grown = ['mask', 'discs.png', '-m', 'discs.mask.png', '--each', '-o', 'grown.png'];
    expect((await run(...grown, '--grow', '30')).code).toBe(0);
    expect(
      overlap(
        'grown.1.png',
        maskOf((x, y) => Math.hypot(x - 60, y - 60) <= 60),
      ),
    ).toBeGreaterThan(0.97);
    expect(
      overlap(
        'grown.2.png',
        maskOf((x, y) => Math.hypot(x - 150, y - 50) <= 48),
      ),
    ).toBeGreaterThan(0.97);
    const kept = ['mask', 'discs.png', '-m', 'discs.mask.png', '--each', '--keep-largest', '1', '--output-dir', 'kept'];
    expect((await run(...kept, '--only', 'masked', '--name', '{instance}/{stem}.{ext}')).code).toBe(0);
    expect(readdirSync(join(folder(), 'kept'))).toEqual(['1']);
    expect(overlap('kept/1/discs.png', DISCS[0])).toBe(1);
  });

  it('a selection without instances writes none and says so', async () => {
    writeFileSync(join(folder(), 'none.png'), await encodeImage(createMask(WIDTH, HEIGHT)));
    const { code, stderr } = await run('mask', 'discs.png', '-m', 'none.png', '--each', '--output-dir', 'none');
    expect(code).toBe(0);
    expect(stderr).toContain('none.png has no instance');
    expect(existsSync(join(folder(), 'none/discs.none.1.masked.png'))).toBe(false);
  });

  it('the overlay has a number on each of several instances, and none on a single one', async () => {
    const darkest = async (mask: string): Promise<number[]> => {
      const { code } = await run('mask', 'discs.png', '-m', mask, '--overlay', '--only', 'masked', '--output-dir', 'o');
      expect(code).toBe(0);
      const { samples } = readPng(join(folder(), `o/discs.${mask.replace('.png', '')}.overlay.png`));
      return [60 * WIDTH + 60, 50 * WIDTH + 150].map((center) => {
        const near = [-2, -1, 0, 1, 2].flatMap((y) => [-2, -1, 0, 1, 2].map((x) => center + y * WIDTH + x));
        return Math.min(...near.map((i) => samples[3 * i]! + samples[3 * i + 1]! + samples[3 * i + 2]!));
      });
    };
    writeFileSync(join(folder(), 'one.png'), await encodeImage(DISCS[0]));
    expect(await darkest('discs.mask.png')).toEqual([0, 0]);
    expect(Math.min(...(await darkest('one.png')))).toBeGreaterThan(100);
  });

  it('instance k is what #k of the prompt selects; one that is not there is absent, and the others are written', async () => {
    const image = join(process.cwd(), 'examples/still-life.png');
    const each = await run('mask', image, '-p', 'orange OR banana', '--model', 'tiny', '--each', '-o', 'each.png');
    expect(each.code).toBe(0);
    const count = readdirSync(folder()).filter((name) => name.startsWith('each.')).length;
    expect(count).toBeGreaterThan(1);
    const prompts = `(orange OR banana)#1; (orange OR banana)#2; (orange OR banana)#${count + 1}`;
    const { code, stderr } = await run(
      'mask',
      image,
      '-p',
      prompts,
      '--model',
      'tiny',
      '--only',
      'masked',
      '--name',
      '{text}.{ext}',
      '--output-dir',
      '.',
    );
    expect(code).toBe(0);
    expect(stderr).toContain(`#${count + 1} is absent: there are ${count} instances`);
    for (const k of [1, 2, count + 1]) {
      const { samples } = readPng(
        join(
          folder(),
          readdirSync(folder()).find((name) => name.endsWith(`-${k}.png`))!,
        ),
      );
      const expected = k > count ? samples.map(() => 0) : readPng(join(folder(), `each.${k}.png`)).samples;
      expect(Buffer.compare(samples as Uint8Array, expected as Uint8Array), `#${k}`).toBe(0);
    }
  });
});

describe('cut-outs', () => {
  const cut = (...args: string[]): Promise<InProcessResult> =>
    run('mask', 'discs.png', '-m', 'discs.mask.png', '--keep-largest', '1', '--only', 'selected', ...args);
  const pixelOf = ({ samples, width, channels }: ReturnType<typeof readPng>, x: number, y: number): number[] =>
    Array.from(samples.slice((y * width + x) * channels, (y * width + x + 1) * channels));

  it('--trim crops to the bounds of the selection with a margin, inside the image', async () => {
    expect((await cut('--trim=4', '-o', 'trimmed.png')).code).toBe(0);
    const image = readPng(join(folder(), 'trimmed.png'));
    expect([image.width, image.height, image.channels]).toEqual([69, 69, 4]);
    expect(pixelOf(image, 34, 34)).toEqual([220, 120, 20, 255]);
    expect(pixelOf(image, 0, 0)).toEqual([30, 60, 140, 0]);
    expect((await cut('--trim=50', '-o', 'wide.png')).code).toBe(0);
    const wide = readPng(join(folder(), 'wide.png'));
    expect([wide.width, wide.height]).toEqual([141, 120]);
  });

  it('--background composes cut-outs onto a color or an image, which is scaled to cover', async () => {
    expect((await cut('--background', '#fed', '-o', 'color.png')).code).toBe(0);
    const color = readPng(join(folder(), 'color.png'));
    expect([color.channels, pixelOf(color, 0, 0), pixelOf(color, 60, 60)]).toEqual([
      3,
      [255, 238, 221],
      [220, 120, 20],
    ]);
    // A square, red above and green below: scaled to 200 x 200, its rows 40 to 159 are seen.
    const halves = Uint8Array.from({ length: 50 * 50 * 3 }, (_, i) => (i % 3 === (i < 50 * 25 * 3 ? 0 : 1) ? 200 : 0));
    writeFileSync(join(folder(), 'halves.png'), await encodeImage(createRaster(50, 50, 3, halves)));
    expect((await cut('--background', 'halves.png', '-o', 'image.png')).code).toBe(0);
    const image = readPng(join(folder(), 'image.png'));
    expect([pixelOf(image, 5, 5), pixelOf(image, 5, 115), pixelOf(image, 60, 60)]).toEqual([
      [200, 0, 0],
      [0, 200, 0],
      [220, 120, 20],
    ]);
  });
});

describe('exports', () => {
  it('each format is written with the other results, and read back as a mask', async () => {
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
    expect(coco.annotations.map(({ area }) => area)).toEqual([areaOf(maskOf(isLarge)), areaOf(maskOf(isSmall))]);
    for (const [file, truth] of [
      ['out/discs.coco.json#2', maskOf(isSmall)],
      ['out/discs.yolo.txt#1', maskOf(isLarge)],
      ['out/discs.masks.svg#2', maskOf(isSmall)],
      ['out/discs.labels.png#2', maskOf(isSmall)],
      ['out/discs.masks.psd', maskOf((x, y) => isLarge(x, y) || isSmall(x, y))],
    ] as const) {
      const read = await run('mask', 'discs.png', '-m', file, '-o', 'back.png');
      expect(read, file).toMatchObject({ code: 0, stderr: '' });
      expect(overlap('back.png', truth), file).toBe(1);
    }
  });

  it('categories keep their numbers whether or not they are found: in COCO, YOLO and label images', async () => {
    writeFileSync(join(folder(), 'none.png'), await encodeImage(createMask(WIDTH, HEIGHT)));
    const formats = ['coco', 'yolo', 'label-png'].flatMap((format) => ['--export', format]);
    expect((await run('mask', 'discs.png', '-m', 'none.png', '-m', 'discs.mask.png', ...formats)).code).toBe(0);
    const read = (name: string): string => readFileSync(join(folder(), 'outputs', name), 'utf8');
    expect(JSON.parse(read('discs.coco.json'))).toMatchObject({
      categories: [
        { id: 1, name: 'none' },
        { id: 2, name: 'discs.mask' },
      ],
      annotations: [{ category_id: 2 }],
    });
    expect(read('discs.yolo.txt')).toMatch(/^1 [\d. ]+\n$/);
    expect(read('discs.yolo.classes.txt')).toBe('none\ndiscs.mask\n');
    expect(new Set(readPng(join(folder(), 'outputs/discs.labels.png')).samples)).toEqual(new Set([0, 2]));
    const back = await run('mask', 'discs.png', '-m', 'outputs/discs.yolo.txt#discs.mask', '-o', 'back.png');
    expect(back).toMatchObject({ code: 0, stderr: '' });
    expect(
      overlap(
        'back.png',
        maskOf((x, y) => isLarge(x, y) || isSmall(x, y)),
      ),
    ).toBe(1);
  });

  it('a label image with a palette is selected by number or color', async () => {
    const indexed = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
      isLarge(i % WIDTH, Math.floor(i / WIDTH)) ? 3 : isSmall(i % WIDTH, Math.floor(i / WIDTH)) ? 1 : 0,
    );
    const palette = [0, 0, 0, 0x80, 0, 0, 0, 0x80, 0, 0x80, 0x80, 0];
    writeFileSync(join(folder(), 'voc.png'), indexedPng(indexed, WIDTH, HEIGHT, palette));
    for (const [selector, truth] of [
      ['3', DISCS[0]],
      ['1', DISCS[1]],
      ['#808000', DISCS[0]],
    ] as const) {
      const read = await run('mask', 'discs.png', '-m', `voc.png#${selector}`, '-o', 'back.png');
      expect(read, selector).toMatchObject({ code: 0, stderr: '' });
      expect(overlap('back.png', truth), selector).toBe(1);
    }
    const { code, stderr } = await run('mask', 'discs.png', '-m', 'voc.png#2', '-o', 'bad.png');
    expect(code).toBe(3);
    expect(stderr).toContain('voc.png has no annotation "2"');
  });

  it('an annotation that is not there is an error with those that are', async () => {
    mkdirSync(join(folder(), 'labels'), { recursive: true });
    writeFileSync(join(folder(), 'labels/a.txt'), '0 0.1 0.1 0.5 0.1 0.5 0.5\n');
    const { code, stderr } = await run('mask', 'discs.png', '-m', 'labels/a.txt#7', '-o', 'bad.png');
    expect(code).toBe(3);
    expect(stderr).toContain('labels/a.txt has no annotation "7"');
    expect(stderr).toContain('it has 0');
  });
});

/** A PNG of color type 3 as its specification says. */
function indexedPng(indexes: Uint8Array, width: number, height: number, palette: readonly number[]): Buffer {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    rows.set(indexes.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(palette)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}
