import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask, createRaster, type Raster } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { temporaryFolder } from '../support/folder.js';
import { damage, holedImage } from '../support/holed-images.js';
import { randomRaster } from '../support/images.js';
import { readPng } from '../support/read-png.js';

const folder = temporaryFolder();

describe('check', () => {
  it('warns of erased color, and not where it is kept', async () => {
    const cwd = folder();
    const kept = await holedImage(8, 'photo', false);
    await write(cwd, { 'kept.png': kept, 'erased.png': damage(kept, 'white', 1) });
    const valid = await runCli(['check', 'kept.png'], { cwd });
    expect(valid.code).toBe(0);
    expect(valid.stdout).toMatch(/kept\.png is valid for inpainting/);
    const lost = await runCli(['check', 'erased.png'], { cwd });
    expect(lost.code).toBe(3);
    expect(lost.stdout).toMatch(/error: erased\.png has lost the color.* one flat color/);
    expect(lost.stdout).toMatch(/maskwright repair/);
    const { results } = JSON.parse((await runCli(['check', 'erased.png', '--json'], { cwd })).stdout) as {
      results: { valid: boolean; findings: { code: string }[]; colorLoss: { share: number } }[];
    };
    const json = results[0]!;
    expect(json.valid).toBe(false);
    expect(json.findings.map(({ code }) => code)).toEqual(['color-lost']);
    expect(json.colorLoss.share).toBeGreaterThan(0.9);
  });

  it('every command that reads such an image warns of it', async () => {
    const cwd = folder();
    const erased = damage(await holedImage(8, 'photo', false), 'black', 1);
    const mask = createMask(erased.width, erased.height);
    mask.data.fill(255, 2000, 4000);
    await write(cwd, { 'p.png': erased });
    writeFileSync(join(cwd, 'm.png'), await encodeImage(mask));
    for (const args of [
      ['inpaint', 'p.png', '-m', 'm.png', '-o', 'o.png'],
      ['mask', 'p.png', '-m', 'm.png'],
      ['crop', 'p.png', 'm.png'],
      ['outpaint', 'p.png', '--left', '8', '--overlap', '4'],
    ]) {
      const { code, stderr } = await runCli(args, { cwd });
      expect({ args, code, warned: stderr.includes('WARNING: p.png has lost the color') }).toEqual({
        args,
        code: 0,
        warned: true,
      });
    }
  });

  it('finds what is wrong with a pair for a program', async () => {
    const cwd = folder();
    const image = randomRaster(1, 300, 260, 3);
    const inverted = createMask(300, 260, new Uint8Array(300 * 260).fill(255));
    for (let y = 100; y < 150; y++) inverted.data.fill(0, y * 300 + 100, y * 300 + 150);
    inverted.data[100 * 300 + 99] = 77;
    await write(cwd, { 'p.png': image });
    writeFileSync(join(cwd, 'm.png'), await encodeImage(inverted));
    const recraft = await findings(['check', 'p.png', 'm.png', '--for', 'recraft', '--json'], cwd);
    expect(recraft).toEqual([
      ['mask-soft', 'error'],
      ['mask-polarity', 'error'],
    ]);
    expect(await findings(['check', 'p.png', 'm.png', '--for', 'diffusers', '--json'], cwd)).toEqual([
      ['size-multiple', 'error'],
      ['mask-soft', 'error'],
      ['mask-polarity', 'error'],
    ]);
    expect(await findings(['check', 'p.png', '--for', 'comfyui', '--json'], cwd)).toEqual([
      ['size-multiple', 'warning'],
      ['no-transparency', 'error'],
    ]);
  });

  it.each([
    ['inpaint', 'invokeai'],
    ['inpaint', 'openai'],
    ['inpaint', 'comfyui'],
    ['inpaint', 'nova-canvas'],
  ])('finds nothing wrong with what %s --for %s wrote', async (command, target) => {
    const cwd = folder();
    const mask = createMask(400, 360);
    for (let y = 100; y < 200; y++) mask.data.fill(255, y * 400 + 100, y * 400 + 250);
    await write(cwd, { 'p.png': randomRaster(2, 400, 360, 3) });
    writeFileSync(join(cwd, 'm.png'), await encodeImage(mask));
    expect((await runCli([command, 'p.png', '-m', 'm.png', '--for', target], { cwd })).code).toBe(0);
    const files = [`outputs/p.${target}.image.png`, ...(target === 'comfyui' ? [] : [`outputs/p.${target}.mask.png`])];
    const { code, stdout } = await runCli(['check', ...files, '--for', target], { cwd });
    expect(stdout).toMatch(/is valid for/);
    expect(code).toBe(0);
  });
});

describe('repair', () => {
  it('puts the original back, byte for byte', async () => {
    const cwd = folder();
    const kept = await holedImage(16, 'photo', false);
    await write(cwd, { 'original.png': withoutAlpha(kept), 'erased.png': damage(kept, 'premultiply', 1) });
    const { code, stdout } = await runCli(['repair', 'erased.png', '--from', 'original.png', '-o', 'repaired.png'], {
      cwd,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/changed to the colors of the original/);
    expect(readPng(join(cwd, 'repaired.png')).samples).toEqual(kept.data);
    expect((await runCli(['check', 'repaired.png'], { cwd })).code).toBe(0);
  });

  it('bleeds edge colors without one, and says so', async () => {
    const cwd = folder();
    await write(cwd, { 'erased.png': damage(await holedImage(16, 'photo', false), 'black', 1) });
    const { code, stderr } = await runCli(['repair', 'erased.png', '-o', 'bled.png'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/without --from the colors are made up/);
    const check = await runCli(['check', 'bled.png'], { cwd });
    expect(check.stdout).toMatch(/colors bled in from the edge/);
  });

  it('refuses an original of another size, and never writes over an input', async () => {
    const cwd = folder();
    await write(cwd, { 'a.png': randomRaster(1, 40, 30, 4), 'b.png': randomRaster(1, 80, 60, 3) });
    const before = readFileSync(join(cwd, 'a.png'));
    const size = await runCli(['repair', 'a.png', '--from', 'b.png', '-o', 'c.png'], { cwd });
    expect(size.code).toBe(3);
    expect(size.stderr).toMatch(/40 x 30, the original is 80 x 60\n  one of them was scaled/);
    const over = await runCli(['repair', 'a.png', '-o', 'a.png'], { cwd });
    expect(over.code).toBe(5);
    expect(readFileSync(join(cwd, 'a.png'))).toEqual(before);
  });
});

describe('outpaint', () => {
  it('extends by pixels and percent, and writes what a program takes', async () => {
    const cwd = folder();
    const image = randomRaster(3, 320, 400, 3);
    await write(cwd, { 'p.png': image });
    const args = ['outpaint', 'p.png', '--left', '64', '--top', '10%', '--overlap', '8', '--for', 'nova-canvas'];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('"taskType": "OUTPAINTING"');
    const extended = readPng(join(cwd, 'outputs/p.extended.png'));
    const mask = readPng(join(cwd, 'outputs/p.mask.png'));
    expect([extended.width, extended.height, mask.width, mask.height]).toEqual([384, 440, 384, 440]);
    for (let y = 0; y < 400; y++) {
      const row = extended.samples.subarray(((y + 40) * 384 + 64) * 3, ((y + 40) * 384 + 384) * 3);
      expect(Buffer.compare(row as Uint8Array, image.data.subarray(y * 960, (y + 1) * 960) as Uint8Array)).toBe(0);
    }
    const target = readPng(join(cwd, 'outputs/p.nova-canvas.mask.png'));
    expect([target.samples[0], target.samples[439 * 384 + 383]]).toEqual([255, 0]);
  });

  it.each([
    [[], /not extended on any side/],
    [['--left', 'ten'], /--left is "ten", which is not a length/],
    [['--left', '5', '--overlap', '400'], /leaves nothing/],
  ])('refuses %j', async (args, message) => {
    const cwd = folder();
    await write(cwd, { 'p.png': randomRaster(4, 40, 40, 3) });
    const { code, stderr } = await runCli(['outpaint', 'p.png', ...args], { cwd });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

async function findings(args: readonly string[], cwd: string): Promise<[string, string][]> {
  const { stdout } = await runCli(args, { cwd });
  const { results } = JSON.parse(stdout) as { results: { findings: { code: string; severity: string }[] }[] };
  return results[0]!.findings.map(({ code, severity }) => [code, severity]);
}

async function write(cwd: string, images: Readonly<Record<string, Raster>>): Promise<void> {
  for (const [name, image] of Object.entries(images)) {
    writeFileSync(join(cwd, name), await encodeImage(image));
  }
}

function withoutAlpha(raster: Raster): Raster {
  return createRaster(
    raster.width,
    raster.height,
    3,
    raster.data.filter((_, i) => i % 4 !== 3),
  );
}
