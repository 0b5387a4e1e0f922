// Compositing two pictures through three masks, against maskilayer (installed with pip) in the same, interleaved runs.
//
//   node test/bench/composite.mjs [--sizes 1,12,48] [--runs 3]      (build first; Linux; needs python3 with venv)
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { pythonWith } from './peer-python.mjs';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1,12,48' },
    runs: { type: 'string', default: '3' },
    program: { type: 'string', default: fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url)) },
  },
});
const python = pythonWith('maskilayer');
const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'));

/** Soft shapes and grain that neighbours share, as a camera leaves it: about as hard to compress as a photograph. */
async function drawPicture(path, width, height, channels, seed, grain) {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 4294967296;
  const small = { width: Math.ceil(width / 90), height: Math.ceil(height / 90), channels };
  const cells = Uint8Array.from({ length: small.width * small.height * channels }, () => random() * 256);
  let soft = sharp(cells, { raw: small }).resize(width, height, { kernel: 'cubic', fit: 'fill' });
  if (channels === 1) {
    soft = soft.toColourspace('b-w');
  }
  const pixels = await soft.raw().toBuffer();
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] + (random() + random() - 1) * grain;
    pixels[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  let picture = sharp(pixels, { raw: { width, height, channels } });
  if (grain > 0) {
    picture = picture.blur(0.5);
  }
  await (channels === 1 ? picture.toColourspace('b-w') : picture).png({ compressionLevel: 2 }).toFile(path);
}

/** Runs a program; gives seconds by the clock and of the processor, and the peak memory in MB. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    let peak = 0;
    let ticks = 0;
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const poll = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
        const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        ticks = Number(fields[11]) + Number(fields[12]);
      } catch {
        // It has just ended.
      }
    }, 10);
    child.on('close', (code) => {
      clearInterval(poll);
      const seconds = (performance.now() - started) / 1000;
      if (code !== 0) {
        reject(new Error(`${command} ${args.join(' ')}: ${stderr}`));
      } else {
        resolve({ seconds, cpu: ticks / 100, peak });
      }
    });
  });
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const format = (number, digits = 2) => number.toFixed(digits).padStart(8);

console.log(
  '                         wall s  maskilayer   ratio | cpu ratio | peak MB  maskilayer   ratio | file ratio',
);
for (const megapixels of values.sizes.split(',').map(Number)) {
  const width = Math.round(Math.sqrt((megapixels * 1e6 * 4) / 3));
  const height = Math.round((width * 3) / 4);
  const at = join(folder, String(megapixels));
  mkdirSync(at);
  const file = (name) => join(at, `${name}.png`);
  await drawPicture(file('back'), width, height, 3, 1, 5);
  await drawPicture(file('over'), width, height, 3, 2, 5);
  for (const name of ['m1', 'm2', 'm3']) {
    await drawPicture(file(name), width, height, 1, name.charCodeAt(1), 0);
  }
  for (const fast of [false, true]) {
    const common = ['-b', file('back'), '-c', file('over'), '-n', '3', ...(fast ? ['-f'] : [])];
    const ours = [values.program, 'comp', ...common, '-m', `${file('m1')};${file('m2')}`, '-i', file('m3')];
    const theirs = ['-m', 'maskilayer', ...common, `--masks=${file('m1')};${file('m2')}`, `--imasks=${file('m3')}`];
    const results = { ours: [], theirs: [] };
    for (let i = 0; i < Number(values.runs); i++) {
      results.ours.push(await run(process.execPath, [...ours, '-o', file('ours'), '-s', file('ours-mask')]));
      results.theirs.push(await run(python, [...theirs, '-o', file('theirs'), '-s', file('theirs-mask')]));
    }
    const of = (whose, what) => median(results[whose].map((result) => result[what]));
    const ratio = (what) => of('ours', what) / of('theirs', what);
    const size = (name) => statSync(file(name)).size;
    console.log(
      `${String(megapixels).padStart(3)} MP ${fast ? '--fast' : '      '}  `.padEnd(20) +
        `${format(of('ours', 'seconds'))}${format(of('theirs', 'seconds'))}    ${format(ratio('seconds'))} |${format(ratio('cpu'))} |` +
        `${format(of('ours', 'peak'), 0)}${format(of('theirs', 'peak'), 0)}    ${format(ratio('peak'))} |` +
        `${format(size('ours') / size('theirs'))} (mask ${(size('ours-mask') / size('theirs-mask')).toFixed(2)})`,
    );
  }
}
rmSync(folder, { recursive: true });
