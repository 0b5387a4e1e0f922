// Depth layers: 12 megapixels against nothing but decoding and encoding, and memory over many pictures.
//
//   node test/bench/layers.mjs [speed] [memory] [--rounds 5] [--pictures 50]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildLayers } from '../../dist/depth/layers-build.js';
import { gradientDepth } from '../../dist/depth/normalize-depth.js';
import { sliceDepth } from '../../dist/depth/slice-depth.js';
import { sortDepths, splitDepth } from '../../dist/depth/split-depth.js';
import { decodeImage } from '../../dist/io/decode-image.js';
import { encodeImage } from '../../dist/io/encode-image.js';
import { openLayersFolder } from '../../dist/jobs/layers-folder.js';
import { layersJob } from '../../dist/jobs/layers-job.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    pictures: { type: 'string', default: '50' },
    program: { type: 'string', default: fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url)) },
  },
});
const wanted = positionals.length === 0 ? ['speed', 'memory'] : positionals;
const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'));

/** Soft shapes with the noise of a camera. */
function photo(width, height, seed = 1) {
  const data = new Uint8Array(width * height * 3);
  let state = seed;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const wave = Math.sin(x / 90 + seed) * Math.cos(y / 70) + Math.sin((x + y) / 210);
      for (let c = 0; c < 3; c++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        data[i + c] = 128 + 50 * wave + 20 * c - 20 + (state >>> 29);
      }
    }
  }
  return { kind: 'raster', width, height, channels: 3, data };
}

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function timed(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function speed() {
  const [width, height, featherPx] = [4000, 3000, 5];
  const input = join(folder, 'photo.png');
  const picture = photo(width, height);
  writeFileSync(input, await encodeImage(picture));
  const split = { kind: 'quantile', layers: 4 };
  const depth = gradientDepth(width, height);
  const bands = sliceDepth(depth, splitDepth(sortDepths(depth), split));
  const rasters = [...buildLayers(picture, bands, { featherPx })].map(({ raster }) => raster);

  const bare = async () => {
    await decodeImage(input);
    await Promise.all(rasters.map((raster) => encodeImage(raster)));
  };
  const outdir = join(folder, 'layers');
  const ours = async () => {
    const layers = await openLayersFolder(outdir, { inputs: [input] });
    await layersJob(input, {
      depth: { kind: 'gradient' },
      split,
      featherPx,
      cleanEdgesPx: 0,
      naming: { outdir, suffix: '', layers: 4 },
      folder: layers,
      story: {},
    });
    await layers.finish({ clear: true });
  };
  const rounds = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    rounds.push([await timed(bare), await timed(ours)]);
  }
  const [bareSeconds, ourSeconds] = [middle(rounds.map(([a]) => a)), middle(rounds.map(([, b]) => b))];
  const ratio = middle(rounds.map(([a, b]) => b / a));
  console.log(
    `12 MP, 4 layers, feather 5: decode + 4 encodes ${bareSeconds.toFixed(2)} s, layers ${ourSeconds.toFixed(2)} s`,
  );
  console.log(`ratio ${ratio.toFixed(2)} (the middle of ${rounds.length} rounds; at most 1.30 wanted)`);
}

async function memory() {
  const count = Number(values.pictures);
  const few = Math.max(1, Math.round(count / 5));
  for (const [name, pictures] of [
    ['few', few],
    ['many', count],
  ]) {
    mkdirSync(join(folder, name));
    for (let i = 0; i < pictures; i++) {
      writeFileSync(join(folder, name, `frame-${i}.png`), await encodeImage(photo(2000, 1500, i + 1), { fast: true }));
    }
  }
  const peaks = {};
  for (const name of ['few', 'many']) {
    peaks[name] = await peakOf([
      'layers',
      '--input-dir',
      join(folder, name),
      '--no-model',
      '--layers',
      '4',
      '--feather',
      '5',
      '--output-dir',
      join(folder, `${name}-layers`),
      '--quiet',
    ]);
  }
  console.log(`peak memory of ${few} pictures of 3 MP ${peaks.few} MB, of ${count} pictures ${peaks.many} MB`);
}

/** The most memory a run of the program held, in MB (Linux). */
function peakOf(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [values.program, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    let peak = 0;
    const poll = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024));
      } catch {
        // It has just ended, or this is not Linux.
      }
    }, 50);
    child.on('close', () => {
      clearInterval(poll);
      resolve(peak);
    });
  });
}

try {
  if (wanted.includes('speed')) await speed();
  if (wanted.includes('memory')) await memory();
} finally {
  rmSync(folder, { recursive: true });
}
