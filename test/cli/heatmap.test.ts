import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { createMask, resizeMask } from '../../src/raster/index.js';
import { runCli } from '../support/warm-cli.js';
import { examplePath, exampleTruth, intersectionOverUnion } from '../support/examples.js';
import { temporaryFolder } from '../support/folder.js';

const folder = temporaryFolder();
const STILL_LIFE = examplePath('still-life');
const truth = exampleTruth('still-life', 'orange');

/** The true mask of the orange at 64 x 64, so that every edge is soft, peak 0.8. */
const coarse = Float32Array.from(
  resizeMask(createMask(truth.width, truth.height, truth.data), { width: 64, height: 64 }).data,
  (value) => (value / 255) * 0.8,
);

function writeHeatmap(name: string, bits: 8 | 16 | 32): string {
  const path = join(folder(), name);
  if (bits === 32) {
    // Rows of a PFM file go from the bottom up.
    const rows = Array.from({ length: 64 }, (_, y) => coarse.subarray((63 - y) * 64, (64 - y) * 64));
    const values = Buffer.alloc(64 * 64 * 4);
    rows.forEach((row, y) => row.forEach((value, x) => values.writeFloatLE(value, (y * 64 + x) * 4)));
    writeFileSync(path, Buffer.concat([Buffer.from('Pf\n64 64\n-1.0\n'), values]));
    return path;
  }
  const png = new PNG({ width: 64, height: 64, bitDepth: bits, colorType: 0, inputColorType: 0, inputHasAlpha: false });
  png.data =
    bits === 8
      ? Buffer.from(coarse.map((value) => Math.round(value * 255)))
      : Buffer.from(Uint16Array.from(coarse, (value) => Math.round(value * 65535)).buffer);
  writeFileSync(path, PNG.sync.write(png, { bitDepth: bits, colorType: 0, inputColorType: 0, inputHasAlpha: false }));
  return path;
}

async function maskFrom(heatmap: string, ...options: string[]): Promise<Uint8Array> {
  const out = join(folder(), 'mask.png');
  const { code, stderr } = await runCli(['mask', STILL_LIFE, '-m', heatmap, '--as', 'heatmap', '-o', out, ...options]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const png = PNG.sync.read(readFileSync(out));
  return Uint8Array.from({ length: png.width * png.height }, (_, i) => png.data[i * 4]!);
}

describe('maskwright mask -m FILE --as heatmap', { timeout: 180_000 }, () => {
  it.each([
    ['8-bit PNG', 'h8.png', 8],
    ['16-bit PNG', 'h16.png', 16],
    ['PFM', 'h.pfm', 32],
  ] as const)('brings a %s of any size to the edges of the image', async (_, name, bits) => {
    const mask = await maskFrom(writeHeatmap(name, bits));
    expect(intersectionOverUnion(mask, truth.data)).toBeGreaterThan(0.9);
  });

  it('takes a threshold and interpolates without --refine', async () => {
    const path = writeHeatmap('h8.png', 8);
    const count = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
    const low = await maskFrom(path, '--no-refine', '--threshold', '0.1');
    const high = await maskFrom(path, '--no-refine', '--threshold', '0.7');
    expect(count(low)).toBeGreaterThan(count(high) * 1.05);
    expect(await maskFrom(path, '--refine=off', '--threshold', '0.7')).toEqual(high);
  });

  it('refuses floats that are no probabilities, and modes that do not exist', async () => {
    const path = join(folder(), 'logits.pfm');
    const value = Buffer.alloc(4);
    value.writeFloatLE(3.5);
    writeFileSync(path, Buffer.concat([Buffer.from('Pf\n1 1\n-1.0\n'), value]));
    const logits = await runCli(['mask', STILL_LIFE, '-m', path, '--as', 'heatmap', '-o', join(folder(), 'x.png')]);
    expect(logits.code).toBe(3);
    expect(logits.stderr).toMatch(/logits\.pfm holds 3\.5.*no probability/);
    const mode = await runCli(['mask', STILL_LIFE, '-m', path, '--refine=finest']);
    expect(mode.code).toBe(2);
    expect(mode.stderr).toMatch(/--refine is "finest", but must be fast, best, sam, off/);
  });
});
