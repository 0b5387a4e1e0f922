import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../src/io/image/png/encode-png.js';
import type { PngPixels } from '../../src/io/image/png/png-pixels.js';
import { findChromium } from '../support/chromium.js';
import { pngCase } from '../support/png-cases.js';

/**
 * Generated images of all layouts, contents and sizes, decoded by other programs. `.ci/long` takes 2,000 of them, and a Python with Pillow and
 * OpenCV in `MASKWRIGHT_PYTHON`; without one, its programs are left out.
 */
const COUNT = Number(process.env['MASKWRIGHT_PNG_IMAGES'] ?? 40);
const PYTHON = process.env['MASKWRIGHT_PYTHON'];
const CHROMIUM = findChromium();
const run = promisify(execFile);

interface Written {
  readonly name: string;
  readonly path: string;
  readonly image: PngPixels;
}

const written: Written[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maskwright-png-'));
  for (let n = 0; n < COUNT; n++) {
    const { name, image, effort } = pngCase(n);
    const pieces: Uint8Array[] = [];
    for await (const piece of encodePng(image, { effort, text: { Comment: name } })) pieces.push(piece);
    const path = join(folder, `${n}.png`);
    await writeFile(path, pieces);
    await writeFile(join(folder, `${n}.raw`), bytesOf(image.data));
    written.push({ name, path, image });
  }
  const cases = written.map(({ image: { width, height, channels, data } }, n) => ({
    name: String(n),
    width,
    height,
    channels,
    wide: data instanceof Uint16Array,
  }));
  await writeFile(join(folder, 'cases.json'), JSON.stringify(cases));
}, 600_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe(`${COUNT} generated images are the same samples to`, () => {
  it('libpng (sharp)', async () => {
    const different: string[] = [];
    for (const { name, path, image } of written) {
      const wide = image.data instanceof Uint16Array;
      const decoded = await sharp(path)
        .toColourspace(wide ? 'rgb16' : 'srgb')
        .ensureAlpha()
        .raw({ depth: wide ? 'ushort' : 'uchar' })
        .toBuffer();
      const expected = toRgba(image);
      if (!decoded.equals(bytesOf(wide ? expected : Uint8Array.from(expected)))) different.push(name);
    }
    expect(different).toEqual([]);
  }, 600_000);

  it('pngjs', async () => {
    const different: string[] = [];
    for (const { name, path, image } of written) {
      const { data } = PNG.sync.read(await readFile(path), { skipRescale: true });
      const expected = toRgba(image);
      if (!expected.every((value, i) => value === data[i])) different.push(name);
    }
    expect(different).toEqual([]);
  }, 600_000);

  it.skipIf(PYTHON === undefined)(
    'Pillow, OpenCV, pngcheck and ImageMagick',
    async () => {
      const { stdout } = await run(PYTHON!, ['test/support/read_pngs.py', folder], { maxBuffer: 1e8 });
      const reports = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { program: string; decoded: number; different: string[] });
      expect(reports.map(({ program }) => program)).toEqual(expect.arrayContaining(['Pillow', 'OpenCV']));
      for (const { program, decoded, different } of reports) {
        expect({ program, different }).toEqual({ program, different: [] });
        expect(decoded).toBeGreaterThan(COUNT / 2);
      }
    },
    600_000,
  );

  it.skipIf(CHROMIUM === undefined && process.env['CI'] === undefined)(
    'Chromium',
    async () => {
      const browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
      const different: string[] = [];
      try {
        const page = await browser.newPage();
        await page.route('http://pngs.test/**', async (route) => {
          const name = new URL(route.request().url()).pathname;
          await (name === '/'
            ? route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>PNG</title>' })
            : route.fulfill({ contentType: 'image/png', path: join(folder, name) }));
        });
        await page.goto('http://pngs.test/');
        for (const [n, { name, image }] of written.entries()) {
          const decoded = Buffer.from(await page.evaluate<string>(`(${DECODE})(${n})`), 'base64');
          const expected = toRgba(image);
          const scale = image.data instanceof Uint16Array ? 257 : 1;
          // A browser has 8 bits: 16 are rounded or cut.
          const matches = expected.every(
            (value, i) => Math.abs(value / scale - decoded[i]!) < (scale === 1 ? 0.001 : 1),
          );
          if (decoded.length !== expected.length || !matches) different.push(name);
        }
      } finally {
        await browser.close();
      }
      expect(different).toEqual([]);
    },
    600_000,
  );
});

/** Runs in the page: straight samples through WebGL, where a canvas would multiply them with alpha. */
const DECODE = `async (n) => {
  const bitmap = await createImageBitmap(await (await fetch(n + '.png')).blob(), {
    premultiplyAlpha: 'none',
    colorSpaceConversion: 'none',
  });
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, gl.getParameter(gl.TEXTURE_BINDING_2D), 0);
  const data = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
  let text = '';
  for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
  return btoa(text);
}`;

function toRgba({ width, height, channels, data }: PngPixels): Uint16Array {
  const max = data instanceof Uint16Array ? 65_535 : 255;
  const rgba = new Uint16Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      rgba[4 * i + c] = data[i * channels + (channels < 3 ? 0 : c)]!;
    }
    rgba[4 * i + 3] = channels % 2 === 0 ? data[(i + 1) * channels - 1]! : max;
  }
  return rgba;
}

function bytesOf(data: Uint8Array | Uint16Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
