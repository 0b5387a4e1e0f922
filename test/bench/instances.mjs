// Touching things separated: node test/bench/instances.mjs [--scenes 60]
//
// Draws 2 to 6 touching things of one kind (ellipses, blobs, bottles, figures with heads and legs) whose masks are known, makes a heatmap of their
// union at 352 x 352 (blur 5 with smooth noise; blur 4 in 16-pixel means; dips between things as models show them), scales it to
// 704 x 528, and divides it. An instance counts as found where a part overlaps it with IoU >= 0.5.
import { parseArgs } from 'node:util';
import { findInstances } from '../../dist/engine/instances/find-instances.js';
import { gaussianBlur } from '../../dist/engine/filters/gaussian-blur.js';
import { createHeatmap, createMask, resizeHeatmap } from '../../dist/raster/index.js';
import { seededRandom } from '../support/seeded-random.mjs';

const { values } = parseArgs({ options: { scenes: { type: 'string', default: '60' } } });
const [WIDTH, HEIGHT] = [704, 528];
const KINDS = ['ellipses', 'blobs', 'bottles', 'figures'];

/** Whether a point is inside a thing: its signed distance in units of the thing's size. */
function drawThing(kind, random) {
  const turn = kind === 'bottles' || kind === 'figures' ? (random() - 0.5) * 0.3 : random() * Math.PI;
  const stretch = 0.75 + random() * 0.5;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const waves = kind === 'blobs' ? [2, 3, 4].map((n) => ({ n, a: random() * 0.12, p: random() * 6.28 })) : [];
  return (dx, dy) => {
    const u = (dx * cos + dy * sin) / stretch;
    const v = (dy * cos - dx * sin) * stretch;
    if (kind === 'bottles') {
      const width = v < -0.45 ? 0.2 : 0.45;
      return Math.max(Math.abs(u) - width, Math.abs(v) - 1);
    }
    if (kind === 'figures') {
      const head = Math.hypot(u, v + 1.1) - 0.26;
      const neck = Math.max(Math.abs(u) - 0.11, Math.abs(v + 0.8) - 0.2);
      const body = Math.max(Math.abs(u) - 0.38, Math.abs(v + 0.2) - 0.6);
      const legs = Math.max(Math.abs(Math.abs(u) - 0.22) - 0.14, Math.abs(v - 0.9) - 0.6);
      return Math.min(head, neck, body, legs);
    }
    const angle = Math.atan2(v, u);
    return Math.hypot(u, v) - waves.reduce((r, { n, a, p }) => r + a * Math.sin(n * angle + p), 0.8);
  };
}

/** Labels of things in a row or ring, each touching the one before; a nearer thing covers a farther one. */
function drawScene(seed) {
  const random = seededRandom(seed * 101 + 7);
  const kind = KINDS[seed % KINDS.length];
  const count = 1 + Math.floor(random() * 5);
  const labels = new Uint8Array(WIDTH * HEIGHT);
  let [x, y] = [WIDTH * 0.18, HEIGHT * (0.35 + random() * 0.3)];
  let lastSize = 0;
  for (let k = 1; k <= count; k++) {
    const size = 45 + random() * 40;
    const overlap = 0.85 + random() * 0.15;
    x += k === 1 ? 0 : (lastSize + size) * 0.8 * overlap;
    y += k === 1 ? 0 : (random() - 0.5) * size * 0.6;
    lastSize = size;
    const thing = drawThing(kind, random);
    for (let py = 0, i = 0; py < HEIGHT; py++) {
      for (let px = 0; px < WIDTH; px++, i++) {
        if (thing((px - x) / size, (py - y) / size) < 0) labels[i] = k;
      }
    }
  }
  return { labels, kind };
}

function heatmapOf(labels, model, seed) {
  const random = seededRandom(seed * 31 + 3);
  const small = createMask(352, 352);
  for (let y = 0, i = 0; y < 352; y++) {
    for (let x = 0; x < 352; x++, i++) {
      const at = Math.floor(((y + 0.5) * HEIGHT) / 352) * WIDTH + Math.floor(((x + 0.5) * WIDTH) / 352);
      small.data[i] = labels[at] > 0 ? 255 : 0;
      // A model is less certain where one thing ends and another begins.
      if (model === 'dip' && labels[at] > 0) {
        const border = [-5, 5].some((d) => {
          const h = labels[at + d];
          const v = labels[at + d * WIDTH];
          return (h > 0 && h !== labels[at]) || (v > 0 && v !== labels[at]);
        });
        small.data[i] = border ? 150 : 255;
      }
    }
  }
  const blurred = gaussianBlur(small, model === 'means' ? 4 : model === 'dip' ? 3 : 5);
  const grains = createMask(352, 352);
  for (let i = 0; i < grains.data.length; i++) grains.data[i] = random() * 256;
  const smooth = gaussianBlur(grains, 8);
  const data = Float32Array.from(blurred.data, (value) => value / 255);
  if (model === 'means') {
    for (let by = 0; by < 22; by++) {
      for (let bx = 0; bx < 22; bx++) {
        let sum = 0;
        for (let k = 0; k < 256; k++) sum += data[(by * 16 + (k >> 4)) * 352 + bx * 16 + (k & 15)];
        for (let k = 0; k < 256; k++) data[(by * 16 + (k >> 4)) * 352 + bx * 16 + (k & 15)] = sum / 256;
      }
    }
  }
  for (let i = 0; i < data.length; i++) {
    const h = data[i];
    const noise = ((smooth.data[i] - 127.5) / 255) * 1.2 * (0.3 + 4 * h * (1 - h)) * 0.3;
    data[i] = Math.min(1, Math.max(0, h * 0.92 + 0.03 + noise));
  }
  const map = createHeatmap(352, 352, data);
  if (model !== 'means') return resizeHeatmap(map, { width: WIDTH, height: HEIGHT });
  const cells = createHeatmap(22, 22);
  for (let k = 0; k < 484; k++) cells.data[k] = data[(Math.floor(k / 22) * 16 + 8) * 352 + (k % 22) * 16 + 8];
  return resizeHeatmap(cells, { width: WIDTH, height: HEIGHT });
}

function score(truth, found) {
  const things = truth.reduce((max, label) => Math.max(max, label), 0);
  const overlaps = new Map();
  const areas = new Float64Array(things + 1);
  for (let i = 0; i < truth.length; i++) {
    areas[truth[i]]++;
    if (truth[i] > 0 && found.labels[i] > 0) {
      const key = truth[i] * 1000 + found.labels[i];
      overlaps.set(key, (overlaps.get(key) ?? 0) + 1);
    }
  }
  let sum = 0;
  let hits = 0;
  for (let thing = 1; thing <= things; thing++) {
    let best = 0;
    for (const { label, area } of found.instances) {
      const both = overlaps.get(thing * 1000 + label) ?? 0;
      best = Math.max(best, both / (areas[thing] + area - both));
    }
    sum += best;
    hits += best >= 0.5 ? 1 : 0;
  }
  return { things, sum, hits, exact: found.instances.length === things };
}

console.log('| heatmap | method | found | mean IoU | right number | ms a scene |');
console.log('|---|---|---|---|---|---|');
for (const model of ['blur', 'means', 'dip']) {
  for (const [name, splitTouching] of [
    ['components', false],
    ['split touching', true],
  ]) {
    let [things, sum, hits, exact, ms] = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < Number(values.scenes); seed++) {
      const { labels } = drawScene(seed);
      const heatmap = heatmapOf(labels, model, seed);
      const start = performance.now();
      const found = findInstances(heatmap, { splitTouching });
      ms += performance.now() - start;
      const result = score(labels, found);
      things += result.things;
      sum += result.sum;
      hits += result.hits;
      exact += result.exact ? 1 : 0;
    }
    const scenes = Number(values.scenes);
    console.log(
      `| ${model} | ${name} | ${hits} of ${things} | ${(sum / things).toFixed(3)} | ${exact} of ${scenes} | ${(ms / scenes).toFixed(0)} |`,
    );
  }
}
