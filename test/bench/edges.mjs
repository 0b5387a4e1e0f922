// How well masks follow edges: node test/bench/edges.mjs [--count 24] [--scenes folder --model folder] [--candidates]
//
// `scenes` is a folder written by models/train/scenes.py with seeds that training never saw.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { detailWindows } from '../../dist/engine/detection/detail-windows.js';
import { mergeWindows } from '../../dist/engine/detection/merge-windows.js';
import { refineHeatmap } from '../../dist/engine/filters/refine-heatmap.js';
import { decodeImage, decodeMask } from '../../dist/io/image/decode-image.js';
import { openModels } from '../../dist/sources/model-pool.js';
import { findMasks } from '../../dist/sources/sources.js';
import { parsePromptSources } from '../../dist/sources/detection/parse-prompt-sources.js';
import { createHeatmap, createRaster, resizeHeatmap } from '../../dist/raster/index.js';
import { coarsen, drawScene } from '../support/drawn-scenes.mjs';
import { boundaryScore, intersectionOverUnion } from '../support/measure-edges.mjs';
import { bandMatting, jointBilateral, plainGuidedFilter } from './edge-candidates.mjs';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '24' },
    scenes: { type: 'string' },
    model: { type: 'string', default: 'tiny' },
    candidates: { type: 'boolean', default: false },
  },
});
const count = Number(values.count);

if (values.scenes === undefined) {
  measureDrawn();
} else {
  await measureScenes(values.scenes, values.model);
}

/** The coarse-mask test: the network is a true mask made coarse, of the whole image or of a window. */
function measureDrawn() {
  const looks = {
    plain: (heatmap, scene) => resizeHeatmap(heatmap, scene.image),
    '--refine': (heatmap, scene) => refineHeatmap(heatmap, scene.image),
    '--detail': (heatmap, scene) => resizeHeatmap(lookAgain(heatmap, scene), scene.image),
    both: (heatmap, scene) => refineHeatmap(lookAgain(heatmap, scene), scene.image),
  };
  const candidates = {
    'guided filter as published': (heatmap, { image }) => plainGuidedFilter(heatmap, image),
    'the same, radius 16': (heatmap, { image }) => plainGuidedFilter(heatmap, image, { radius: 16 }),
    'joint bilateral upsampling': (heatmap, { image }) => jointBilateral(heatmap, image),
    'closed-form matting, 30 steps': (heatmap, { image }) => bandMatting(heatmap, image),
  };
  const methods = values.candidates ? { plain: looks.plain, '--refine': looks['--refine'], ...candidates } : looks;
  const scores = newScores(methods);
  for (let seed = 0; seed < count; seed++) {
    const { width, height, rgb, mask } = drawScene(seed);
    const scene = { image: createRaster(width, height, 3, rgb), mask };
    const heatmap = createHeatmap(352, 352, coarsen(mask, width, height));
    for (const [name, method] of Object.entries(methods)) {
      const begin = performance.now();
      const found = method(heatmap, scene);
      addScore(scores[name], cut(found), scene, performance.now() - begin);
    }
  }
  print(`coarse-mask test, ${count} drawn images of 960 x 720`, scores);
}

function lookAgain(heatmap, { image, mask }) {
  const looks = detailWindows(heatmap, image, 0.3, 352).map((window) => {
    const part = new Uint8Array(window.width * window.height);
    for (let y = 0; y < window.height; y++) {
      const begin = (window.y + y) * image.width + window.x;
      part.set(mask.subarray(begin, begin + window.width), y * window.width);
    }
    return { window, heatmap: createHeatmap(352, 352, coarsen(part, window.width, window.height)) };
  });
  return looks.length === 0 ? heatmap : mergeWindows(heatmap, looks, image, 'outside');
}

/** The whole way with a real network, on scenes that it never saw. */
async function measureScenes(folder, model) {
  const settings = {
    plain: { refine: false, detail: 'off' },
    '--refine': { refine: true, detail: 'off' },
    '--detail': { refine: false, detail: 'parts' },
    both: { refine: true, detail: 'parts' },
  };
  const scores = newScores(settings);
  const models = openModels({ model });
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  let phrases = 0;
  for (const { image, phrases: listed } of manifest.slice(0, count)) {
    const decoded = await decodeImage(join(folder, image));
    const present = listed.filter(({ mask }) => mask !== null).slice(0, 4);
    const truths = await Promise.all(present.map(({ mask }) => decodeMask(join(folder, mask))));
    const sources = present.flatMap(({ text }) => parsePromptSources(`"${text}"`));
    phrases += present.length;
    for (const [name, setting] of Object.entries(settings)) {
      const begin = performance.now();
      const text = { threshold: 0.5, fit: 'stretch', cache: false, ...setting };
      const found = await findMasks(sources, sourceOf(decoded), { models, prompt: text });
      const each = (performance.now() - begin) / present.length;
      for (const [i, { mask }] of found.entries()) {
        addScore(scores[name], mask.data, { image: decoded.raster, mask: truths[i].mask.data }, each);
      }
    }
  }
  await models.close();
  print(
    `held-out scenes: ${Math.min(count, manifest.length)}, ${phrases} phrases that are there, model ${model}`,
    scores,
  );
}

function cut({ data }) {
  return Uint8Array.from(data, (value) => (value >= 0.5 ? 255 : 0));
}

function newScores(methods) {
  return Object.fromEntries(Object.keys(methods).map((name) => [name, { overlap: 0, edge: 0, ms: 0, n: 0 }]));
}

function addScore(score, found, { image, mask }, ms) {
  score.overlap += intersectionOverUnion(found, mask);
  score.edge += boundaryScore(found, mask, image.width, image.height);
  score.ms += ms;
  score.n++;
}

function print(title, scores) {
  console.log(`${title}\n\n| | mean IoU | boundary F (2 px) | ms |\n|---|---|---|---|`);
  for (const [name, { overlap, edge, ms, n }] of Object.entries(scores)) {
    console.log(`| ${name} | ${(overlap / n).toFixed(3)} | ${(edge / n).toFixed(3)} | ${(ms / n).toFixed(0)} |`);
  }
}

function sourceOf(image) {
  return { name: image.name, size: async () => image.raster, decoded: async () => image };
}
