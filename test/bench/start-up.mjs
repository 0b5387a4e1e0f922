// How long commands take to start, as a ratio to an empty node in the same, interleaved runs.
// node test/bench/start-up.mjs [runs]      (build first)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const runs = Number(process.argv[2] ?? 15);
const root = fileURLToPath(new URL('../../', import.meta.url));
const program = join(root, 'bin/maskwright.js');
const out = mkdtempSync(join(tmpdir(), 'maskwright-bench-'));

const find = [
  'mask',
  join(root, 'examples/still-life.png'),
  '-tm',
  'orange',
  '--model',
  'tiny',
  '--no-cache',
  '--outdir',
  out,
];
const commands = {
  'empty node': ['-e', '0'],
  '--help': [program, '--help'],
  'mask --help': [program, 'mask', '--help'],
  'mask, tiny model, 1536 x 1024': [program, ...find],
};

const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (let run = 0; run <= runs; run++) {
  for (const [name, args] of Object.entries(commands)) {
    const start = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    // The first round only warms the file cache.
    if (run > 0) {
      times[name].push(performance.now() - start);
    }
  }
}
rmSync(out, { recursive: true, force: true });

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const base = median(times['empty node']);
console.log('| command | median ms | ratio to an empty node |\n|---|---|---|');
for (const [name, values] of Object.entries(times)) {
  console.log(`| ${name} | ${median(values).toFixed(0)} | ${(median(values) / base).toFixed(2)} |`);
}
