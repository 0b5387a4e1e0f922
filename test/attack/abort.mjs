// Ctrl-C at moments spread over a run of `mask`: while the model is loaded, while it runs, between tiles, while files are
// written. Every run must end with exit code 130, whatever native code does at that moment; every second run is
// interrupted twice, which ends the process at once.
//
//   node test/attack/abort.mjs [--count 100]
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const INTERRUPTED = 130;
const SECOND_AFTER_MS = 25;
const root = fileURLToPath(new URL('../../', import.meta.url));
const { count } = parseArgs({ options: { count: { type: 'string', default: '100' } } }).values;
const folder = mkdtempSync(join(tmpdir(), 'maskwright-abort-'));

/** Runs the command; interrupts it after `delayMs` where that is not undefined. */
async function run(delayMs, twice) {
  const out = join(folder, 'out');
  const args = [
    'mask',
    'examples/still-life.png',
    '-tm',
    'orange',
    '--model',
    'tiny',
    '--detail',
    'tiles=2',
    '--no-refine',
  ];
  const child = spawn(process.execPath, ['bin/maskwright.js', ...args, '--no-cache', '--outdir', out], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MASKWRIGHT_CACHE: join(folder, 'cache') },
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const begun = performance.now();
  const ended = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  if (delayMs !== undefined) {
    await Promise.race([sleep(delayMs), ended]);
    child.kill('SIGINT');
    if (twice) {
      await Promise.race([sleep(SECOND_AFTER_MS), ended]);
      child.kill('SIGINT');
    }
  }
  const outcome = await ended;
  const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp'));
  rmSync(out, { recursive: true, force: true });
  return { ...outcome, stderr, left, milliseconds: performance.now() - begun };
}

const whole = (await run(undefined, false)).milliseconds;
const outcomes = { interrupted: 0, tooEarly: 0, tooLate: 0, wrong: 0 };
let interrupted = 0;
for (let i = 0; interrupted < Number(count) && i < 3 * Number(count); i++) {
  // The golden ratio spreads the moments evenly, whatever the count.
  const delay = whole * ((i * 0.618034) % 1);
  const { code, signal, stderr, left } = await run(delay, i % 2 === 1);
  if (code === INTERRUPTED && left.length === 0) {
    interrupted++;
    outcomes.interrupted++;
  } else if (signal === 'SIGINT') {
    // Before the command listens, Ctrl-C ends the process as it ends any other.
    outcomes.tooEarly++;
  } else if (code === 0) {
    outcomes.tooLate++;
  } else {
    outcomes.wrong++;
    console.error(`after ${delay.toFixed(0)} ms: exit ${code} ${signal ?? ''} ${left.join(' ')}\n${stderr}`);
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(`a whole run takes ${whole.toFixed(0)} ms; of the interrupted runs: ${JSON.stringify(outcomes)}`);
process.exitCode = outcomes.wrong === 0 && interrupted === Number(count) ? 0 : 1;
