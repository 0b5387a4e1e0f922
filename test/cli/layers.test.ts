import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/image/decode-image.js';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createRaster, type Raster } from '../../src/raster/index.js';
import type { CliResult } from '../support/cli.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomRaster } from '../support/images.js';

const folder = temporaryFolder();
const inside = (...names: string[]): string => join(folder(), ...names);
const layers = (...args: string[]): Promise<CliResult> => runCli(['layers', ...args], { cwd: folder() });
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/layers/${name}`, import.meta.url));
const run = (...args: string[]): Promise<CliResult> => layers('--no-model', '--output-dir', 'out', ...args);
const visible = (path: string): string[] => readdirSync(path).filter((name) => !name.startsWith('.'));

async function writeImage(name: string, raster: Raster): Promise<void> {
  writeFileSync(inside(name), await encodeImage(raster));
}

/** A 16-bit depth map: 0 far, 65535 near. */
async function writeDepth(
  name: string,
  width: number,
  height: number,
  depth: (x: number, y: number) => number,
): Promise<void> {
  const data = Uint16Array.from({ length: width * height }, (_, i) => depth(i % width, Math.floor(i / width)) * 65535);
  await sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toFile(inside(name));
}

const alphaOfCorner = async (name: string): Promise<number> =>
  (await decodeImage(inside('out', `${name}.png`))).raster.data[3]!;

/** Cuts two frames in two and gives each frame's layers. */
const cutSequence = async (range: string): Promise<{ from: number; share: number }[][]> => {
  const { stdout } = await layers(
    'f1.png',
    'f2.png',
    '--depth-file',
    '{stem}.d.png',
    '--layers',
    '2',
    '--output-dir',
    range,
    '--range',
    range,
    '--json',
  );
  return (JSON.parse(stdout) as { results: { layers: { from: number; share: number }[] }[] }).results.map(
    (result) => result.layers,
  );
};

/** Source-over of the named layers, from the back. */
async function recompose(paths: readonly string[]): Promise<{ colors: number[]; alphas: number[] }> {
  let colors: number[] = [];
  let alphas: number[] = [];
  for (const path of paths) {
    const { raster } = await decodeImage(path);
    const maximum = raster.data instanceof Uint16Array ? 65535 : 255;
    const count = raster.width * raster.height;
    const before = { colors, alphas };
    colors = [];
    alphas = [];
    for (let i = 0; i < count; i++) {
      const over = raster.data[i * 4 + 3]! / maximum;
      const under = (before.alphas[i] ?? 0) * (1 - over);
      alphas.push(over + under);
      for (let c = 0; c < 3; c++) {
        const mixed = raster.data[i * 4 + c]! * over + (before.colors[i * 3 + c] ?? 0) * under;
        colors.push(over + under === 0 ? 0 : mixed / (over + under));
      }
    }
  }
  return { colors: colors.map(Math.round), alphas };
}

beforeEach(async () => {
  await writeImage('scene@3x.png', randomRaster(1, 60, 45, 4));
});

describe('the options of image-to-layers', () => {
  it('write what its document says, under its names', async () => {
    const { code, stdout } = await layers(
      '--input',
      'scene@3x.png',
      '--layers',
      '3',
      '--suffix',
      '@3x',
      '--feather',
      '5',
      '--clean-edges',
      '2',
      '--depth-map',
      '--no-model',
    );
    expect(code).toBe(0);
    const names = ['scene_depth_map@3x.png', 'scene_layer_01@3x.png', 'scene_layer_02@3x.png', 'scene_layer_03@3x.png'];
    expect(visible(inside('tmp', 'image_to_layers')).sort()).toEqual(names);
    expect(stdout).toContain('scene_layer_01@3x.png  33.3 %, back');
    expect(stdout).toContain('scene_layer_03@3x.png  33.3 %, front');
    const paths = names.slice(1).map((name) => inside('tmp', 'image_to_layers', name));
    const composed = await recompose(paths);
    const { data } = (await decodeImage(inside('scene@3x.png'))).raster;
    composed.alphas.forEach((alpha, i) => {
      expect(Math.round(alpha * 255)).toBe(data[i * 4 + 3]);
      if (alpha > 0) {
        expect(composed.colors.slice(i * 3, i * 3 + 3)).toEqual([...data.subarray(i * 4, i * 4 + 3)]);
      }
    });
  });

  it('take a folder of PNGs, and of those the ones with a prefix', async () => {
    mkdirSync(inside('frames'));
    for (const name of ['forest_01', 'forest_02', 'cave_01']) {
      await writeImage(`frames/${name}.png`, randomRaster(2, 8, 8, 3));
    }
    writeFileSync(inside('frames', 'notes.txt'), 'no image');
    const { code } = await layers(
      '--input-dir',
      'frames',
      '--prefix',
      'forest',
      '--layers',
      '1',
      '--no-model',
      '--output-dir',
      'out',
    );
    expect(code).toBe(0);
    expect(visible(inside('out'))).toEqual(['forest_01_layer_01.png', 'forest_02_layer_01.png']);
  });

  it('with --compat give the pixels that it gave, within 1 level', async () => {
    const { code } = await layers(
      '--input',
      fixture('randrgba.png'),
      '--layers',
      '4',
      '--feather',
      '10',
      '--no-model',
      '--compat',
      '--output-dir',
      'out',
    );
    expect(code).toBe(0);
    for (const number of [1, 2, 3, 4]) {
      const ours = (await decodeImage(inside('out', `randrgba_layer_0${number}.png`))).raster.data;
      const theirs = (await decodeImage(fixture(`randrgba_grad_n4_f10_coff_L${number}.png`))).raster.data;
      expect(ours.length).toBe(theirs.length);
      expect(
        Array.from(ours).reduce((most, sample, i) => Math.max(most, Math.abs(sample - theirs[i]!)), 0),
      ).toBeLessThanOrEqual(1);
    }
  });
});

describe('the folder of the layers', () => {
  it('loses the layers of the run before, and nothing else', async () => {
    expect((await run('scene@3x.png', '--layers', '4')).code).toBe(0);
    writeFileSync(inside('out', 'mine.txt'), 'keep');
    writeFileSync(inside('out', 'scene@3x_layer_04.png'), 'painted over by hand');
    await writeImage('other.png', randomRaster(3, 8, 8, 3));
    const { code, stdout } = await run('other.png', '--layers', '2');
    expect(code).toBe(0);
    expect(stdout).toContain('3 files of an earlier run cleared');
    expect(visible(inside('out')).sort()).toEqual([
      'mine.txt',
      'other_layer_01.png',
      'other_layer_02.png',
      'scene@3x_layer_04.png',
    ]);
    expect(readFileSync(inside('out', 'mine.txt'), 'utf8')).toBe('keep');
  });

  it('keeps files that were there or were changed since, unless forced', async () => {
    mkdirSync(inside('out'));
    writeFileSync(inside('out', 'scene@3x_layer_02.png'), 'mine');
    const refused = await run('scene@3x.png');
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('was not written by this command');
    expect(visible(inside('out'))).toEqual(['scene@3x_layer_02.png']);
    expect((await run('scene@3x.png', '--force')).code).toBe(0);
    expect((await run('scene@3x.png')).code).toBe(0);
    writeFileSync(inside('out', 'scene@3x_layer_01.png'), 'changed');
    const again = await run('scene@3x.png');
    expect(again.code).toBe(5);
    expect(again.stderr).toContain('was changed since');
  });

  it('does not follow a listing out of the folder', async () => {
    mkdirSync(inside('out'));
    writeFileSync(inside('precious.txt'), '');
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    writeFileSync(inside('out', '.maskwright-layers.json'), JSON.stringify({ '../precious.txt': empty }));
    expect((await run('scene@3x.png')).code).toBe(0);
    expect(existsSync(inside('precious.txt'))).toBe(true);
  });

  it.each([
    ['/', 'root'],
    [homedir(), 'home'],
    ['.', 'the folder you are in'],
    ['images', 'the folder of'],
    ['images/../images/', 'the folder of'],
  ])('is refused as %s', async (outdir, why) => {
    mkdirSync(inside('images'));
    await writeImage('images/a.png', randomRaster(4, 8, 8, 3));
    const { code, stderr } = await layers('--input', 'images/a.png', '--no-model', '--output-dir', outdir);
    expect(code).toBe(5);
    expect(stderr).toContain(why);
    expect(visible(inside('images'))).toEqual(['a.png']);
  });

  it('may lie inside the folder of the images: its layers are not taken for images', async () => {
    mkdirSync(inside('images'));
    await writeImage('images/a.png', randomRaster(4, 8, 8, 3));
    const again = [
      '--input-dir',
      'images',
      '--recursive',
      '--output-dir',
      'images/layers',
      '--no-model',
      '--layers',
      '2',
    ];
    expect((await layers(...again)).code).toBe(0);
    expect((await layers(...again)).code).toBe(0);
    expect(visible(inside('images', 'layers'))).toEqual(['a_layer_01.png', 'a_layer_02.png']);
  });
});

describe('the number and the size of layers', () => {
  it.each([
    [[], 2, 'no image was named'],
    [['--input', 'scene@3x.png', '--input-dir', '.'], 2, 'in several ways'],
    [['--input', 'missing.png'], 3, 'does not exist'],
    [['--input-dir', 'empty'], 3, 'has no images'],
    [['--input-dir', '.', '--prefix', 'nothing'], 3, 'begins with nothing'],
    [['scene@3x.png', '--prefix', 'scene'], 2, '--prefix goes with --input-dir'],
    [['scene@3x.png', '--layers', '0'], 2, '--layers is 0'],
    [['scene@3x.png', '--layers', '201'], 2, '--layers is 201'],
    [['scene@3x.png', '--layers', '2.5'], 2, 'whole number'],
    [['scene@3x.png', '--feather=-1'], 2, '--feather is -1'],
    [['scene@3x.png', '--clean-edges', '0'], 2, '--clean-edges is 0'],
    [['scene@3x.png', '--clean-edges', 'on'], 2, '"on", which is not a number'],
    [['scene@3x.png', '--split', 'median'], 2, 'there is no --split "median"'],
    [['scene@3x.png', '--split', 'at=0.6,0.2'], 2, 'rising numbers'],
    [['scene@3x.png', '--split', 'at='], 2, 'not a number'],
    [['scene@3x.png', '--split', 'at=0.5', '--layers', '3'], 2, 'makes 2 layers'],
    [['scene@3x.png', '--suffix', '/x'], 2, 'has a slash'],
  ])('%j ends with %d', async (args, code, message) => {
    mkdirSync(inside('empty'));
    const result = await layers(...args, '--no-model', '--output-dir', 'out');
    expect({ code: result.code, said: result.stderr.includes(message) || result.stderr }).toEqual({ code, said: true });
    expect(existsSync(inside('out'))).toBe(false);
  });

  it('are limited by the number of depths, with a warning', async () => {
    await writeDepth('flat.png', 60, 45, () => 0.5);
    await writeDepth('two.png', 60, 45, (x) => (x < 20 ? 0.2 : 0.8));
    const flat = await layers('scene@3x.png', '--depth-file', 'flat.png', '--output-dir', 'flat');
    expect(flat).toMatchObject({ code: 0 });
    expect(flat.stderr).toContain('has 1 different depths: 1 of 3 layers are made');
    expect(visible(inside('flat'))).toEqual(['scene@3x_layer_01.png']);
    const two = await layers('scene@3x.png', '--depth-file', 'two.png', '--layers', '200', '--output-dir', 'two');
    expect(two.stderr).toContain('2 of 200 layers are made');
    expect(visible(inside('two'))).toEqual(['scene@3x_layer_001.png', 'scene@3x_layer_002.png']);
    const even = await layers('scene@3x.png', '--depth-file', 'two.png', '--split', 'even', '--output-dir', 'even');
    expect(even.stderr).toContain('nothing is in layer 2');
    expect(visible(inside('even'))).toHaveLength(3);
  });

  it('may be one, or 200', async () => {
    const one = await layers('scene@3x.png', '--no-model', '--layers', '1', '--feather', '9', '--output-dir', 'one');
    expect(one).toMatchObject({ code: 0, stderr: '' });
    const layer = (await decodeImage(inside('one', 'scene@3x_layer_01.png'))).raster;
    expect(layer).toEqual((await decodeImage(inside('scene@3x.png'))).raster);
    await writeImage('tall.png', randomRaster(5, 4, 400, 3));
    const many = await layers('tall.png', '--no-model', '--layers', '200', '--output-dir', 'many');
    expect(many).toMatchObject({ code: 0, stderr: '' });
    expect(visible(inside('many'))).toHaveLength(200);
    expect(visible(inside('many'))[0]).toBe('tall_layer_001.png');
  });

  it('refuses a depth map of another image, and scales one of the same', async () => {
    await writeDepth('square.png', 50, 50, (x) => x / 50);
    await writeDepth('half.png', 30, 23, (x) => x / 30);
    const refused = await layers('scene@3x.png', '--depth-file', 'square.png', '--output-dir', 'out');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('is 50 x 50');
    const scaled = await layers('scene@3x.png', '--depth-file', 'half.png', '--output-dir', 'out');
    expect(scaled.code).toBe(0);
    expect(scaled.stderr).toContain('scaled to');
    // A map of columns cuts into columns: three of equal width.
    const { raster } = await decodeImage(inside('out', 'scene@3x_layer_02.png'));
    const original = (await decodeImage(inside('scene@3x.png'))).raster;
    for (let i = 0; i < 60 * 45; i++) {
      const within = i % 60 >= 20 && i % 60 < 40;
      expect(raster.data[i * 4 + 3]).toBe(within ? original.data[i * 4 + 3] : 0);
    }
  });
});

describe('kinds of images', () => {
  it('16-bit samples stay 16-bit', async () => {
    const image = randomRaster(6, 20, 30, 4, 16);
    await writeImage('deep.png', image);
    expect((await layers('deep.png', '--no-model', '--feather', '4', '--output-dir', 'out')).code).toBe(0);
    const paths = [1, 2, 3].map((n) => inside('out', `deep_layer_0${n}.png`));
    expect((await decodeImage(paths[0]!)).bitDepth).toBe(16);
    const { alphas } = await recompose(paths);
    expect(alphas.map((alpha) => Math.round(alpha * 65535))).toEqual(
      Array.from({ length: 600 }, (_, i) => image.data[i * 4 + 3]!),
    );
  });

  it('a JPEG gives PNGs, with transparency', async () => {
    await sharp(randomRaster(7, 24, 24, 3).data, { raw: { width: 24, height: 24, channels: 3 } })
      .jpeg()
      .toFile(inside('photo.jpg'));
    expect((await layers('photo.jpg', '--no-model', '--output-dir', 'out')).code).toBe(0);
    const { raster, format } = await decodeImage(inside('out', 'photo_layer_01.png'));
    expect(format).toBe('png');
    expect(raster.data.filter((_, i) => i % 4 === 3 && raster.data[i] === 0).length).toBe(16 * 24);
  });
});

describe('options that image-to-layers does not have', () => {
  it('--split at=... splits at the named depths of a depth file, one for each image', async () => {
    await writeImage('a.png', randomRaster(8, 10, 10, 3));
    await writeImage('b.png', randomRaster(9, 10, 10, 3));
    await writeDepth('a.depth.png', 10, 10, (x) => x / 9);
    await writeDepth('b.depth.png', 10, 10, (x) => 1 - x / 9);
    const { code, stdout } = await layers(
      'a.png',
      'b.png',
      '--depth-file',
      '{stem}.depth.png',
      '--split',
      'at=0.25,0.6',
      '--output-dir',
      'out',
      '--json',
    );
    expect(code).toBe(0);
    const { results } = JSON.parse(stdout) as { results: { layers: { share: number; from: number; to: number }[] }[] };
    expect(results.map((result) => result.layers.map(({ share }) => share))).toEqual([
      [0.3, 0.3, 0.4],
      [0.3, 0.3, 0.4],
    ]);
    expect(results[0]!.layers.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.25],
      [0.25, 0.6],
      [0.6, 1],
    ]);
    expect([
      await alphaOfCorner('a_layer_01'),
      await alphaOfCorner('b_layer_01'),
      await alphaOfCorner('b_layer_03'),
    ]).toEqual([255, 0, 255]);
  });

  it('--range shared splits all frames of a sequence at the same depths', async () => {
    for (const name of ['f1', 'f2']) {
      await writeImage(`${name}.png`, randomRaster(8, 10, 10, 3));
    }
    await writeDepth('f1.d.png', 10, 10, (x) => x / 20);
    await writeDepth('f2.d.png', 10, 10, (x) => 0.55 + x / 20);
    expect((await cutSequence('each')).map((frame) => frame.map(({ share }) => share))).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
    const shared = await cutSequence('shared');
    expect(shared.map((frame) => frame.map(({ share }) => share))).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(shared[0]![1]!.from).toBe(shared[1]![1]!.from);
  });

  it('--fill fills occluded pixels, and --hole-masks marks them', async () => {
    await writeImage('s.png', randomRaster(10, 40, 30, 3));
    await writeDepth('d.png', 40, 30, (x, y) => (x > 10 && x < 30 && y > 8 && y < 22 ? 1 : 0));
    const args = [
      's.png',
      '--depth-file',
      'd.png',
      '--layers',
      '2',
      '--fill',
      'push-pull',
      '--hole-masks',
      '--output-dir',
      'out',
    ];
    expect((await layers(...args)).code).toBe(0);
    expect(visible(inside('out')).sort()).toEqual(['s_layer_01.png', 's_layer_01_occlusion.png', 's_layer_02.png']);
    const back = (await decodeImage(inside('out', 's_layer_01.png'))).raster;
    const occlusion = (await decodeImage(inside('out', 's_layer_01_occlusion.png'))).raster;
    const image = (await decodeImage(inside('s.png'))).raster;
    for (let i = 0; i < 40 * 30; i++) {
      const near = i % 40 > 10 && i % 40 < 30 && i >= 9 * 40 && i < 22 * 40;
      expect([occlusion.data[i * 3], back.data[i * 4 + 3]]).toEqual([near ? 255 : 0, 255]);
      if (!near) {
        expect([...back.data.subarray(i * 4, i * 4 + 3)]).toEqual([...image.data.subarray(i * 3, i * 3 + 3)]);
      }
    }
  });

  it('an occlusion mask is a mask for crop, and stitch puts the painted crop back into its layer', async () => {
    await writeImage('s.png', randomRaster(12, 64, 48, 3));
    await writeDepth('d.png', 64, 48, (x, y) => (x > 20 && x < 40 && y > 14 && y < 30 ? 1 : 0));
    const args = ['s.png', '--depth-file', 'd.png', '--layers', '2', '--fill', 'bleed', '--hole-masks'];
    expect((await layers(...args, '--output-dir', 'out')).code).toBe(0);
    const [layer, occlusion] = [inside('out', 's_layer_01.png'), inside('out', 's_layer_01_occlusion.png')];
    const crop = await runCli(
      ['crop', layer, '-m', occlusion, '--for', 'diffusers', '--outdir', 'crops', '--stitch-feather', '0'],
      { cwd: folder() },
    );
    expect(crop).toMatchObject({ code: 0 });
    const name = (end: string): string =>
      inside(
        'crops',
        visible(inside('crops')).find((file) => file.endsWith(end))!,
      );
    // The painter makes everything red, the part that was not asked for too.
    const cropped = (await decodeImage(name('.image.png'))).raster;
    const red = cropped.data.map((_, i) => (i % cropped.channels === 0 ? 255 : 0));
    await writeImage('painted.png', createRaster(cropped.width, cropped.height, cropped.channels, red));
    const stitch = await runCli(['stitch', 'painted.png', '--job', name('.json'), '-o', 'final.png'], {
      cwd: folder(),
    });
    expect(stitch).toMatchObject({ code: 0 });
    const before = (await decodeImage(layer)).raster;
    const after = (await decodeImage(inside('final.png'))).raster;
    const mask = (await decodeImage(occlusion)).raster;
    for (let i = 0; i < 64 * 48; i++) {
      const wanted = mask.data[i * 3] === 255 ? [255, 0, 0, 255] : [...before.data.subarray(i * 4, i * 4 + 4)];
      expect([...after.data.subarray(i * 4, i * 4 + 4)]).toEqual(wanted);
    }
  });

  it('--analyze suggests layers, draws the histogram, and writes no layers', async () => {
    const plain = createRaster(64, 64, 3);
    await writeImage('plain.png', plain);
    await writeDepth('d.png', 64, 64, (x, y) => (x < 32 || (y % 16 === 8 && x > 36) ? 0 : 1));
    const { code, stdout } = await layers('plain.png', '--depth-file', 'd.png', '--analyze', '--output-dir', 'out');
    expect(code).toBe(0);
    expect(stdout).toContain('suggested: --layers 2 --clean-edges 1');
    expect(stdout).toContain('2 layers: 53 %, 47 %');
    expect(stdout).toContain('4 thin fragments');
    expect(visible(inside('out'))).toEqual(['plain_depth_histogram.png']);
  });

  it('--resume does what is left, and keeps what is done', async () => {
    for (const name of ['a', 'b']) {
      await writeImage(`${name}.png`, randomRaster(13, 8, 8, 3));
    }
    const args = ['a.png', 'b.png', '--no-model', '--layers', '2', '--output-dir', 'out'];
    expect((await layers(...args)).code).toBe(0);
    const names = ['a_layer_01.png', 'a_layer_02.png', 'b_layer_01.png', 'b_layer_02.png'];
    await writeImage('b.png', randomRaster(14, 8, 8, 3));
    const { code, stdout } = await layers(...args, '--resume');
    expect(code).toBe(0);
    expect(stdout).toContain('1 done, 1 done already');
    expect(visible(inside('out')).sort()).toEqual(names);
    expect((await layers(...args)).code).toBe(0);
    expect(visible(inside('out')).sort()).toEqual(names);
  });

  it('a bad image among several does not stop the others, and nothing is cleared then', async () => {
    await writeImage('good.png', randomRaster(11, 8, 8, 3));
    expect((await layers('good.png', '--no-model', '--layers', '3', '--output-dir', 'out')).code).toBe(0);
    writeFileSync(inside('bad.png'), 'no image');
    const { code, stderr } = await layers('bad.png', 'good.png', '--no-model', '--layers', '2', '--output-dir', 'out');
    expect(code).toBe(3);
    expect(stderr).toContain('1 of 2 failed');
    expect(visible(inside('out')).filter((name) => name.startsWith('good'))).toHaveLength(3);
  });
});
