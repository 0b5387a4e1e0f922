// Many pictures in one run: memory, speed against one file at a time, and what kill -9 leaves.
//
//   node test/bench/batch.mjs [memory] [speed] [kill] [--model tiny] [--pictures 2000] [--kills 50]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'tiny' },
    pictures: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '50' },
    program: { type: 'string', default: fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url)) },
  },
});
const wanted = positionals.length === 0 ? ['memory', 'speed', 'kill'] : positionals;
const folder = mkdtempSync(join(tmpdir(), 'maskwright-batch-'));
const inFolder = (name) => join(folder, name);

/** Runs the program; gives seconds, exit code, peak memory in MB (Linux), and what it said. */
function run(args, { killAfterMs } = {}) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, [values.program, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, MASKWRIGHT_CACHE: inFolder('cache') },
    });
    let stderr = '';
    let peak = 0;
    child.stderr.on('data', (chunk) => {
      stderr = (stderr + chunk).slice(-20_000);
    });
    const poll = setInterval(() => {
      try {
        peak =
          Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? peak * 1024) / 1024;
      } catch {
        // It has just ended, or this is not Linux.
      }
    }, 50);
    const killer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('close', (code, signal) => {
      clearInterval(poll);
      clearTimeout(killer);
      if (signal !== 'SIGKILL' && code !== 0 && code !== 3) {
        console.error(`exit code ${code}: ${stderr}`);
        process.exitCode = 1;
      }
      resolve({ seconds: (performance.now() - started) / 1000, code, peak, stderr });
    });
  });
}

/** Pictures of `width` x `height` with soft shapes and noise, all different, as a camera would make them. */
async function drawPictures(into, count, width = 640, height = 480) {
  mkdirSync(into, { recursive: true });
  const pixels = new Uint8Array(width * height * 3);
  let seed = 1;
  for (let n = 0; n < count; n++) {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i += 3) {
        seed = (seed * 1103515245 + 12345) & 0x7fffffff;
        const noise = (seed >> 16) & 7;
        const disc = (x - 200 - (n % 240)) ** 2 + (y - 240) ** 2 < 110 ** 2;
        pixels[i] = (disc ? 230 : x >> 2) + noise;
        pixels[i + 1] = (disc ? 130 : y >> 2) + noise;
        pixels[i + 2] = (disc ? 20 : 120) + noise;
      }
    }
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toFile(join(into, `${String(n).padStart(4, '0')}.png`));
  }
}

/** Every file below a folder with its content's hash. */
function snapshot(at) {
  const files = readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(at.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

async function memory() {
  const count = Number(values.pictures);
  const pictures = inFolder('memory');
  await drawPictures(pictures, count);
  const few = inFolder('few.txt');
  const names = readdirSync(pictures).sort();
  writeFileSync(
    few,
    names
      .slice(0, count / 10)
      .map((name) => join(pictures, name))
      .join('\n'),
  );
  const args = ['-tm', 'orange', '--model', values.model, '-q', '--outdir'];
  const small = await run(['mask', '--files-from', few, ...args, inFolder('out-few')]);
  // Fifteen broken ones, spread over the run: cut off, empty, or no picture at all.
  const broken = names.filter((_, i) => i % Math.floor(count / 15) === 7).slice(0, 15);
  broken.forEach((name, i) => {
    if (i % 3 === 2) writeFileSync(join(pictures, name), 'no picture');
    else truncateSync(join(pictures, name), i % 3 === 0 ? 20_000 : 0);
  });
  const large = await run(['mask', pictures, ...args, inFolder('out-all')]);
  const written = readdirSync(inFolder('out-all')).filter((name) => name.endsWith('.masked.png')).length;
  const told = new Set(broken.filter((name) => large.stderr.includes(name))).size;
  console.log(
    `memory: peak ${small.peak.toFixed(0)} MB at ${count / 10}, ${large.peak.toFixed(0)} MB at ${count}: ratio ${(large.peak / small.peak).toFixed(3)} (at most 1.15)`,
  );
  console.log(
    `        ${(count / large.seconds).toFixed(1)} pictures a second, exit code ${large.code} (3), ${told} of ${broken.length} broken ones told, ${written} of ${count - broken.length} others written`,
  );
}

async function speed() {
  const pictures = inFolder('speed');
  await drawPictures(pictures, 24, 1600, 1200);
  const mask = inFolder('mask.png');
  await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#fff' } })
    .png()
    .toFile(mask);
  const times = { 1: [], 2: [], loop: [] };
  for (let round = 0; round < 5; round++) {
    for (const jobs of [1, 2]) {
      const { seconds } = await run([
        'inpaint',
        pictures,
        '-m',
        mask,
        '-q',
        '--jobs',
        String(jobs),
        '--outdir',
        inFolder('out-speed'),
      ]);
      times[jobs].push(seconds);
    }
    let looped = 0;
    for (const name of readdirSync(pictures).slice(0, 4)) {
      looped += (await run(['inpaint', join(pictures, name), '-m', mask, '-q', '-o', inFolder('one.png')])).seconds;
    }
    times.loop.push(looped * 6);
  }
  const [one, two, loop] = [times[1], times[2], times.loop].map(median);
  console.log(
    `speed:  24 pictures of 1.9 MP: ${one.toFixed(1)} s with --jobs 1, ${two.toFixed(1)} s with --jobs 2 (ratio ${(one / two).toFixed(2)}), ${loop.toFixed(1)} s in a loop of processes (ratio ${(loop / two).toFixed(2)}); at least 1.6`,
  );
}

async function kill() {
  const pictures = inFolder('kill');
  await drawPictures(pictures, 24, 320, 240);
  const mask = inFolder('kill-mask.png');
  await sharp({ create: { width: 320, height: 240, channels: 3, background: '#fff' } })
    .png()
    .toFile(mask);
  const argsFor = (out) => ['inpaint', pictures, '-m', mask, '-q', '--outdir', out];
  const whole = inFolder('out-whole');
  const { seconds } = await run(argsFor(whole));
  const expected = snapshot(whole);
  let wrong = 0;
  let resumed = 0;
  let leftBehind = 0;
  for (let i = 0; i < Number(values.kills); i++) {
    const out = inFolder('out-killed');
    rmSync(out, { recursive: true, force: true });
    const { code } = await run(argsFor(out), { killAfterMs: (0.25 + 0.75 * Math.random()) * seconds * 1000 });
    resumed += code === null ? 1 : 0;
    try {
      leftBehind += readdirSync(out).filter((name) => name.endsWith('.tmp')).length;
    } catch {
      // Killed before it wrote anything.
    }
    await run([...argsFor(out), '--resume']);
    const found = snapshot(out);
    const same = found.size === expected.size && [...expected].every(([name, hash]) => found.get(name) === hash);
    wrong += same ? 0 : 1;
  }
  console.log(
    `kill:   ${resumed} of ${values.kills} runs killed, ${leftBehind} temporary files left by them; after --resume ${wrong} folders differ from the unbroken run's (0)`,
  );
}

try {
  console.log(`${cpus().length} cores, ${cpus()[0].model}, Node ${process.version}, model ${values.model}`);
  for (const [name, part] of Object.entries({ memory, speed, kill })) {
    if (wanted.includes(name)) await part();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
