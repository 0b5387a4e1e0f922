// The studio in Chromium, and the HTTP API beside the library: writes studio.md. `npm run build` goes before.
//
//   node test/bench/studio.mjs
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { findInImage, openModels } from '../../dist/bundle/index.js';

const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'));
const rows = [];
const row = (what, value, limit) => rows.push([what, value, limit]);
const at = (list, share) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

async function start(...args) {
  const child = spawn(process.execPath, [resolve('bin/maskwright.js'), ...args, '--model', 'tiny'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise((done) => child.stdout.once('data', done));
  return { child, address: String(line).trim() };
}

try {
  const assets = readdirSync('dist/studio', { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(js|css|html)$/.test(name),
  );
  const zipped = assets.reduce((sum, name) => sum + gzipSync(readFileSync(join('dist/studio', name))).length, 0);
  row('page, its thread and styles, gzip', `${(zipped / 1024).toFixed(0)} KB`, '150 KB');

  await sharp('examples/still-life.png')
    .resize(4243, 2828)
    .png({ compressionLevel: 1 })
    .toFile(join(folder, 'large.png'));
  const studio = await start('studio', 'large.png', '--no-open');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(studio.address);
  await page.locator('.tools').waitFor();
  row(
    'page interactive after its address is opened',
    ms(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime)),
    '1 s',
  );
  await page.locator('.title b').waitFor({ timeout: 120_000 });
  const timed = async (work) => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const detect = (text) =>
    timed(async () => {
      await page.getByLabel('What to select').fill(text);
      await page.getByLabel('What to select').press('Enter');
      await page.locator('.layer', { hasText: text }).locator('.badge').waitFor({ timeout: 120_000 });
    });
  await detect('orange');
  await page.waitForTimeout(2000);
  // The slider is moved as a pointer does: an event every 40 ms. What each one takes until it is painted is kept.
  const times = await page.evaluate(async () => {
    const slider = document.querySelector('.layer input[type=range]');
    performance.clearMeasures();
    for (let i = 0; i < 60; i++) {
      slider.value = String(0.3 + 0.005 * i);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((done) => setTimeout(done, 40));
    }
    const previews = performance.getEntriesByName('maskwright preview').map(({ duration }) => duration);
    // Let go: the slider moves and is let go at once. `full` has the edges of the last refinement, `exact` its own.
    const [full, exact] = [[], []];
    for (let i = 0; i < 7; i++) {
      await new Promise((done) => setTimeout(done, 2500));
      performance.clearMeasures();
      slider.value = String(0.35 + 0.05 * i);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      slider.dispatchEvent(new Event('change', { bubbles: true }));
      const measured = (name) => performance.getEntriesByName(`maskwright ${name}`)[0]?.duration;
      while (measured('exact') === undefined) await new Promise((done) => setTimeout(done, 5));
      full.push(measured('full'));
      exact.push(measured('exact'));
    }
    return { previews, full, exact };
  });
  row('threshold slider to pixels, 12 MP, preview: median', ms(at(times.previews, 0.5)), '16 ms');
  row('the same: 95th percentile', ms(at(times.previews, 0.95)), '33 ms');
  row('slider let go, mask at 12 MP painted: median', ms(at(times.full, 0.5)), '150 ms');
  row('the same, edges refined for the new threshold: median', ms(at(times.exact, 0.5)), '-');
  await browser.close();
  studio.child.kill();

  const serve = await start('serve');
  const image = readFileSync(join(folder, 'large.png'));
  const models = openModels({ model: 'tiny' });
  const library = () => timed(() => findInImage(image, 'orange', { models }));
  const request = () =>
    timed(async () => {
      const form = new FormData();
      form.append('image', new Blob([image]), 'a.png');
      form.append('prompt', 'orange');
      await (await fetch(`${serve.address}v1/detect`, { method: 'POST', body: form })).json();
    });
  const session = async () => {
    const form = new FormData();
    form.append('image', new Blob([image]), 'a.png');
    return (await (await fetch(`${serve.address}v1/sessions`, { method: 'POST', body: form })).json()).id;
  };
  const phrase = (id, text) =>
    timed(async () => {
      const body = JSON.stringify({ phrases: [text] });
      const answer = await fetch(`${serve.address}v1/sessions/${id}/detect`, { method: 'POST', body });
      if (!answer.ok) throw new Error(await answer.text());
      await answer.arrayBuffer();
    });
  let id;
  const first = await timed(async () => {
    id = await session();
    await phrase(id, 'orange');
  });
  const others = [];
  for (let i = 0; i < 40; i++) others.push(await phrase(id, `cup ${i}`));
  row('session opened and its first phrase detected, 12 MP', ms(first), '-');
  row('another phrase on the open image: median', ms(at(others, 0.5)), `${ms(first / 10)} (1/10 of the first)`);
  row('the same: 95th percentile', ms(at(others, 0.95)), '-');
  const warm = [];
  for (let i = 0; i < 100; i++) warm.push(await phrase(id, 'orange'));
  row('a phrase that is known: median', ms(at(warm, 0.5)), '-');
  row('the same: 95th percentile', ms(at(warm, 0.95)), '-');
  await library();
  await request();
  const pairs = [];
  for (let i = 0; i < 9; i++) pairs.push([await library(), await request()]);
  const [own, over] = [0, 1].map((k) =>
    at(
      pairs.map((pair) => pair[k]),
      0.5,
    ),
  );
  row(
    'POST /v1/detect beside the library call, 12 MP, cached heatmap',
    `${((over / own - 1) * 100).toFixed(0)} %`,
    '5 %',
  );
  await models.close();
  serve.child.kill();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
writeFileSync(
  'test/bench/studio.md',
  `# The studio and the HTTP API

Written by \`node test/bench/studio.mjs\`: Chromium without a GPU, ${cpus().length} cores (${cpus()[0].model}), node ${process.versions.node}, the model
\`tiny\`.

| what | measured | limit |
|---|---|---|
${table}
`,
);
console.log(table);
