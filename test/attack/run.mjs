// Attacks the commands with broken files: never a crash, a hang over 5 s, a stack trace, more than 1.5 GB, or a
// written output for a rejected input. Every case is a kind and a seed, and can be run again by itself.
//
//   node test/attack/run.mjs [cases] [--seed S] [--only kind:seed]      (build first)
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

const HANG_MS = 5000;
const MEMORY_BYTES = 1.5e9;
/** Share of the cases that each kind gets. */
const SHARES = { png: 4, jpeg: 3, webp: 2, tiff: 3, gif: 2, avif: 1, exr: 2, recipe: 1, prompt: 3, sidecar: 2 };

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, only: { type: 'string' } },
  allowPositionals: true,
});
const total = Number(positionals[0] ?? 20_000);
const cases = values.only === undefined ? plan(total, Number(values.seed)) : [caseFrom(values.only)];

const folder = mkdtempSync(join(tmpdir(), 'maskwright-attack-'));
const noise = Buffer.alloc(24 * 16 * 3, 90);
await sharp(noise, { raw: { width: 24, height: 16, channels: 3 } })
  .png()
  .toFile(join(folder, 'picture.png'));
await sharp(noise.subarray(0, 24 * 16), { raw: { width: 24, height: 16, channels: 1 } })
  .png()
  .toFile(join(folder, 'mask.png'));
const sidecar = await makeSidecar();

const counts = {};
const failures = [];
let peak = 0;
let slowest = 0;
let victim = await start();
for (const [index, one] of cases.entries()) {
  const begun = performance.now();
  const answer = await ask(one);
  slowest = Math.max(slowest, performance.now() - begun);
  counts[one.kind] ??= { cases: 0, rejected: 0 };
  counts[one.kind].cases++;
  if (answer.complaints.length > 0) {
    failures.push({ ...one, ...answer });
    process.stderr.write(`${one.kind}:${one.seed} ${answer.command ?? ''} ${answer.complaints.join('; ')}\n`);
  } else {
    counts[one.kind].rejected += answer.code === 0 ? 0 : 1;
    peak = Math.max(peak, answer.rss);
  }
  if (process.stderr.isTTY && index % 100 === 0) {
    process.stderr.write(`\r${index} of ${cases.length}, ${failures.length} failures `);
  }
}
victim.kill('SIGKILL');
rmSync(folder, { recursive: true, force: true });

console.log('| kind | cases | rejected |\n|---|---|---|');
for (const [kind, { cases: tried, rejected }] of Object.entries(counts)) {
  console.log(`| ${kind} | ${tried} | ${rejected} |`);
}
console.log(
  `\n${cases.length} cases, ${failures.length} failures; peak memory ${(peak / 1e6).toFixed(0)} MB, slowest case ${slowest.toFixed(0)} ms`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

function plan(count, seed) {
  const all = Object.values(SHARES).reduce((sum, share) => sum + share, 0);
  return Object.entries(SHARES).flatMap(([kind, share]) =>
    Array.from({ length: Math.ceil((count * share) / all) }, (_, i) => ({ kind, seed: seed * 1_000_003 + i })),
  );
}

function caseFrom(text) {
  const [kind, seed] = text.split(':');
  return { kind, seed: Number(seed) };
}

function start() {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./victim.mjs', import.meta.url)), [folder, sidecar], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('message', () => resolve(child));
  });
}

/** One case, with the victim replaced when it dies, hangs or takes too much. */
async function ask(one) {
  const answer = await new Promise((resolve) => {
    const onExit = (code, signal) => finish({ complaints: [`crashed: ${signal ?? code}`], dead: true });
    const onMessage = (message) => finish(message);
    const timer = setTimeout(() => finish({ complaints: [`hung for ${HANG_MS} ms`], dead: true }), HANG_MS);
    const finish = (result) => {
      clearTimeout(timer);
      victim.off('exit', onExit);
      victim.off('message', onMessage);
      resolve(result);
    };
    victim.once('exit', onExit);
    victim.once('message', onMessage);
    victim.send(one);
  });
  if (answer.rss > MEMORY_BYTES) {
    answer.complaints.push(`took ${(answer.rss / 1e6).toFixed(0)} MB`);
    answer.dead = true;
  }
  if (answer.dead) {
    victim.kill('SIGKILL');
    victim = await start();
  }
  return answer;
}

/** A sidecar as `maskwright crop` writes it. */
async function makeSidecar() {
  const { main } = await import('../../dist/cli/main.js');
  const { readFileSync, readdirSync } = await import('node:fs');
  const out = join(folder, 'crop');
  const write = process.stdout.write;
  process.stdout.write = () => true;
  await main(['crop', join(folder, 'picture.png'), join(folder, 'mask.png'), '--size', '16', '--outdir', out]);
  process.stdout.write = write;
  const json = readdirSync(out).find((name) => name.endsWith('.json'));
  return readFileSync(join(out, json), 'utf8');
}
