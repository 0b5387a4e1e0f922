import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { TARGETS } from '../../src/inpaint/targets/target-table.js';
import type { Target } from '../../src/inpaint/targets/target.js';
import { stitchImages } from '../../src/run/stitch-images.js';
import { createMask, createRaster, type Mask, type Raster } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { randomRaster } from '../support/images.js';
import { type PngContent, readPng } from '../support/read-png.js';

const folder = temporaryFolder();

const WIDTH = 351;
const HEIGHT = 323;
const original = smoothImage(WIDTH, HEIGHT);
const mask = discMask(WIDTH, HEIGHT);

/** What a program would paint of the written files, 255 = paint. */
function paintOf(target: Target, image: PngContent, maskFile: PngContent | undefined): Uint8Array {
  const { samples, channels } = target.carrier === 'image-alpha' ? image : maskFile!;
  const last = samples.filter((_, i) => i % channels === channels - 1);
  return Uint8Array.from(last, (value) => (target.paints === 'white' ? value : 255 - value));
}

describe('the files of each target, read by a decoder of their own', () => {
  it.each(TARGETS)('$name: polarity, size and format are those that the target documents', async (target) => {
    const cwd = folder();
    await writePair(cwd);
    const squares = target.limits.square === true ? ['--fit-target'] : [];
    const { code, stdout, stderr } = await runCli(
      ['inpaint', 'p.png', '-m', 'm.png', '--for', target.name, ...squares],
      { cwd },
    );
    expect(stderr).not.toMatch(/bug/);
    expect(code).toBe(0);

    // Tools that pair files by their stem get two folders, with the same name in each.
    const pairs = ['a1111', 'forge', 'iopaint'].includes(target.name);
    const path = (kind: string): string =>
      join(cwd, 'outputs', pairs ? `${target.name}/${kind}s/p.${target.name}.png` : `p.${target.name}.${kind}.png`);
    const image = readPng(path('image'));
    const hasMask = existsSync(path('mask'));
    const maskFile = hasMask ? readPng(path('mask')) : undefined;

    // Carrier and file kinds.
    expect(hasMask).toBe(target.carrier !== 'image-alpha');
    expect(image.colorType).toBe(target.carrier === 'image-alpha' ? 6 : 2);
    expect(maskFile?.colorType).toBe({ 'mask-file': 0, 'mask-alpha': 6, 'image-alpha': undefined }[target.carrier]);
    expect([image.bitDepth, maskFile?.bitDepth ?? 8]).toEqual([8, 8]);

    // Size: the multiple, the limits, the same for both.
    expect([image.width % target.multipleOf, image.height % target.multipleOf]).toEqual([0, 0]);
    expect(image.width).toBeGreaterThanOrEqual(WIDTH);
    expect(image.width - WIDTH).toBeLessThan(target.multipleOf);
    if (target.limits.square === true) expect(image.width).toBe(image.height);
    else expect(image.height - HEIGHT).toBeLessThan(target.multipleOf);
    if (maskFile !== undefined) expect([maskFile.width, maskFile.height]).toEqual([image.width, image.height]);
    expect(image.bytes).toBeLessThan(target.limits.imageBytes ?? Infinity);
    expect(maskFile?.bytes ?? 0).toBeLessThan(target.limits.maskBytes ?? Infinity);

    // Polarity and values: the disc's middle is painted, its surroundings are not.
    const paint = paintOf(target, image, maskFile);
    const at = (x: number, y: number): number => paint[y * image.width + x]!;
    expect(at(WIDTH >> 1, HEIGHT >> 1)).toBe(255);
    expect([at(0, 0), at(WIDTH - 1, 5), at(image.width - 1, image.height - 1)]).toEqual([0, 0, 0]);
    const soft = paint.filter((value) => value !== 0 && value !== 255).length;
    if (target.values === 'soft') expect(soft).toBeGreaterThan(100);
    else expect(soft).toBe(0);
    const cut = (value: number): number => (target.values === 'soft' ? value : value < 128 ? 0 : 255);
    for (let i = 0; i < mask.data.length; i++) {
      if (at(i % WIDTH, Math.floor(i / WIDTH)) !== cut(mask.data[i]!)) expect.fail(`coverage differs at ${i}`);
    }

    // Every color, under transparency too.
    for (let i = 0; i < WIDTH * HEIGHT; i++) {
      const to = (Math.floor(i / WIDTH) * image.width + (i % WIDTH)) * image.channels;
      for (let c = 0; c < 3; c++) {
        if (image.samples[to + c] !== original.data[i * 3 + c]) expect.fail(`channel ${c} of pixel ${i} differs`);
      }
    }

    // The next step names the files, and stitching restores the image.
    expect(stdout).toContain(relative(cwd, path('image')));
    expect(stdout).toContain('maskwright stitch');
    expect(stderr.includes('not verified')).toBe(target.unverified.length > 0);
    const final = join(cwd, 'final.png');
    const job = join(cwd, `outputs/p.${target.name}.json`);
    await stitchImages([path('image')], { manifests: [job], output: final, matchColor: false, provenance: {} });
    expect(readPng(final).samples).toEqual(original.data);
  });
});

describe('without a selection', () => {
  it('the transparency of the image is the selection (case 18); an opaque image fails', async () => {
    const [cwd, width, height] = [folder(), 64, 48];
    const isHole = (i: number): boolean => i % width >= 20 && i % width < 50 && i >= 10 * width && i < 30 * width;
    const { data } = randomRaster(3, width, height, 4);
    const holed = Uint8Array.from(data, (value, k) => (k % 4 < 3 ? value : isHole(k >> 2) ? 0 : 255));
    writeFileSync(join(cwd, 'holed.png'), await encodeImage(createRaster(width, height, 4, holed)));
    writeFileSync(join(cwd, 'opaque.png'), await encodeImage(randomRaster(3, width, height, 3)));
    const run = await runCli(['inpaint', 'holed.png', '--target', 'diffusers', '--output-dir', '.'], { cwd });
    expect(run.code, run.stderr).toBe(0);
    const written = readPng(join(cwd, 'holed.diffusers.mask.png')).samples;
    expect([...written]).toEqual(Array.from({ length: width * height }, (_, i) => (isHole(i) ? 255 : 0)));
    const failed = await runCli(['inpaint', 'opaque.png', '--target', 'diffusers'], { cwd });
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining('no transparency') as string });
  });
});

describe('edit --for', () => {
  it('turns a mask into what a program takes, alone or with its image', async () => {
    const cwd = folder();
    await writePair(cwd);
    const alone = await runCli(['edit', 'm.png', '--for', 'ideogram', '-o', 'black.png'], { cwd });
    expect(alone.code).toBe(0);
    const black = readPng(join(cwd, 'black.png'));
    expect(black.colorType).toBe(0);
    expect(black.samples.every((value, i) => value === (mask.data[i]! < 128 ? 255 : 0))).toBe(true);
    const refused = await runCli(['edit', 'm.png', '--for', 'comfyui', '-o', 'x.png'], { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/--image/);
    const both = await runCli(['edit', 'm.png', '--for', 'comfyui', '--image', 'p.png'], { cwd });
    expect(both.code).toBe(0);
    const image = readPng(join(cwd, 'outputs/p.comfyui.image.png'));
    expect(image.samples[3]).toBe(255);
    expect(image.samples[((HEIGHT >> 1) * image.width + (WIDTH >> 1)) * 4 + 3]).toBe(0);
  });
});

describe('limits of a target', () => {
  it('a size beyond them is an error with a remedy, and is met with --fit-target', async () => {
    const cwd = folder();
    await writePair(cwd, createRaster(4500, 60, 3), createMask(4500, 60).data);
    const refused = await runCli(['inpaint', 'p.png', '-m', 'm.png', '--for', 'nova-canvas'], { cwd });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/sides must be at least 320, sides must be at most 4096/);
    expect(refused.stderr).toMatch(/--fit-target/);
    expect(existsSync(join(cwd, 'outputs'))).toBe(false);
    const fitted = await runCli(['inpaint', 'p.png', '-m', 'm.png', '--for', 'nova-canvas', '--fit-target'], { cwd });
    expect(fitted.code).toBe(0);
    const { width, height } = readPng(join(cwd, 'outputs/p.nova-canvas.image.png'));
    expect(Math.max(width, height)).toBeLessThanOrEqual(4096);
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(320);
    const job = JSON.parse(readFileSync(join(cwd, 'outputs/p.nova-canvas.json'), 'utf8')) as Record<string, unknown>;
    expect(job['size']).toEqual({ width, height });
    expect(job['original']).toMatchObject({ file: '../p.png', width: 4500, height: 60 });
  });

  it('a limit on bytes is met by scaling as well', async () => {
    const cwd = folder();
    // Noise does not compress: about 4.9 MB.
    await writePair(cwd, randomRaster(1, 1280, 1280, 3), createMask(1280, 1280).data);
    const refused = await runCli(['inpaint', 'p.png', '-m', 'm.png', '--for', 'openai-dalle2'], { cwd });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/below 4000000 bytes/);
    const fitted = await runCli(['inpaint', 'p.png', '-m', 'm.png', '--for', 'openai-dalle2', '--fit-target'], { cwd });
    expect(fitted.code).toBe(0);
    expect(readPng(join(cwd, 'outputs/p.openai-dalle2.image.png')).bytes).toBeLessThan(4_000_000);
  });
});

describe('maskwright targets', () => {
  it('lists every target and explains one', async () => {
    const all = await runCli(['targets']);
    for (const { name } of TARGETS) expect(all.stdout).toMatch(new RegExp(`^${name} `, 'm'));
    const one = await runCli(['targets', 'ideogram']);
    expect(one.stdout).toMatch(/black pixels of a separate gray mask/);
    expect(one.stdout).toMatch(/verified {3}not: /);
    const json = JSON.parse((await runCli(['targets', '--json'])).stdout) as { targets: Target[] };
    expect(json.targets).toEqual(TARGETS);
  });

  it('refuses an unknown one, with the names there are', async () => {
    const { code, stderr } = await runCli(['targets', 'photoshop']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no target "photoshop"\n {2}targets are invokeai, /);
  });
});

async function writePair(cwd: string, image: Raster = original, maskData: Uint8Array = mask.data): Promise<void> {
  writeFileSync(join(cwd, 'p.png'), await encodeImage(image));
  writeFileSync(join(cwd, 'm.png'), await encodeImage(createMask(image.width, image.height, maskData)));
}

function smoothImage(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    data.set([i % 251, Math.floor(i / width) % 256, (i * 7) % 13], i * 3);
  }
  return createRaster(width, height, 3, data);
}

function discMask(width: number, height: number): Mask {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const distance = Math.hypot((i % width) - width / 2, Math.floor(i / width) - height / 2);
    data[i] = Math.min(Math.max((height / 3 - distance) * 10, 0), 255);
  }
  return createMask(width, height, data);
}
