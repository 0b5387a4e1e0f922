// Attacks the commands with broken files: never a crash, more than 15 s of processor time, a stack trace, more than 1.5 GB, a written
// output for a rejected input, a changed input or a file left behind. A case is a number, the same on every machine.
//
//   npm run build && node test/attack/run.mjs [--count 20000] [--from 0] [--seed 1] [--workers 2]
//
// --from and --count take a slice; --count 1 --from N runs one case again. --json FILE keeps what came of it.
// --sound leaves the files whole, to see that the commands work at all.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { caseAt } from './cases.mjs';

/** Of processor time, so that a busy machine makes no hang. */
const HANG_MS = 15_000;
/** Of time on the clock. */
const DEAD_MS = 60_000;
const MEMORY_BYTES = 1.5e9;
/** A victim is replaced now and then: its peak memory is of the whole process. */
const CASES_A_VICTIM = 1000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    json: { type: 'string' },
    sound: { type: 'boolean', default: false },
  },
});
const [count, from, seed, workers] = [values.count, values.from, values.seed, values.workers].map(Number);
const root = mkdtempSync(join(tmpdir(), 'maskwright-attack-'));
const answers = [];
let next = from;
const begun = performance.now();
await Promise.all(Array.from({ length: workers }, (_, i) => work(join(root, `w${i}`))));
const seconds = (performance.now() - begun) / 1000;
rmSync(root, { recursive: true, force: true });
report();

async function work(sandbox) {
  let victim;
  let cases = 0;
  while (next < from + count) {
    const number = next++;
    victim ??= await start(sandbox);
    const answer = await ask(victim, number);
    answers.push(answer);
    cases++;
    for (const complaint of answer.complaints) {
      process.stderr.write(`case ${number} (${answer.kind}: ${answer.argv}): ${complaint}\n`);
    }
    if (answer.dead || cases % CASES_A_VICTIM === 0) {
      victim.kill('SIGKILL');
      victim = undefined;
    }
    if (process.stderr.isTTY && answers.length % 100 === 0) {
      process.stderr.write(`\r${answers.length} of ${count} `);
    }
  }
  victim?.kill('SIGKILL');
}

function start(sandbox) {
  rmSync(sandbox, { recursive: true, force: true });
  return new Promise((resolve, reject) => {
    const child = fork(
      fileURLToPath(new URL('./victim.mjs', import.meta.url)),
      [sandbox, String(seed), values.sound ? 'sound' : 'broken'],
      {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    child.said = '';
    child.stderr.on('data', (chunk) => (child.said = (child.said + chunk).slice(-2000)));
    const early = () => reject(new Error(`the victim could not start: ${child.said}`));
    child.once('exit', early);
    child.once('message', () => (child.off('exit', early), resolve(child)));
  });
}

/** One case: also crashes, hangs and too much memory are seen from here. */
async function ask(victim, number) {
  const { kind, command, spawned } = caseAt(number, seed);
  const answer = await new Promise((resolve) => {
    const fail = (complaint) =>
      finish({
        number,
        kind,
        argv: command.join(' '),
        code: 'none',
        complaints: [complaint],
        milliseconds: HANG_MS,
        peak: 0,
        spawned,
        dead: true,
      });
    const onExit = (code, signal) => fail(`crashed: ${signal ?? code} ${victim.said}`);
    const timer = setTimeout(() => fail(`hung for more than ${DEAD_MS} ms`), DEAD_MS);
    const finish = (result) => {
      clearTimeout(timer);
      victim.off('exit', onExit);
      victim.off('message', finish);
      resolve(result);
    };
    victim.once('exit', onExit);
    victim.once('message', finish);
    victim.send(number);
  });
  if (!answer.dead && answer.milliseconds > HANG_MS) {
    answer.complaints.push(`took ${answer.milliseconds.toFixed(0)} ms of processor time`);
  }
  if (answer.peak > MEMORY_BYTES) {
    answer.complaints.push(`took ${(answer.peak / 1e6).toFixed(0)} MB`);
    answer.dead = true;
  }
  return answer;
}

function report() {
  const codes = [...new Set(answers.map(({ code }) => code))].sort((a, b) => (a < b ? -1 : 1));
  const kinds = [...new Set(answers.map(({ kind }) => kind))].sort((a, b) => (a < b ? -1 : 1));
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const line = (name, of) => {
    const slowest = Math.max(...of.map(({ milliseconds }) => milliseconds));
    const counts = codes.map((code) => of.filter((answer) => answer.code === code).length || '');
    return row([name, of.length, ...counts, of.filter(isFailure).length, slowest.toFixed(0)]);
  };
  console.log(row(['kind', 'cases', ...codes.map((code) => `exit ${code}`), 'failures', 'slowest, ms']));
  console.log(row(Array.from({ length: codes.length + 4 }, () => '---')));
  for (const kind of kinds) {
    console.log(
      line(
        kind,
        answers.filter((answer) => answer.kind === kind),
      ),
    );
  }
  console.log(line('all', answers));
  const failures = answers.filter(isFailure);
  const slowest = answers.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a));
  const spawned = answers.filter((answer) => answer.spawned);
  const peak = (of) => (Math.max(0, ...of.map((answer) => answer.peak)) / 1e6).toFixed(0);
  console.log(`
cases ${from} to ${from + count - 1}, seed ${seed}: ${failures.length} failures
${seconds.toFixed(0)} s, ${((answers.length / seconds) * 60).toFixed(0)} cases a minute with ${workers} workers
slowest: case ${slowest.number} (${slowest.kind}: ${slowest.argv}), ${slowest.milliseconds.toFixed(0)} ms
peak memory: ${peak(answers.filter((answer) => !answer.spawned))} MB in-process, ${peak(spawned)} MB in ${spawned.length} spawned`);
  if (values.json !== undefined) {
    writeFileSync(values.json, JSON.stringify(answers));
  }
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function isFailure({ complaints }) {
  return complaints.length > 0;
}
