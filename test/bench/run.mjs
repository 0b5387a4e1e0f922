// The benchmarks, and their report: npm run bench [-- part...] [--quick] [--report]
//
// Each part runs in a process of its own; its results are kept in results/, and the report is made of all that are
// there. `--quick` is a smoke test of a few runs, whose report lies in the work folder; `--report` measures nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fullSizeModel } from './python.mjs';
import { writeReport } from './report.mjs';
import { WORK_FOLDER } from './work-folder.mjs';

const PARTS = [
  'start-up',
  'network',
  'agreement',
  'again',
  'files',
  'composite',
  'engine',
  'refine',
  'channel',
  'depth',
  'layers',
  'sizes',
  'memory',
  'versions',
  'batch',
  'kill',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, report: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${PARTS.join(', ')}`);
  process.exit(2);
}

// Both sides choose their threads themselves.
for (const name of Object.keys(process.env).filter((name) =>
  /^(OMP|OPENBLAS|MKL|NUMEXPR|VIPS|MASKWRIGHT)_(?!BENCH)/.test(name),
)) {
  delete process.env[name];
}
process.env.MASKWRIGHT_CACHE = join(WORK_FOLDER, 'cache');

const folder = values.quick ? join(WORK_FOLDER, 'quick') : fileURLToPath(new URL('.', import.meta.url));
const fileOf = (part) => join(folder, 'results', `${part}.json`);
mkdirSync(join(folder, 'results'), { recursive: true });
if (!values.report) {
  fullSizeModel();
  const runPart = fileURLToPath(new URL('run-part.mjs', import.meta.url));
  for (const part of PARTS.filter((part) => positionals.length === 0 || positionals.includes(part))) {
    const started = performance.now();
    const args = [runPart, part, fileOf(part), ...(values.quick ? ['quick'] : [])];
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    console.log(`${part}: ${status === 0 ? 'done' : 'FAILED'}, ${((performance.now() - started) / 1000).toFixed(0)} s`);
    if (status !== 0) {
      process.exitCode = 1;
    }
  }
}
const results = PARTS.filter((part) => existsSync(fileOf(part))).map((part) =>
  JSON.parse(readFileSync(fileOf(part), 'utf8')),
);
writeReport(folder, results, values);
console.log(join(folder, 'RESULTS.md'));
