import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomRaster } from '../support/images.js';
import { readPng } from '../support/read-png.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const folder = temporaryFolder();
const at = (name: string): string => join(folder(), name);

function bring(fixture: string, name: string): void {
  copyFileSync(join(FIXTURES, fixture), at(name));
}

/** A PFM of the given depths, one row. */
function writePfm(name: string, depths: readonly number[]): void {
  writeFileSync(
    at(name),
    Buffer.concat([Buffer.from(`Pf\n${depths.length} 1\n-1\n`), Buffer.from(Float32Array.from(depths).buffer)]),
  );
}

function lines(...text: string[]): Uint8Array {
  return Buffer.from(text.join('\n'));
}

function samplesOf(name: string): number[] {
  return [...readPng(at(name)).samples];
}

describe('maskwright depth', () => {
  it('writes next to the map what daz_depthmap_processor writes', async () => {
    bring('depth/rand-compress/in.exr', 'map.exr');
    const { code, stdout } = await runCli(['depth', 'map.exr', '--compress_map'], { cwd: folder() });
    expect(code).toBe(0);
    expect(stdout).toContain('map.exr  channel Y');
    expect(samplesOf('map.depth.png')).toEqual([
      ...readPng(join(FIXTURES, 'depth/rand-compress/in.depth.png')).samples,
    ]);
  });

  it('shows where the depths lie, in the words of the original', async () => {
    bring('depth/ramp-histo/in.exr', 'map.exr');
    const { stdout } = await runCli(['depth', 'map.exr', '--depth_cutoff', 'histo', '--histogram'], { cwd: folder() });
    const original = readFileSync(join(FIXTURES, 'depth/ramp-histo/stdout.txt'), 'utf8').split('\n');
    expect(stdout.split('\n').slice(0, 21)).toEqual(original.slice(0, 21));
    expect(stdout).toContain('█');
  });

  it('makes a mask and noise of what lies beyond the cutoff', async () => {
    writePfm('map.pfm', [1, 2, 3, 4, 5, 6, 7, Infinity]);
    const args = ['depth', 'map.pfm', '--depth-cutoff', '5', '--mask', '--noise', '--seed', '3', '--near', 'black'];
    expect((await runCli(args, { cwd: folder() })).code).toBe(0);
    expect(samplesOf('map.mask.png')).toEqual([255, 255, 255, 255, 0, 0, 0, 0]);
    const depth = samplesOf('map.depth.png');
    // 0, 1, 2 and 3 of 4.01, times 256, rounded.
    expect(depth.slice(0, 4)).toEqual([0, 64, 128, 192]);
  });

  it('finds the gap before a backdrop by itself', async () => {
    writePfm('map.pfm', [...Array.from({ length: 200 }, (_, i) => 10 + i / 10), 90, 90, 90, 90]);
    const { stdout } = await runCli(['depth', 'map.pfm', '--depth-cutoff', 'auto', '--mask'], { cwd: folder() });
    expect(stdout).toMatch(/cut off at 30/);
    expect(samplesOf('map.mask.png').filter((value) => value === 0)).toHaveLength(4);
  });

  it('writes 16 bits, and the histogram as an image', async () => {
    bring('depth/ramp-plain/in.exr', 'map.exr');
    const { code } = await runCli(['depth', 'map.exr', '--bits', '16', '--histogram-plot', '--outdir', 'o'], {
      cwd: folder(),
    });
    expect(code).toBe(0);
    expect(readPng(at('o/map.depth.png')).bitDepth).toBe(16);
    expect(new Set(samplesOf('o/map.depth.png')).size).toBeGreaterThan(5000);
    expect(readPng(at('o/map.histogram.png')).channels).toBe(3);
  });

  it('gives the frames of a sequence one range', async () => {
    writePfm('1.pfm', [0, 10]);
    writePfm('2.pfm', [10, 20]);
    expect((await runCli(['depth', '1.pfm', '2.pfm', '--range', 'shared'], { cwd: folder() })).code).toBe(0);
    expect(samplesOf('1.depth.png')[1]).toBe(samplesOf('2.depth.png')[0]);
    expect((await runCli(['depth', '2.pfm', '--range', '0,40', '--force'], { cwd: folder() })).code).toBe(0);
    expect(samplesOf('2.depth.png')).toEqual([255 - 64, 255 - 128]);
  });

  it('takes the values of --no-data for no depth, and 0 in a map of distances by itself', async () => {
    // White is nearest: 255 - 256 * (depth - min) / (max - min + 0.01), and 0 where there is no depth.
    writePfm('map.pfm', [0, 10, 20, -5]);
    const marked = await runCli(['depth', 'map.pfm', '--no-data', '-5,0', '--mask'], { cwd: folder() });
    expect(marked).toMatchObject({ code: 0, stderr: '' });
    expect(samplesOf('map.mask.png')).toEqual([0, 255, 255, 0]);
    writePfm('holes.pfm', [0, 10, 20, 15]);
    const detected = await runCli(['depth', 'holes.pfm', '--mask'], { cwd: folder() });
    expect(detected.stderr).toContain('holes.pfm: 0 is taken for no depth, in 1 pixel; --no-data none');
    expect(samplesOf('holes.mask.png')).toEqual([0, 255, 255, 255]);
    await runCli(['depth', 'holes.pfm', '--mask', '--no-data', 'none', '--force'], { cwd: folder() });
    expect(samplesOf('holes.mask.png')).toEqual([255, 255, 255, 255]);
  });

  it('takes no image of an earlier run for a map', async () => {
    writePfm('a.pfm', [1, 2]);
    writePfm('b.pfm', [1, 2, 3]);
    const args = ['depth', '.', '--mask', '--depth-cutoff', '2'];
    expect((await runCli(args, { cwd: folder() })).code).toBe(0);
    const again = await runCli(['depth', '.', '--force', '--json'], { cwd: folder() });
    expect((JSON.parse(again.stdout) as { results: { input: string }[] }).results.map(({ input }) => input)).toEqual([
      'a.pfm',
      'b.pfm',
    ]);
  });

  it('with -o writes one set, in which the other files have their kind inserted', async () => {
    writePfm('map.pfm', [1, 2, Infinity]);
    expect((await runCli(['depth', 'map.pfm', '--mask', '-o', 'o/gray.png'], { cwd: folder() })).code).toBe(0);
    expect(readdirSync(at('o')).toSorted()).toEqual(['gray.mask.png', 'gray.png']);
  });

  it('keeps files that exist, unless it is forced', async () => {
    writePfm('map.pfm', [1, 2]);
    writeFileSync(at('map.depth.png'), 'precious');
    const refused = await runCli(['depth', 'map.pfm'], { cwd: folder() });
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('map.depth.png exists already') });
    expect(readFileSync(at('map.depth.png'), 'utf8')).toBe('precious');
    expect((await runCli(['depth', 'map.pfm', '--force'], { cwd: folder() })).code).toBe(0);
    expect(samplesOf('map.depth.png')).toEqual([255, 2]);
  });

  it.each([
    ['only background', [Number.NaN, Infinity, 1e38], [], 3, 'has no depth anywhere'],
    ['one depth', [7, 7], [], 0, 'a single depth, 7'],
    ['a cutoff nearer than all', [7, 8], ['--depth-cutoff', '-1'], 0, 'nearer than everything'],
    ['a mask of everything', [7, 8], ['--mask'], 0, 'the mask is white throughout'],
    ['a cutoff that is no number', [7, 8], ['--depth-cutoff', 'far'], 2, '"far", which is not a number'],
    ['a range the wrong way round', [7, 8], ['--range', '9,3'], 2, '--range is "9,3"'],
    ['12 bits', [7, 8], ['--bits', '12'], 2, 'must be 8 or 16'],
  ])('says so about %s', async (_, depths, args, exit, message) => {
    writePfm('map.pfm', depths);
    const { code, stderr } = await runCli(['depth', 'map.pfm', ...args], { cwd: folder() });
    expect({ code, stderr }).toEqual({ code: exit, stderr: expect.stringContaining(message) });
  });

  it('reads the good ones among bad ones, and exits with 3', async () => {
    bring('exr/x_deep.exr', 'deep.exr');
    bring('exr/s_Yf_dwaa.exr', 'dwaa.exr');
    bring('exr/s_RGBAh_zip.exr', 'color.exr');
    bring('exr/x_special_Yf_zip.exr', 'special.exr');
    writeFileSync(at('cut.exr'), readFileSync(join(FIXTURES, 'exr/s_Yf_zip.exr')).subarray(0, 30_000));
    const names = ['deep', 'dwaa', 'color', 'cut', 'missing', 'special'].map((name) => `${name}.exr`);
    const { code, stderr, stdout } = await runCli(['depth', ...names, '--json'], { cwd: folder() });
    expect(code).toBe(3);
    expect(readdirSync(folder()).filter((name) => name.endsWith('.png'))).toEqual(['special.depth.png']);
    for (const word of ['deep data', 'DWAA', 'it has A, B, G, R', 'cut.exr is a damaged EXR', 'missing.exr']) {
      expect(stderr).toContain(word);
    }
    expect(JSON.parse(stdout)).toMatchObject({ command: 'depth', results: [{ input: 'special.exr', channel: 'Y' }] });
  });
});

describe('the depth shell, fed from a pipe', () => {
  it('writes, tests and saves a depth split plan that replays to the same images', async () => {
    bring('depth/ramp-plain/in.exr', 'map.exr');
    const shell = await runCli(['depth', '--interactive', 'map.exr', '--region', '--mask'], {
      cwd: folder(),
      input: lines(
        'add 300 back',
        'allocate 0 200',
        'allocate back 56',
        'region 0 0',
        'region back 1',
        'flag back test blue',
        'compress on',
        'test',
        'write out/by-hand.exr',
        'save plan.json',
      ),
    });
    expect({ code: shell.code, stderr: shell.stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(at('out')).toSorted()).toEqual(['by-hand.depth.png', 'by-hand.mask.png', 'by-hand.regions.png']);
    const replay = await runCli(['depth', 'map.exr', '--split-plan', 'plan.json', '--regions', '--mask'], {
      cwd: folder(),
    });
    expect(replay.code).toBe(0);
    for (const kind of ['depth', 'regions', 'mask']) {
      expect(samplesOf(`map.${kind}.png`)).toEqual(samplesOf(`out/by-hand.${kind}.png`));
    }
    const test = readPng(at('map.test.png'));
    expect(test.samples.slice(-3)).toEqual(Uint8Array.of(0, 0, 255));
    const regions = new Set(
      samplesOf('map.regions.png')
        .join(',')
        .match(/\d+,\d+,\d+/g),
    );
    expect(regions).toEqual(new Set(['128,64,64', '64,128,128']));
  });

  it.each(['comp.x', 'comp.exr', 'comp.depth.png', 'comp'])('writes comp.depth.png for write %s', async (name) => {
    writePfm('map.pfm', [1, 2]);
    const { stdout } = await runCli(['depth', 'map.pfm', '-i'], { cwd: folder(), input: lines(`write ${name}`) });
    expect(stdout).toBe('comp.depth.png\n');
  });

  it('goes on after an issue, and its exit code says that there was one', async () => {
    writePfm('map.pfm', [1, 2, 3]);
    const { code, stdout, stderr } = await runCli(['depth', 'map.pfm', '-i'], {
      cwd: folder(),
      input: lines('allocate 0 -1', 'bogus', 'getpixel 9 9', 'totals', 'write', 'write'),
    });
    expect(code).toBe(2);
    expect(stdout).toBe('256 of 256 levels are allocated\nmap.depth.png\n');
    for (const word of [
      'line 1: -1 levels',
      'line 2: there is no command',
      'line 3: 9, 9',
      'line 6: map.depth.png exists',
    ]) {
      expect(stderr).toContain(word);
    }
  });

  it('takes quit for on to the next map, and the end of input for the end', async () => {
    writePfm('1.pfm', [1, 2]);
    writePfm('2.pfm', [5, 9]);
    const { code, stdout } = await runCli(['depth', '1.pfm', '2.pfm', '-i', '--depth-cutoff', '7'], {
      cwd: folder(),
      input: lines('show_splits', 'quit', 'show_splits'),
    });
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
      '** 000: 1 to 2.01 - 256 levels assigned (label: Default)',
      '** 000: 5 to 7 - 256 levels assigned (label: Default)',
      '** 001: 7 to 9.01 - 0 levels assigned (label: Cutoff)',
    ]);
    expect(existsSync(at('1.depth.png'))).toBe(false);
  });

  it.each([
    ['{', 'not a depth split plan'],
    ['{"kind":"depth-splits","compress":false,"splits":[]}', 'splits: '],
    [
      '{"kind":"depth-splits","compress":false,"splits":[{"start":1,"end":2,"levels":9},{"start":3,"end":4,"levels":9}]}',
      'split 0 ends at 2, but split 1 starts at 3',
    ],
    ['{"kind":"depth-splits","compress":false,"splits":[{"start":2,"end":1,"levels":9}]}', 'starts at 2 and ends at 1'],
    ['{"kind":"depth-splits","compress":false,"splits":[{"start":1,"end":2,"levels":300}]}', 'splits.0.levels'],
  ])('refuses the split plan %s', async (text, message) => {
    writePfm('map.pfm', [1, 2]);
    writeFileSync(at('plan.json'), text);
    const { code, stderr } = await runCli(['depth', 'map.pfm', '--recipe', 'plan.json'], { cwd: folder() });
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(message) });
  });
});

describe('depth as a source', () => {
  it.each([
    [
      ['--near', '2', '--far', '3'],
      [255, 0, 0, 255],
    ],
    [
      ['--far', '25%'],
      [0, 0, 255, 255],
    ],
    [
      ['--near', 'back', '--split-plan', 'plan.json'],
      [255, 255, 0, 0],
    ],
  ])('%j selects what is made transparent', async (args, alpha) => {
    writePfm('a.pfm', [1, 2, 3, 4]);
    writeFileSync(at('a.png'), await encodeImage(randomRaster(1, 4, 1, 3)));
    writeFileSync(
      at('plan.json'),
      JSON.stringify({
        kind: 'depth-splits',
        compress: false,
        splits: [
          { start: 1, end: 3, levels: 256 },
          { start: 3, end: 4.01, levels: 0, flags: { label: 'back' } },
        ],
      }),
    );
    const { code } = await runCli(['inpaint', 'a.png', '--from-depth', '{stem}.pfm', ...args, '-o', 'b.png'], {
      cwd: folder(),
    });
    expect(code).toBe(0);
    expect(samplesOf('b.png').filter((_, i) => i % 4 === 3)).toEqual(alpha);
  });

  it('scales a smaller map of the same image, and refuses another', async () => {
    writeFileSync(at('a.png'), await encodeImage(randomRaster(1, 40, 10, 3)));
    writePfm('map.pfm', [1, 2, 3, 4]);
    const scaled = await runCli(['inpaint', 'a.png', '--from-depth', 'map.pfm', '--far', '2', '-o', 'b.png'], {
      cwd: folder(),
    });
    expect(scaled).toMatchObject({ code: 0, stderr: expect.stringContaining('4 x 1: scaled to a.png') });
    writePfm('other.pfm', Array(16).fill(1));
    const refused = await runCli(['inpaint', 'a.png', '--from-depth', 'other.pfm', '--far', '2', '-o', 'c.png'], {
      cwd: folder(),
    });
    expect(refused.code).toBe(3);
  });

  it('refuses ends without a map', async () => {
    const { code, stderr } = await runCli(['inpaint', 'a.png', '--near', '2', '-o', 'b.png'], { cwd: folder() });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--from-depth map.exr') });
  });
});
