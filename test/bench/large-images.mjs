// Time and memory of refine and matte on large images, each in a process of its own:
//
//   node test/bench/large-images.mjs --pairs folder [--name bsds_108036] [--megapixels 12,48]
//
// `pairs` as in photographs.mjs. The photograph is enlarged with its mask, with grain of 2 of 255; the heatmap is the
// noisy one (`clip`), the trimap's band 5 % of the image. Memory is the peak of the process, and what the process had
// before, with the image.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { refineHeatmap } from '../../dist/engine/filters/refine-heatmap.js';
import { makeTrimap, TRIMAP } from '../../dist/engine/matting/make-trimap.js';
import { matte } from '../../dist/engine/matting/matte.js';
import { decodeImage, decodeMask } from '../../dist/io/image/decode-image.js';
import { createHeatmap, createMask, resizeMask, resizeRaster } from '../../dist/raster/index.js';
import { makeHeatmap } from './photograph-heatmaps.mjs';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string' },
    name: { type: 'string', default: 'bsds_108036' },
    megapixels: { type: 'string', default: '12,48' },
    run: { type: 'string' },
  },
});
if (values.pairs === undefined) throw new Error('--pairs is missing: a folder of <name>.jpg and <name>.mask.png');
const BAND_SHARE = 0.05;
const RUNS = { fast: runRefine, best: runRefine, matte: runMatte };

if (values.run === undefined) {
  console.log('| megapixels | | wall s | CPU s | peak MB | before MB |\n|---|---|---|---|---|---|');
  for (const megapixels of values.megapixels.split(',')) {
    for (const run of Object.keys(RUNS)) {
      const options = ['--pairs', values.pairs, '--name', values.name, '--megapixels', megapixels, '--run', run];
      const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...options]);
      process.stdout.write(stdout.length > 0 ? stdout : stderr);
    }
  }
} else {
  await measure(Number(values.megapixels), values.run);
}

async function measure(megapixels, name) {
  const { raster } = await decodeImage(join(values.pairs, `${values.name}.jpg`));
  const { mask } = await decodeMask(join(values.pairs, `${values.name}.mask.png`));
  const truth = mask.data.map((value) => (value > 127 ? 255 : 0));
  const scale = Math.sqrt((megapixels * 1e6) / (raster.width * raster.height));
  const size = { width: Math.round(raster.width * scale), height: Math.round(raster.height * scale) };
  const image = resizeRaster(raster, size);
  let state = 1;
  for (let k = 0; k < image.data.length; k++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    image.data[k] = Math.min(Math.max(image.data[k] + ((state >> 16) % 5) - 2, 0), 255);
  }
  const work = RUNS[name]({ image, truth, raster, mode: name });
  const before = process.memoryUsage().rss;
  const cpu = process.cpuUsage();
  const begin = performance.now();
  work();
  const wall = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peak = process.resourceUsage().maxRSS / 1000;
  const cells = [wall, (user + system) / 1e6].map((value) => value.toFixed(2));
  console.log(`| ${megapixels} | ${name} | ${cells.join(' | ')} | ${peak.toFixed(0)} | ${(before / 1e6).toFixed(0)} |`);
}

function runRefine({ image, truth, raster, mode }) {
  const heatmap = createHeatmap(352, 352, makeHeatmap(truth, raster, 'clip', values.name));
  return () => refineHeatmap(heatmap, image, { mode });
}

/** The width of the band is what makes it so large: its share grows with the width nearly as a line does. */
function runMatte({ image, truth, raster }) {
  const mask = resizeMask(createMask(raster.width, raster.height, truth), image);
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = mask.data[i] > 127 ? 255 : 0;
  const share = (trimap) =>
    trimap.data.reduce((sum, v) => sum + (v === TRIMAP.unknown ? 1 : 0), 0) / trimap.data.length;
  let width = image.width / 200;
  for (let k = 0; k < 3; k++) width *= BAND_SHARE / share(makeTrimap(mask, { width }));
  const trimap = makeTrimap(mask, { width });
  return () => matte(image, trimap);
}
