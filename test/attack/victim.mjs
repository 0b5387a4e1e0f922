// Runs real commands over broken files, in this process for speed or in one of their own, and judges what came of
// it. The runner watches it from outside: a crash or a hang ends it, and the case that did it is known.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { main } from '../../dist/cli/main.js';
import { caseAt } from './cases.mjs';
import { unpackToyModel } from '../support/toy-model.mjs';
import { mutate, noiseDepth, noiseImage, ROOT, soundFiles } from './corpus.mjs';

const ALLOWED = new Set([0, 2, 3, 4, 5, 6]);
const [sandbox, seed, sound] = [process.argv[2], Number(process.argv[3]), process.argv[4] === 'sound'];
const outdir = join(sandbox, 'out');
const caches = join(sandbox, 'cache');
const temporary = join(sandbox, 'tmp');
const prepared = join(sandbox, 'prepared');
process.env.MASKWRIGHT_CACHE = caches;
process.env.TMPDIR = temporary;
process.env.HF_HUB_OFFLINE = '1';

const { corpus, heatmapPath } = await prepare();
process.on('message', async (number) => process.send(await attack(number)));
process.send({ ready: true });

/** Sound files of every kind around which the broken one is put. */
async function prepare() {
  for (const folder of [outdir, caches, temporary, prepared]) {
    mkdirSync(folder, { recursive: true });
  }
  process.chdir(sandbox);
  unpackToyModel('model');
  await noiseImage(3).png().toFile('image.png');
  await noiseImage(4).png().toFile('holed.png');
  await noiseImage(1).png().toFile('mask.png');
  await noiseDepth().png().toFile('depth.png');
  writeFileSync('guard.txt', 'nobody writes here\n');
  writeFileSync(
    'table.yaml',
    "table: in.csv\nsources: [{ kind: key, color: '#5a5a5a' }]\noutputs: [{ kind: mask, name: '{words}-{index}.{ext}' }]\n",
  );
  cpSync(join(ROOT, 'examples/recipes'), 'recipes', { recursive: true });
  const commands = [
    ['crop', 'image.png', 'mask.png', '--size', '48', '--outdir', 'crop'],
    ['layers', 'image.png', '--no-model', '--layers', '4', '--output-dir', 'prepared/layers'],
    ['channel', 'image.png', 'holed.png', '--channel', 'hsv.s', '--outdir', 'prepared/channels'],
    ['mask', 'image.png', '-tm', 'orange', '--model', './model', '--outdir', 'prepared/mask'],
  ];
  for (const argv of commands) {
    const { code, stderr } = await runHere(argv);
    if (code !== 0) {
      throw new Error(`${argv.join(' ')}: ${stderr}`);
    }
  }
  writeFileSync('prepared/layers/mine.txt', 'not a layer\n');
  const read = (path) => readFileSync(path, 'utf8');
  const heatmaps = join(caches, 'heatmaps');
  const heatmapPath = join(heatmaps, readdirSync(heatmaps)[0]);
  const made = {
    job: read('crop/image.crop.json'),
    listing: read('prepared/layers/.maskwright-layers.json'),
    manifest: read('prepared/channels/.maskwright-manifest.jsonl'),
    heatmap: readFileSync(heatmapPath),
  };
  const corpus = await soundFiles(made);
  // A recipe that is refused as it is would test nothing once broken.
  for (const recipe of [...corpus.json, ...corpus['prompt recipe']]) {
    writeFileSync('in.json', recipe);
    const { code, stderr } = await runHere(['run', 'in.json', '--outdir', outdir]);
    if (code !== 0) {
      throw new Error(`${recipe.toString()}: ${stderr}`);
    }
  }
  return { corpus, heatmapPath };
}

/** Runs one case and says what is wrong with what came of it. */
async function attack(number) {
  const { kind, name, before, partial, command, random, spawned } = caseAt(number, seed);
  const sounds = corpus[kind];
  const whole = sounds[Math.floor(random() * sounds.length)];
  const broken = sound ? whole : mutate(kind, whole, random);
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir);
  if (before !== undefined) {
    cpSync(join(prepared, before), outdir, { recursive: true });
  }
  const input = name === 'HEATMAP' ? heatmapPath : join(sandbox, name);
  writeFileSync(input, broken);
  // A process cannot be given a NUL: the in-process cases have it.
  const words = spawned ? broken.toString().replaceAll('\0', '') : broken.toString();
  const argv = command.map((word) => (word === 'IN' ? input : word === 'TEXT' ? words : word.replace('OUT', outdir)));
  const around = files(sandbox).filter((path) => !path.startsWith('out/') && !path.startsWith('cache/'));
  const states = around.map(stateOf);
  const there = files(outdir);

  const { code, stdout, stderr, peak, milliseconds } = await (spawned ? runSpawned(argv) : runHere(argv));

  const complaints = [];
  if (!ALLOWED.has(code)) {
    complaints.push(`exit code ${code}: ${stderr.slice(0, 800)}`);
  }
  if (/\n\s+at .*:\d+/.test(stderr) || stderr.includes('this is a bug')) {
    complaints.push(`stack trace: ${stderr.slice(0, 800)}`);
  }
  if (code !== 0 && stderr.trim() === '' && stdout.trim() === '') {
    complaints.push('said nothing');
  }
  if (stderr !== '' && !stderr.startsWith('maskwright: ')) {
    complaints.push(`another voice on standard error: ${stderr.slice(0, 300)}`);
  }
  const now = files(outdir);
  const written = now.filter((path) => !there.includes(path));
  const someFailed = partial && code === 3 && /\d+ of \d+ failed/.test(stderr);
  // A check that finds fault has read its image well, and writes nothing.
  if (code !== 0 && written.length > 0 && !someFailed) {
    complaints.push(`wrote ${written.join(', ')} for a rejected input`);
  }
  complaints.push(...now.flatMap((path) => flawOf(join(outdir, path))));
  for (const [i, path] of around.entries()) {
    if (stateOf(path) !== states[i]) {
      complaints.push(`changed ${path}`);
    }
  }
  const after = files(sandbox).filter((path) => !path.startsWith('out/'));
  const strays = after.filter((path) => !path.startsWith('cache/') && !around.includes(path));
  complaints.push(...strays.map((path) => `left ${path}`));
  complaints.push(...after.filter((path) => path.endsWith('.tmp')).map((path) => `left ${path}`));
  if (before === undefined && name !== 'HEATMAP' && !readFileSync(input).equals(broken)) {
    complaints.push('changed its input');
  }
  complaints.push(...foundAgain(kind, code));
  for (const path of strays) {
    rmSync(join(sandbox, path), { force: true });
  }
  return { number, kind, argv: command.join(' '), code, complaints, milliseconds, peak, spawned };
}

/** Results of an earlier run must be there again, and what is not ours must still be there. */
function foundAgain(kind, code) {
  if (kind === 'layers listing') {
    const mine = join(outdir, 'mine.txt');
    return existsSync(mine) ? [] : ['removed mine.txt'];
  }
  if (kind === 'manifest' && code === 0) {
    const names = readdirSync(join(prepared, 'channels')).filter((file) => file.endsWith('.png'));
    return names
      .filter((file) => !readFileSync(join(outdir, file)).equals(readFileSync(join(prepared, 'channels', file))))
      .map((file) => `${file} is not what it was`);
  }
  return [];
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function stateOf(path) {
  const entry = statSync(join(sandbox, path), { bigint: true, throwIfNoEntry: false });
  return entry === undefined ? 'gone' : `${entry.ino} ${entry.size} ${entry.mtimeNs}`;
}

/** A written file is whole. */
function flawOf(path) {
  const bytes = readFileSync(path);
  if (path.endsWith('.png')) {
    return bytes.includes('IEND', bytes.length - 8) ? [] : [`${path} is not a whole PNG`];
  }
  return bytes.length === 0 && path.endsWith('.json') ? [`${path} is empty`] : [];
}

/** `main` with its output caught. */
async function runHere(argv) {
  let stdout = '';
  let stderr = '';
  const out = process.stdout.write;
  const err = process.stderr.write;
  const done = (args) => args.find((argument) => typeof argument === 'function')?.();
  process.stdout.write = (chunk, ...args) => ((stdout += chunk), done(args), true);
  process.stderr.write = (chunk, ...args) => ((stderr += chunk), done(args), true);
  process.exitCode = 0;
  const before = process.cpuUsage();
  try {
    await main(argv);
  } finally {
    process.stdout.write = out;
    process.stderr.write = err;
  }
  const code = process.exitCode;
  process.exitCode = 0;
  const { user, system } = process.cpuUsage(before);
  return { code, stdout, stderr, peak: process.resourceUsage().maxRSS * 1024, milliseconds: (user + system) / 1000 };
}

/** The program as a user starts it. Its memory and time are read from /proc while it runs, where there is one. */
function runSpawned(argv) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/maskwright.js'), ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let peak = 0;
    let milliseconds = 0;
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
        const times = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        milliseconds = 10 * (Number(times[11]) + Number(times[12]));
      } catch {
        // It has ended, or the system has no such file.
      }
    }, 10);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      resolve({ code: code ?? signal, stdout, stderr, peak, milliseconds });
    });
  });
}
