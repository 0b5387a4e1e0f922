import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { encodeImage } from '../../src/io/image/encode-image.js';
import { createMask } from '../../src/raster/index.js';
import { temporaryFolder } from '../support/folder.js';
import { readPng } from '../support/read-png.js';

const folder = temporaryFolder();
const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

it('the round trip of the examples paints inside the mask and keeps every byte outside', async () => {
  const cwd = folder();
  const image = readPng(example('still-life.png'));
  const { width, height } = image;
  const mask = createMask(width, height);
  for (let i = 0; i < mask.data.length; i++) {
    const distance = Math.hypot((i % width) - width / 2, Math.floor(i / width) - height / 2);
    mask.data[i] = distance < 120 ? 255 : 0;
  }
  writeFileSync(join(cwd, 'mask.png'), await encodeImage(mask));
  const args = [example('crop-paint-stitch.mjs'), example('still-life.png'), 'final.png', 'mask.png'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  expect(stdout).toMatch(/final\.png: painted at 512 x 512/);
  const final = readPng(join(cwd, 'final.png'));
  expect([final.width, final.height, final.channels]).toEqual([width, height, 3]);
  let changed = 0;
  for (let i = 0; i < mask.data.length; i++) {
    const from = i * image.channels;
    const same = [0, 1, 2].every((c) => final.samples[i * 3 + c] === image.samples[from + c]);
    const [x, y] = [(i % width) - width / 2, Math.floor(i / width) - height / 2];
    if (!same && Math.hypot(x, y) > 120 + 6) expect.fail(`pixel ${i} outside the mask and its 5 pixels more changed`);
    if (!same) changed++;
  }
  expect(changed).toBeGreaterThan(0.95 * Math.PI * 120 * 120);
  // The ball's middle is the painter's white, lit from above.
  const middle = (Math.floor(height / 2) * width + width / 2) * 3;
  expect(Math.min(...final.samples.subarray(middle, middle + 3))).toBeGreaterThan(120);
});
