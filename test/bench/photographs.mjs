// Refine on photographs with true masks:
//
//   node test/bench/photographs.mjs --pairs folder [--heatmaps folder] [--python path] [--part 3,1] [--ours]
//
// `pairs` holds <name>.jpg and <name>.mask.png (white = the thing). Heatmaps of 352 x 352 are made of the masks;
// `--heatmaps` reads <name>.<model>.f32 instead. OpenCV's peers join where a Python with it is found (`--python`).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { refineHeatmap } from '../../dist/engine/filters/refine-heatmap.js';
import { autoThreshold } from '../../dist/engine/threshold/auto-threshold.js';
import { thresholdHeatmap } from '../../dist/engine/threshold/threshold-heatmap.js';
import { thresholdMask } from '../../dist/engine/threshold/threshold-mask.js';
import { decodeImage, decodeMask } from '../../dist/io/image/decode-image.js';
import { createHeatmap, heatmapToMask, resizeHeatmap } from '../../dist/raster/index.js';
import { boundaryScore, intersectionOverUnion } from '../support/measure-edges.mjs';
import { HEATMAP_MODELS, makeHeatmap } from './photograph-heatmaps.mjs';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string' },
    heatmaps: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    part: { type: 'string', default: '1,0' },
    ours: { type: 'boolean', default: false },
  },
});
if (values.pairs === undefined) throw new Error('--pairs is missing: a folder of <name>.jpg and <name>.mask.png');
const [parts, part] = values.part.split(',').map(Number);
const names = readdirSync(values.pairs)
  .filter((name) => name.endsWith('.mask.png'))
  .map((name) => name.slice(0, -'.mask.png'.length))
  .toSorted()
  .filter((_, i) => i % parts === part);

/** Share of the image below which a thing is of each class. */
const CLASSES = { 'under 3 %': 0.03, '3 to 15 %': 0.15, 'over 15 %': Infinity };

/** What a pixel needs, joined to one that needs more. */
const HYSTERESIS = [0.4, 0.6];

const ours = {
  'plain bilinear': (heatmap, image) => resizeHeatmap(heatmap, image),
  'refine, fast': (heatmap, image, pivot) => refineHeatmap(heatmap, image, { pivot }),
  'refine, best': (heatmap, image, pivot) => refineHeatmap(heatmap, image, { pivot, mode: 'best' }),
};

const work = mkdtempSync(join(tmpdir(), 'photographs-'));
const rows = [];
const photographs = [];
for (const name of names) {
  const image = (await decodeImage(join(values.pairs, `${name}.jpg`))).raster;
  const truth = (await decodeMask(join(values.pairs, `${name}.mask.png`))).mask.data.map((v) => (v > 127 ? 255 : 0));
  photographs.push({ name, image, truth });
  for (const model of HEATMAP_MODELS) {
    const heatmap = heatmapOf(name, model, truth, image);
    const automatic = autoThreshold(heatmap);
    for (const [method, look] of Object.entries(ours)) {
      const begin = process.cpuUsage();
      const found = look(heatmap, image, 0.5);
      const { user, system } = process.cpuUsage(begin);
      score(model, method, cut(found, 0.5), { name, image, truth }, (user + system) / 1000);
      score(model, `${method}, auto`, cut(look(heatmap, image, automatic), automatic), { name, image, truth });
      if (method === 'refine, best') continue;
      const limits = { low: HYSTERESIS[0] * 255, high: HYSTERESIS[1] * 255 };
      const mask = thresholdMask(heatmapToMask(found), limits);
      score(model, `${method}, hysteresis ${HYSTERESIS.join(':')}`, mask.data, { name, image, truth });
    }
  }
}
if (!values.ours) measurePeers();
rmSync(work, { recursive: true });
print();

/** One of the heatmaps, and its file for the peers. */
function heatmapOf(name, model, truth, image) {
  const file = `${name}.${model}.f32`;
  const data =
    values.heatmaps === undefined
      ? makeHeatmap(truth, image, model, name)
      : new Float32Array(new Uint8Array(readFileSync(join(values.heatmaps, file))).buffer);
  writeFileSync(join(work, file), new Uint8Array(data.buffer));
  return createHeatmap(352, 352, data);
}

/** A method's mask from 0.5, or from the threshold that the heatmap suggests. */
function cut(heatmap, threshold) {
  return thresholdHeatmap(heatmap, threshold).data;
}

function measurePeers() {
  const script = fileURLToPath(new URL('peers/photographs.py', import.meta.url));
  let times;
  try {
    const answer = execFileSync(values.python, [script, values.pairs, work, ...names], { maxBuffer: 2 ** 26 });
    times = JSON.parse(answer.toString());
  } catch (error) {
    console.error(`no peers: ${String(error.message).split('\n')[0]}`);
    return;
  }
  for (const photograph of photographs) {
    for (const model of HEATMAP_MODELS) {
      for (const [method, milliseconds] of Object.entries(times)) {
        const mask = new Uint8Array(readFileSync(join(work, `${photograph.name}.${model}.${method}.raw`)));
        score(model, method, mask, photograph, milliseconds);
      }
    }
  }
}

function score(model, method, mask, { name, image: { width, height }, truth }, milliseconds) {
  const area = count(truth);
  rows.push({
    name,
    model,
    method,
    milliseconds,
    overlap: intersectionOverUnion(mask, truth),
    edge: boundaryScore(mask, truth, width, height, 2),
    wide: boundaryScore(mask, truth, width, height, 0.0075 * Math.hypot(width, height)),
    area: count(mask) / area,
    size: Object.keys(CLASSES).find((key) => area / truth.length < CLASSES[key]),
  });
}

function count(mask) {
  return mask.reduce((sum, value) => sum + (value >> 7), 0);
}

function mean(list, key) {
  return list.reduce((sum, row) => sum + row[key], 0) / list.length;
}

function print() {
  const methods = [...new Set(rows.map(({ method }) => method))];
  const cells = (list, keys) => keys.map((key) => mean(list, key).toFixed(3).replace(/^0/, '')).join('/');
  console.log(`${names.length} photographs. IoU / boundary F at 2 px / at 0.75 % of the diagonal.\n`);
  console.log(`| | ${HEATMAP_MODELS.join(' | ')} | CPU ms |\n|---|${'---|'.repeat(HEATMAP_MODELS.length + 1)}`);
  for (const method of methods) {
    const own = rows.filter((row) => row.method === method);
    const scores = HEATMAP_MODELS.map((model) =>
      cells(
        own.filter((row) => row.model === model),
        ['overlap', 'edge', 'wide'],
      ),
    );
    const time = own[0].milliseconds === undefined ? '' : mean(own, 'milliseconds').toFixed(0);
    console.log(`| ${method} | ${scores.join(' | ')} | ${time} |`);
  }
  const sizes = Object.keys(CLASSES).filter((size) => rows.some((row) => row.size === size));
  console.log(`\nBy the share of the image that the thing has: IoU / area, of the true one, all heatmaps.\n`);
  const counts = sizes.map(
    (size) => `${size} (${new Set(rows.filter((r) => r.size === size).map((r) => r.name)).size})`,
  );
  console.log(`| | ${counts.join(' | ')} |\n|---|${'---|'.repeat(sizes.length)}`);
  for (const method of methods) {
    const own = rows.filter((row) => row.method === method);
    const scores = sizes.map((size) =>
      cells(
        own.filter((row) => row.size === size),
        ['overlap', 'area'],
      ),
    );
    console.log(`| ${method} | ${scores.join(' | ')} |`);
  }
  const worse = rows
    .filter(({ method }) => method === 'refine, fast')
    .map((row) => {
      const plain = rows.find((r) => r.method === 'plain bilinear' && r.name === row.name && r.model === row.model);
      return { ...row, loss: plain.overlap - row.overlap };
    })
    .filter(({ loss }) => loss > 0.005)
    .toSorted((a, b) => b.loss - a.loss);
  console.log(`\nRefined (fast), IoU lower than plain by more than .005: ${worse.length} of ${names.length * 4}.`);
  for (const { name, model, overlap, loss } of worse.slice(0, 8)) {
    console.log(`- ${name}, ${model}: ${(overlap + loss).toFixed(3)} to ${overlap.toFixed(3)}`);
  }
}
