// Draws the images of the studio for the README and src/docs/studio.md: the page in Chromium, on the drawn scenes and with the
// model that comes with the program. `npm run build` goes before.
//
//   node examples/readme/draw-studio.mjs
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const folder = mkdtempSync(join(tmpdir(), 'maskwright-studio-'));
for (const name of ['still-life.png', 'kitchen.png', 'landscape.png']) {
  cpSync(`examples/${name}`, join(folder, name));
}
const program = resolve('bin/maskwright.js');
const child = spawn(
  process.execPath,
  [program, 'studio', 'still-life.png', 'kitchen.png', 'landscape.png', '--no-open', '--model', 'tiny'],
  {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const address = await new Promise((done) => child.stdout.once('data', (line) => done(String(line).trim())));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });

async function draw(name) {
  await page.waitForTimeout(1500);
  const png = await page.screenshot();
  await sharp(png).webp({ quality: 88 }).toFile(`examples/readme/studio-${name}.webp`);
}
async function prompt(text) {
  await page.getByLabel('What to select').fill(text);
  await page.getByLabel('What to select').press('Enter');
  await page.locator('.layer', { hasText: text }).locator('.badge').waitFor({ timeout: 60_000 });
  await page.locator('.top-bar h1').click();
}
/** A place on the stage, as shares of the image of 1536 x 1024. */
async function place(u, v) {
  const { x, y, width, height } = await page.locator('.stage').boundingBox();
  const zoom = Math.min((width - 48) / 1536, (height - 48) / 1024);
  return [x + width / 2 + (u - 0.5) * 1536 * zoom, y + height / 2 + (v - 0.5) * 1024 * zoom];
}

try {
  await page.goto(address);
  await page.locator('.title b').waitFor({ timeout: 60_000 });
  await prompt('orange');
  await prompt('bowl');
  await prompt('lemon');
  await page.locator('.layer', { hasText: 'lemon' }).locator('select').selectOption('subtract');
  await draw('overlay');
  await page.locator('.stage').focus();
  for (const [key, name] of [
    ['2', 'cutout'],
    ['3', 'mask'],
    ['4', 'heatmap'],
    ['5', 'compare'],
  ]) {
    await page.keyboard.press(key);
    await page.locator('.top-bar h1').click();
    await draw(name);
  }
  await page.keyboard.press('1');
  await page.getByRole('button', { name: 'Point', exact: true }).click();
  await page.mouse.click(...(await place(0.8, 0.42)));
  await page.getByRole('button', { name: 'Brush' }).click();
  await page.mouse.move(...(await place(0.4, 0.85)));
  await page.mouse.down();
  await page.mouse.move(...(await place(0.58, 0.87)), { steps: 8 });
  await draw('brush');
  await page.mouse.up();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await page.getByRole('button', { name: 'Next image' }).click();
  await page.locator('.title b', { hasText: 'kitchen.png' }).waitFor({ timeout: 60_000 });
  await page.locator('.layer', { hasText: 'lemon' }).waitFor({ timeout: 60_000 });
  const removals = page.getByRole('button', { name: /^Remove (?!small)/ });
  while ((await removals.count()) > 0) await removals.first().click();
  await prompt('blue cup');
  await page.getByLabel('What', { exact: true }).selectOption('crop');
  await page.getByLabel('Feather in px').fill('12');
  await page.getByLabel('Feather in px').press('Enter');
  await page.waitForTimeout(2000);
  await draw('crop');
} finally {
  await browser.close();
  child.kill();
  rmSync(folder, { recursive: true, force: true });
}
