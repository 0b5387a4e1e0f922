// Matte and foreground colors against pymatting, on composites whose alpha and foreground are known:
//
//   node test/bench/matting.mjs [--python path] [--lemur folder]
//
// pymatting joins where a Python with it is found. `--lemur` holds lemur.png, lemur_trimap.png and lemur_alpha.png of
// pymatting's examples. Both get the same trimap; both alphas are rounded to 8 bits. Processor time after a first run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { estimateForeground } from '../../dist/engine/matting/estimate-foreground.js';
import { makeTrimap } from '../../dist/engine/matting/make-trimap.js';
import { matte } from '../../dist/engine/matting/matte.js';
import { decodeImage, decodeMask } from '../../dist/io/image/decode-image.js';
import { drawComposites } from './matting-composites.mjs';

const { values } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, lemur: { type: 'string' } },
});
/** How far the unknown band reaches beyond soft pixels. */
const BAND_PX = 4;

const scenes = drawComposites().map((scene) => ({ ...scene, trimap: makeTrimap(scene.mask, { width: BAND_PX }) }));
if (values.lemur !== undefined) scenes.push(await readLemur(values.lemur));
const work = mkdtempSync(join(tmpdir(), 'matting-'));
const found = { maskwright: solveOurs(), pymatting: solvePeer() };
rmSync(work, { recursive: true });
print();

async function readLemur(folder) {
  const { raster } = await decodeImage(join(folder, 'lemur.png'));
  const { mask } = await decodeMask(join(folder, 'lemur_alpha.png'));
  const trimap = (await decodeMask(join(folder, 'lemur_trimap.png'))).mask;
  return {
    name: 'lemur',
    kind: 'lemur',
    image: raster,
    alpha: Float64Array.from(mask.data, (v) => v / 255),
    mask,
    trimap,
  };
}

function solveOurs() {
  matte(scenes[0].image, scenes[0].trimap);
  return scenes.map(({ image, trimap, mask }) => {
    const begin = process.cpuUsage();
    const { data } = matte(image, trimap);
    const { user, system } = process.cpuUsage(begin);
    return { alpha: data, foreground: estimateForeground(image, mask).foreground.data, ms: (user + system) / 1000 };
  });
}

function solvePeer() {
  for (const { name, image, trimap, mask } of scenes) {
    const colors = image.channels === 3 ? image.data : image.data.filter((_, k) => k % 4 !== 3);
    writeFileSync(join(work, `${name}.image.raw`), colors);
    writeFileSync(join(work, `${name}.trimap.raw`), trimap.data);
    writeFileSync(join(work, `${name}.alpha.raw`), mask.data);
  }
  const script = fileURLToPath(new URL('peers/matting.py', import.meta.url));
  const sizes = scenes.map(({ name, image }) => `${name}:${image.width}:${image.height}`);
  try {
    // pymatting prints warnings as well: the answer is the last line.
    const times = JSON.parse(
      execFileSync(values.python, [script, work, ...sizes])
        .toString()
        .trim()
        .split('\n')
        .at(-1),
    );
    return scenes.map(({ name }) => ({
      alpha: readFileSync(join(work, `${name}.matte.raw`)),
      foreground: readFileSync(join(work, `${name}.foreground.raw`)),
      ms: times[name],
    }));
  } catch (error) {
    console.error(`no peer: ${String(error.message).split('\n')[0]}`);
    return undefined;
  }
}

/** Errors over the unknown pixels: sum of absolutes / 1000, mean square x 1000, squares of gradients (Rhemann et al. 2009). */
function measure({ image, alpha: truth, trimap, foreground }, { alpha, foreground: colors }) {
  const own = Float64Array.from(alpha, (value) => value / 255);
  const gradient = gradientMagnitude(own, image.width);
  const wanted = gradientMagnitude(truth, image.width);
  let [absolute, square, slope, count, color, weight] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (trimap.data[i] < 8 || trimap.data[i] > 247) continue;
    count++;
    absolute += Math.abs(own[i] - truth[i]);
    square += (own[i] - truth[i]) ** 2;
    slope += (gradient[i] - wanted[i]) ** 2;
    if (foreground === undefined) continue;
    weight += truth[i] * 3;
    for (let k = i * 3; k < i * 3 + 3; k++) color += truth[i] * Math.abs(colors[k] - foreground[k]);
  }
  return { sad: absolute / 1000, mse: (square / count) * 1000, gradient: slope, color: color / weight };
}

/** Length of the gradient by derivatives of a Gaussian with standard deviation 1.4. */
function gradientMagnitude(plane, width) {
  const SIGMA = 1.4;
  const offsets = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
  const bell = offsets.map((d) => Math.exp(-(d * d) / (2 * SIGMA * SIGMA)));
  const total = bell.reduce((sum, value) => sum + value, 0);
  const smooth = bell.map((value) => value / total);
  const derive = smooth.map((value, k) => (offsets[k] / (SIGMA * SIGMA)) * value);
  const along = (source, kernel, step) =>
    source.map((_, i) => {
      const limit = step === 1 ? width : plane.length / width;
      const at = step === 1 ? i % width : Math.floor(i / width);
      let sum = 0;
      offsets.forEach(
        (d, k) => (sum += kernel[k] * source[i + (Math.min(Math.max(at + d, 0), limit - 1) - at) * step]),
      );
      return sum;
    });
  const across = along(along(plane, derive, 1), smooth, width);
  const down = along(along(plane, smooth, 1), derive, width);
  return across.map((value, i) => Math.hypot(value, down[i]));
}

function print() {
  const kinds = [...new Set(scenes.map(({ kind }) => kind))];
  console.log('| | | SAD | MSE x 1000 | gradient | foreground, steps of 255 | CPU ms |\n|---|---|---|---|---|---|---|');
  for (const kind of kinds) {
    for (const [method, results] of Object.entries(found)) {
      if (results === undefined) continue;
      const rows = scenes.flatMap((scene, i) =>
        scene.kind === kind ? [{ ...measure(scene, results[i]), ms: results[i].ms }] : [],
      );
      const mean = (key) => rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
      const cells = [mean('sad').toFixed(3), mean('mse').toFixed(3), mean('gradient').toFixed(2)];
      const color = Number.isNaN(mean('color')) ? '' : mean('color').toFixed(2);
      console.log(
        `| ${kind} (${rows.length}) | ${method} | ${cells.join(' | ')} | ${color} | ${mean('ms').toFixed(0)} |`,
      );
    }
  }
}
