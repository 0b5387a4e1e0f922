// Clicks and boxes on photographs: node test/bench/clicks.mjs --pairs <folder> [--clicks 10]
//
// `pairs` holds NAME.jpg, NAME.mask.png (white = the thing) and names.json. The usual protocol: the first click is the
// pixel of the thing that is farthest from its outline, each next one the same of the larger error, missed or wrongly selected.
// Times are processor time, on the pairs and, with `--large`, on one of them scaled to 4000 x 3000.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import * as seeded from '../../dist/engine/interaction/seeded-segmentation.js';
import { distanceTransform } from '../../dist/engine/distance/distance-transform.js';
import { createMask, createRaster } from '../../dist/raster/index.js';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string' },
    clicks: { type: 'string', default: '10' },
    each: { type: 'boolean' },
    large: { type: 'boolean' },
    step: { type: 'string', default: '1' },
  },
});
const names = JSON.parse(readFileSync(join(values.pairs, 'names.json'), 'utf8')).filter(
  (_, i) => i % Number(values.step) === 0,
);
const clicks = Number(values.clicks);

/** Processor time of this process so far, in milliseconds. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The pixel of a region that is farthest from its outline, and how far; edges of the image are outlines. */
function innermost(region, width, height) {
  const padded = createMask(width + 2, height + 2, new Uint8Array((width + 2) * (height + 2)).fill(255));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (region(y * width + x)) padded.data[(y + 1) * (width + 2) + x + 1] = 0;
  }
  const distances = distanceTransform(padded);
  let best = 0;
  for (let i = 1; i < distances.length; i++) if (distances[i] > distances[best]) best = i;
  return { distance: distances[best], x: (best % (width + 2)) - 1, y: Math.floor(best / (width + 2)) - 1 };
}

function overlap(a, b) {
  let [both, either] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    both += a[i] & b[i] & 1;
    either += (a[i] | b[i]) & 1;
  }
  return both / either;
}

const sums = new Float64Array(clicks);
let [boxSum, first, next, nextCount] = [0, 0, 0, 0];
for (const name of names) {
  const { data, info } = await sharp(join(values.pairs, `${name}.jpg`))
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const image = createRaster(width, height, 3, data);
  const mask = await sharp(join(values.pairs, `${name}.mask.png`))
    .greyscale()
    .raw()
    .toBuffer();
  const truth = mask.map((value) => (value > 127 ? 255 : 0));
  let t = processorMs();
  const segmenter = seeded.createSeedSegmenter(image);
  const points = [];
  let found = new Uint8Array(truth.length);
  const row = [];
  for (let k = 0; k < clicks; k++) {
    const missed = innermost((i) => truth[i] > found[i], width, height);
    const wrong = innermost((i) => truth[i] < found[i], width, height);
    const include = missed.distance >= wrong.distance;
    const { x, y } = include ? missed : wrong;
    points.push({ x: x + 0.5, y: y + 0.5, include });
    if (k > 0) t = processorMs();
    found = segmenter.segment({ points }).data;
    if (k === 0) first += processorMs() - t;
    else {
      next += processorMs() - t;
      nextCount++;
    }
    row.push(overlap(truth, found));
    sums[k] += row[k];
  }
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
  }
  const box = overlap(truth, segmenter.segment({ boxes: [{ x: x0, y: y0, width: x1 - x0, height: y1 - y0 }] }).data);
  boxSum += box;
  if (values.each) console.log(name.padEnd(28), 'box', box.toFixed(3), row.map((v) => v.toFixed(2)).join(' '));
}
const mean = (k) => (k <= clicks ? (sums[k - 1] / names.length).toFixed(3) : '-');
console.log(`| box | 1 click | 3 | 5 | 10 | ms first | ms next |`);
console.log(
  `| ${(boxSum / names.length).toFixed(3)} | ${mean(1)} | ${mean(3)} | ${mean(5)} | ${mean(10)} | ${(first / names.length).toFixed(0)} | ${(next / Math.max(1, nextCount)).toFixed(0)} |`,
);

if (values.large) {
  const [width, height] = [4000, 3000];
  const data = await sharp(join(values.pairs, `${names[0]}.jpg`))
    .removeAlpha()
    .toColourspace('srgb')
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  const image = createRaster(width, height, 3, data);
  const points = [{ x: 2000, y: 1500 }];
  const times = [];
  const segmenter = seeded.createSeedSegmenter(image);
  for (let k = 0; k < 5; k++) {
    const t = processorMs();
    segmenter.segment({ points });
    times.push(processorMs() - t);
    points.push({ x: 500 + 600 * k, y: 300 + 500 * k, include: k % 2 === 0 });
  }
  const next = times.slice(1).sort((a, b) => a - b)[1];
  console.log(`12 MP: first click ${times[0].toFixed(0)} ms, next ${next.toFixed(0)} ms`);
}
