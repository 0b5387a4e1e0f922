import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compositeImages } from '../../src/run/composite-images.js';
import { temporaryFolder } from '../support/folder.js';
import { readPng } from '../support/read-png.js';

const folder = temporaryFolder();
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/composite/${name}`, import.meta.url));
const bytes = (name: string): Uint8Array => readFileSync(fixture(name));

/** maskilayer cuts fractions off, which is up to one level below what it meant. */
function expectWithinOneLevel(path: string, expected: string): void {
  const actual = readPng(path);
  const wanted = readPng(fixture(expected));
  expect([actual.width, actual.height, actual.colorType]).toEqual([wanted.width, wanted.height, wanted.colorType]);
  const off = actual.samples.findIndex((value, i) => value - wanted.samples[i]! < 0 || value - wanted.samples[i]! > 1);
  expect(off, `sample ${off} is ${actual.samples[off]}, maskilayer's ${wanted.samples[off]}`).toBe(-1);
}

describe('compositing as maskilayer does', () => {
  it.each([0, 1, 3, 5])('with two masks and a negative one at level %i', async (level) => {
    const output = join(folder(), 'out.png');
    const saveMask = join(folder(), 'mask.png');
    await compositeImages({
      background: fixture('bg.png'),
      overlay: fixture('fg.png'),
      masks: [fixture('m1.png'), fixture('m2-rgb.png')],
      invertMasks: [fixture('m3.png')],
      normalizeLevel: level,
      output,
      saveMask,
    });
    expectWithinOneLevel(output, `expected-n${level}.png`);
    expectWithinOneLevel(saveMask, `expected-n${level}-mask.png`);
  });

  it('half and half without masks', async () => {
    const output = join(folder(), 'out.png');
    await compositeImages({ background: fixture('bg.png'), overlay: fixture('fg.png'), output });
    expectWithinOneLevel(output, 'expected-none.png');
  });

  it('an image composited on itself is unchanged, which maskilayer does not manage', async () => {
    const output = join(folder(), 'out.png');
    const masks = [fixture('m1.png'), fixture('m3.png')];
    await compositeImages({
      background: fixture('bg.png'),
      overlay: fixture('bg.png'),
      masks,
      normalizeLevel: 2,
      output,
    });
    expect(readPng(output).samples).toEqual(readPng(fixture('bg.png')).samples);
  });

  it('takes bytes and gives bytes: the same as from files, fast or not', async () => {
    const output = join(folder(), 'out.png');
    const common = { normalizeLevel: 3, opacity: 0.7 };
    await compositeImages({
      ...common,
      background: fixture('bg.png'),
      overlay: fixture('fg.png'),
      masks: [fixture('m1.png')],
      output,
      fast: true,
    });
    const { data, width, height } = await compositeImages({
      ...common,
      background: bytes('bg.png'),
      overlay: bytes('fg.png'),
      masks: [bytes('m1.png')],
    });
    expect([width, height]).toEqual([56, 40]);
    const written = join(folder(), 'written.png');
    writeFileSync(written, data!);
    expect(readPng(written).samples).toEqual(readPng(output).samples);
  });
});
