// A server under load: so many requests by eight clients, with prompts that can and cannot be read, images that can and cannot,
// and clients that hang up. Every answer has the status that it should have, memory does not grow, and no file is left.
//
//   node test/attack/soak.mjs [--requests 2000] [--clients 8]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '2000' }, clients: { type: 'string', default: '8' } },
});
const [requests, clients] = [Number(values.requests), Number(values.clients)];
/** Of the last quarter to the second: the first fills caches and pools. A short run ends while those still fill. */
const MAX_GROWTH = requests >= 2000 ? 1.05 : 1.3;

const image = await sharp('examples/still-life.png').resize(480, 320).png().toBuffer();
/** Where the server would leave files: its working folder, and that for temporary ones. */
const folders = [mkdtempSync(join(tmpdir(), 'maskwright-soak-')), mkdtempSync(join(tmpdir(), 'maskwright-soak-'))];
const child = spawn(
  process.execPath,
  [resolve('bin/maskwright.js'), 'serve', '--model', 'tiny', '--concurrency', '2'],
  {
    cwd: folders[0],
    env: { ...process.env, TMPDIR: folders[1] },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const address = await new Promise((resolve, reject) => {
  child.stdout.once('data', (line) => resolve(String(line).trim()));
  child.once('exit', () => reject(new Error('the server ended')));
});

function form(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    data.append(
      name,
      typeof value === 'string' ? value : new Blob([value]),
      ...(typeof value === 'string' ? [] : ['a.png']),
    );
  }
  return data;
}
const post = (path, fields, signal) => fetch(`${address}${path}`, { method: 'POST', body: form(fields), signal });
const recipe = JSON.stringify({
  sources: [{ kind: 'prompt', prompt: 'orange' }],
  outputs: [{ kind: 'target', target: 'comfyui' }],
});

/** What a client does, and the status that it is answered with; 0 where it hangs up. */
const KINDS = [
  [200, () => post('v1/detect', { image, prompt: 'orange' })],
  [200, () => post('v1/run', { image, recipe })],
  [200, () => post('v1/detect', { image, prompt: 'lemon AND NOT bowl' })],
  [400, () => post('v1/detect', { image, prompt: 'orange AND' })],
  [400, () => post('v1/detect', { image: image.subarray(0, 5000), prompt: 'orange' })],
  [0, () => post('v1/run', { image, recipe }, AbortSignal.timeout(20))],
  [201, () => post('v1/sessions', { image })],
  [400, stitchNothing],
  [404, () => fetch(`${address}v1/sessions/none/pixels`)],
];

/** Stitching passes through files, also where it fails. */
async function stitchNothing() {
  const { id } = await (await post('v1/sessions', { image })).json();
  return post(`v1/sessions/${id}/stitch`, { painted: image, manifest: image, mask: image });
}

const rss = async () =>
  Number(/^process_resident_memory_bytes (\d+)$/m.exec(await (await fetch(`${address}metrics`)).text())[1]);
const samples = [];
const wrong = [];
let next = 0;
async function client() {
  while (next < requests) {
    const number = next++;
    const [expected, ask] = KINDS[number % KINDS.length];
    try {
      const response = await ask();
      await response.arrayBuffer();
      // A client that hangs up may be answered just before.
      if (response.status !== expected && expected !== 0)
        wrong.push(`${number}: ${response.status} for kind ${number % KINDS.length}`);
    } catch (error) {
      if (expected !== 0) wrong.push(`${number}: ${error.message}`);
    }
    if (number % Math.ceil(requests / 80) === 0) samples.push(await rss());
  }
}
const started = performance.now();
await Promise.all(Array.from({ length: clients }, client));
const seconds = (performance.now() - started) / 1000;
const health = await (await fetch(`${address}healthz`)).json();
const ended = once(child, 'exit');
child.kill();
await ended;
const left = folders.flatMap((folder) => readdirSync(folder));
folders.forEach((folder) => rmSync(folder, { recursive: true }));

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const quarter = Math.floor(samples.length / 4);
const [early, late] = [median(samples.slice(quarter, 2 * quarter)), median(samples.slice(-quarter))];
console.log(
  `${requests} requests, ${clients} clients: ${seconds.toFixed(0)} s; memory ${(early / 2 ** 20).toFixed(0)} MiB, ` +
    `then ${(late / 2 ** 20).toFixed(0)} MiB (${(late / early).toFixed(3)}); ${health.active} in work, ${health.waiting} waiting`,
);
if (wrong.length > 0) throw new Error(`${wrong.length} wrong answers: ${wrong.slice(0, 5).join('; ')}`);
if (left.length > 0) throw new Error(`the server left ${left.join(', ')}`);
if (health.active + health.waiting > 0) throw new Error('places in the queue were not given back');
if (late / early > MAX_GROWTH) throw new Error(`memory grew by ${((late / early - 1) * 100).toFixed(1)} %`);
