// What a second run with another threshold costs: node test/bench/again.mjs --model folder [--picture file] [--rounds 3]
//
// The whole program is started for each run, with a cache of its own that is emptied before each first run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'tiny' },
    picture: { type: 'string', default: fileURLToPath(new URL('../../examples/still-life.png', import.meta.url)) },
    rounds: { type: 'string', default: '3' },
  },
});
const program = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'maskwright-again-'));
const times = { first: [], second: [] };
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    rmSync(join(folder, 'cache'), { recursive: true, force: true });
    run('first', '0.5', 1);
    run('second', '0.3', 0);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const [first, second] = [median(times.first), median(times.second)];
console.log(`first ${first.toFixed(0)} ms, second ${second.toFixed(0)} ms: 1 / ${(first / second).toFixed(1)}`);

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
