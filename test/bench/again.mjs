// What a second run with another threshold costs: node test/bench/again.mjs --model folder [--picture file] [--rounds 3]
//
// The whole program is started for each run, and then the library called in one process that has run before; with a
// cache of its own that is emptied before each first run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findInImage } from '../../dist/jobs/library.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'tiny' },
    picture: { type: 'string', default: fileURLToPath(new URL('../../examples/still-life.png', import.meta.url)) },
    rounds: { type: 'string', default: '3' },
  },
});
const program = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'maskwright-again-'));
process.env.MASKWRIGHT_CACHE = join(folder, 'cache');
const times = { first: [], second: [] };
const inProcess = { first: [], second: [] };
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    rmSync(join(folder, 'cache'), { recursive: true, force: true });
    run('first', '0.5', 1);
    run('second', '0.3', 0);
  }
  await findInImage(values.picture, 'warming up', { model: values.model });
  for (let round = 0; round < Number(values.rounds); round++) {
    rmSync(join(folder, 'cache'), { recursive: true, force: true });
    await find('first', 0.5, 1);
    await find('second', 0.3, 0);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
for (const [what, { first, second }] of Object.entries({ program: times, library: inProcess })) {
  const [a, b] = [median(first), median(second)];
  console.log(`${what}: first ${a.toFixed(0)} ms, second ${b.toFixed(0)} ms: 1 / ${(a / b).toFixed(1)}`);
}

async function find(name, threshold, inferences) {
  const begin = performance.now();
  const [found] = await findInImage(values.picture, 'orange', { model: values.model, threshold });
  inProcess[name].push(performance.now() - begin);
  if (found.story.inferences !== inferences) {
    throw new Error(`${name} call: ${String(found.story.inferences)} inferences, expected ${inferences}`);
  }
}

function run(name, threshold, inferences) {
  const out = join(folder, `${threshold}.png`);
  const args = ['inpaint', values.picture, '-tm', 'orange', threshold, '-o', out, '--model', values.model, '--json'];
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: { ...process.env, MASKWRIGHT_CACHE: join(folder, 'cache') },
    encoding: 'utf8',
  });
  times[name].push(performance.now() - begin);
  if (status !== 0 || !stdout.includes(`"inferences":${inferences}`)) {
    throw new Error(`${name} run: exit ${status}, expected ${inferences} inferences\n${stdout}${stderr}`);
  }
}
