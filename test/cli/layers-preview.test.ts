import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PNG } from 'pngjs';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../support/chromium.js';
import { runCli } from '../support/warm-cli.js';

const executablePath = findChromium();
const [WIDTH, HEIGHT] = [480, 320];
/** A red square in front of blue: far 0, near 1. */
const SQUARE = { left: 200, top: 120, side: 80 };

// On CI a missing browser is a failure.
describe.skipIf(executablePath === undefined && process.env['CI'] === undefined)(
  `the preview page in Chromium${executablePath === undefined ? ' (skipped: none found; set CHROMIUM_PATH)' : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'maskwright-test-'));
    let browser: Browser;
    let preview: string;
    beforeAll(async () => {
      preview = await makePreview(folder);
      // Started as root, as in a container, Chromium has no sandbox.
      browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    });

    it('shows the image, and moves near things against far ones without a hole', async () => {
      const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => problems.push(message.text()));
      page.on('request', (request) => {
        if (!/^(file|data):/.test(request.url())) problems.push(request.url());
      });

      await page.goto(`${preview}#0,0`);
      const still = await look(page);
      expect(colorAt(still, 0.5, 0.5)).toEqual('red');
      expect(colorAt(still, 0.1, 0.5)).toEqual('blue');
      const middle = redMiddle(still);
      expect(middle.x).toBeCloseTo(0.5, 1);
      expect(redShare(still)).toBeGreaterThan(0.03);

      await page.goto('about:blank');
      await page.goto(`${preview}#1,0`);
      const moved = await look(page);
      // The near layer moves by 5 % of the width, and the view is 10 % larger.
      expect(redMiddle(moved).x - middle.x).toBeCloseTo(-0.055, 2);
      expect(redMiddle(moved).y - middle.y).toBeCloseTo(0, 2);
      expect(redShare(moved)).toBeCloseTo(redShare(still), 3);
      expect(otherShare(moved)).toBeLessThan(0.002);
      expect(problems).toEqual([]);
      await page.close();
    });

    it('gives the image back when its layers are drawn, within the rounding of a canvas', async () => {
      const page = await browser.newPage();
      await page.goto(`${preview}#0,0`);
      const url = await page.evaluate<string>(`(() => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [${WIDTH}, ${HEIGHT}];
        const context = canvas.getContext('2d');
        for (const image of document.querySelectorAll('#scene img')) context.drawImage(image, 0, 0);
        return canvas.toDataURL('image/png');
      })()`);
      const drawn = PNG.sync.read(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')).data;
      const { data } = PNG.sync.read(readFileSync(join(folder, 'scene.png')));
      expect(drawn.length).toBe(data.length);
      expect(drawn.reduce((most, value, i) => Math.max(most, Math.abs(value - data[i]!)), 0)).toBeLessThanOrEqual(1);
      await page.close();
    });

    it('follows the pointer, hides a layer, and takes no movement where the slider is at nothing', async () => {
      const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
      await page.goto(preview);
      await page.mouse.move(900, 300);
      const near = page.locator('#scene img').nth(1);
      // translate(-3%, ...) and more.
      await expect
        .poll(async () => Number(/translate\((-?[\d.]+)%/.exec((await near.getAttribute('style')) ?? '')?.[1]), {
          timeout: 30_000,
        })
        .toBeLessThan(-3);
      await page.goto('about:blank');
      await page.goto(`${preview}#1,0`);
      await page.locator('#amount').fill('0');
      expect(redMiddle(await look(page)).x).toBeCloseTo(0.5, 2);
      await page.locator('[data-layer="1"]').uncheck();
      expect(redShare(await look(page))).toBe(0);
      await page.close();
    });
  },
);

/** An image with its depth map, cut into two layers, and the address of their preview. */
async function makePreview(folder: string): Promise<string> {
  const image = Buffer.alloc(WIDTH * HEIGHT * 3);
  const depth = Buffer.alloc(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const near = x >= SQUARE.left && x < SQUARE.left + SQUARE.side && y >= SQUARE.top && y < SQUARE.top + SQUARE.side;
      image.set(near ? [220, 30, 20] : [20, 40, 200], (y * WIDTH + x) * 3);
      depth[y * WIDTH + x] = near ? 255 : 0;
    }
  }
  const path = join(folder, 'scene.png');
  await sharp(image, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .png()
    .toFile(path);
  const map = await sharp(depth, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .png()
    .toBuffer();
  writeFileSync(join(folder, 'depth.png'), map);
  const out = join(folder, 'layers');
  const options = ['--layers', '2', '--feather', '3', '--fill', 'push-pull', '--preview', '--output-dir', out];
  const { code, stderr } = await runCli(['layers', path, '--depth-file', join(folder, 'depth.png'), ...options]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return pathToFileURL(join(out, 'scene_preview.html')).href;
}

async function look(page: Page): Promise<PNG> {
  return PNG.sync.read(await page.locator('#scene').screenshot());
}

function colorOf({ data }: PNG, i: number): 'red' | 'blue' | 'other' {
  const [r, g, b] = [data[i * 4]!, data[i * 4 + 1]!, data[i * 4 + 2]!];
  if (g > 80) return 'other';
  // Where soft edges mix the two, the stronger one counts.
  return r > b ? 'red' : 'blue';
}

function colorAt(png: PNG, x: number, y: number): string {
  return colorOf(png, Math.floor(y * png.height) * png.width + Math.floor(x * png.width));
}

function redMiddle(png: PNG): { x: number; y: number } {
  let [x, y, count] = [0, 0, 0];
  for (let i = 0; i < png.width * png.height; i++) {
    if (colorOf(png, i) === 'red') {
      x += (i % png.width) + 0.5;
      y += Math.floor(i / png.width) + 0.5;
      count++;
    }
  }
  return { x: x / count / png.width, y: y / count / png.height };
}

function shareOf(png: PNG, color: string): number {
  let count = 0;
  for (let i = 0; i < png.width * png.height; i++) {
    count += colorOf(png, i) === color ? 1 : 0;
  }
  return count / (png.width * png.height);
}

const redShare = (png: PNG): number => shareOf(png, 'red');
const otherShare = (png: PNG): number => shareOf(png, 'other');
