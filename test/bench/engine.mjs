// The mask engine against OpenCV on one thread (installed with pip), in turns, by processor time.
//
//   node test/bench/engine.mjs [--megapixels 12] [--rounds 3] [--engine ../../dist/engine/index.js]   (build first)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pythonWith } from './peer-python.mjs';

const { values } = parseArgs({
  options: {
    megapixels: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '3' },
    engine: { type: 'string', default: new URL('../../dist/engine/index.js', import.meta.url).href },
  },
});
const engine = await import(values.engine);
const python = pythonWith('opencv-python-headless');
const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'));
const width = Math.round(Math.sqrt((Number(values.megapixels) * 1e6 * 4) / 3));
const height = Math.round((width * 3) / 4);
const RUNS = 5;

const binary = drawBlobs();
const soft = engine.gaussianBlur(engine.gaussianBlur(binary, width / 40), width / 60);
writeFileSync(join(folder, 'binary.raw'), binary.data);
writeFileSync(join(folder, 'soft.raw'), soft.data);

const operations = {
  'dilate by a disc, r 16': () => engine.dilate(binary, 16),
  'dilate a soft mask, r 16': () => engine.dilate(soft, 16),
  'exact distance': () => engine.distanceTransform(binary),
  'feather outward, r 32': () => engine.feather(binary, 32, { side: 'outward', falloff: 'linear' }),
  'Gaussian, sigma 8': () => engine.gaussianBlur(soft, 8),
  'components with areas and bounds': () => engine.connectedComponents(binary),
  'fill holes': () => engine.fillHoles(binary),
};

const ours = Object.fromEntries(Object.keys(operations).map((name) => [name, []]));
const theirs = Object.fromEntries(Object.keys(operations).map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, operation] of Object.entries(operations)) {
    operation();
    for (let run = 0; run < RUNS; run++) {
      const before = process.cpuUsage();
      operation();
      const { user, system } = process.cpuUsage(before);
      ours[name].push((user + system) / 1e6);
    }
  }
  const script = fileURLToPath(new URL('engine.py', import.meta.url));
  const output = execFileSync(python, [script, folder, width, height, RUNS].map(String));
  for (const [name, times] of Object.entries(JSON.parse(output))) {
    theirs[name].push(...times);
  }
}
rmSync(folder, { recursive: true });

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
console.log(`${width} x ${height}`.padEnd(36) + '      ms  OpenCV   ratio');
for (const name of Object.keys(operations)) {
  const [a, b] = [median(ours[name]), median(theirs[name])];
  const columns = [(a * 1000).toFixed(0), (b * 1000).toFixed(0), (a / b).toFixed(2)];
  console.log(name.padEnd(36) + columns.map((column) => column.padStart(8)).join(''));
}

/** Ellipses of all sizes with holes, and specks, as a network's masks have them at their worst. */
function drawBlobs() {
  const data = new Uint8Array(width * height);
  let state = 1;
  const random = (limit) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 4294967296) * limit;
  const blobs = [
    [60, width / 13, 1],
    [120, width / 66, 0.5],
    [3000, width / 1000, 0.5],
  ];
  for (const [count, size, white] of blobs) {
    for (let n = 0; n < count; n++) {
      const [x, y] = [random(width), random(height)];
      const [a, b] = [1 + random(size), 1 + random(size)];
      const value = random(1) < white ? 255 : 0;
      for (let row = Math.max(Math.ceil(y - b), 0); row < Math.min(y + b, height); row++) {
        const half = a * Math.sqrt(1 - ((row - y) / b) ** 2);
        const [from, to] = [Math.max(Math.ceil(x - half), 0), Math.min(Math.floor(x + half) + 1, width)];
        data.fill(value, row * width + from, row * width + to);
      }
    }
  }
  return { kind: 'mask', width, height, data };
}
