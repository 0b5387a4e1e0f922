// Thresholds and presences on held-out scenes: node test/bench/thresholds.mjs --scenes folder [--model folder] [--count 60]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { autoThreshold } from '../../dist/engine/threshold/auto-threshold.js';
import { measureDetection } from '../../dist/engine/detection/detection-stats.js';
import { refineHeatmap } from '../../dist/engine/filters/refine-heatmap.js';
import { thresholdHeatmap } from '../../dist/engine/threshold/threshold-heatmap.js';
import { decodeImage, decodeMask } from '../../dist/io/image/decode-image.js';
import { detect } from '../../dist/sources/detection/detect.js';
import { openModels } from '../../dist/sources/model-pool.js';
import { intersectionOverUnion } from '../support/measure-edges.mjs';

const { values } = parseArgs({
  options: {
    scenes: { type: 'string' },
    model: { type: 'string', default: 'tiny' },
    count: { type: 'string', default: '60' },
  },
});
const methods = {
  0.3: () => 0.3,
  0.4: () => 0.4,
  0.5: () => 0.5,
  0.6: () => 0.6,
  otsu: (heatmap) => autoThreshold(heatmap, { method: 'otsu' }),
  stable: (heatmap) => autoThreshold(heatmap, { method: 'stable' }),
};
const scores = new Map(
  Object.keys(methods).map((name) => [name, { overlap: 0, n: 0, chosen: 0, spilled: 0, absent: 0 }]),
);
const presences = { there: { present: 0, weak: 0, absent: 0 }, 'not there': { present: 0, weak: 0, absent: 0 } };
const right = { present: [], weak: [] };
const models = openModels({ model: values.model });
const manifest = JSON.parse(readFileSync(join(values.scenes, 'manifest.json'), 'utf8')).slice(0, Number(values.count));
for (const { image, phrases } of manifest) {
  const { raster } = await decodeImage(join(values.scenes, image));
  const settings = { models, prompt: { threshold: 0.5, fit: 'stretch', cache: false } };
  const { heatmaps } = await detect(
    phrases.map(({ text }) => text),
    raster,
    settings,
  );
  for (const { text, mask } of phrases) {
    const heatmap = heatmaps.get(text);
    const truth = mask === null ? undefined : (await decodeMask(join(values.scenes, mask))).mask.data;
    for (const [name, method] of Object.entries(methods)) {
      const threshold = method(heatmap);
      const score = scores.get(name);
      const found = thresholdHeatmap(refineHeatmap(heatmap, raster, { pivot: threshold }), threshold);
      if (truth === undefined) {
        score.absent++;
        score.spilled += found.data.reduce((sum, value) => sum + (value >> 7), 0) > found.data.length * 0.005 ? 1 : 0;
      } else {
        score.n++;
        score.chosen += threshold;
        score.overlap += intersectionOverUnion(found.data, truth);
      }
      if (name === '0.5') {
        const { presence, mean, peak, share } = measureDetection(heatmap, found, threshold);
        presences[truth === undefined ? 'not there' : 'there'][presence]++;
        if (truth !== undefined && presence !== 'absent') {
          right[presence].push(intersectionOverUnion(found.data, truth));
        }
        if (process.env.RAW !== undefined) {
          console.error(JSON.stringify({ text, there: truth !== undefined, mean, peak, share, presence }));
        }
      }
    }
  }
}
await models.close();
console.log(`${manifest.length} scenes, model ${values.model}\n`);
console.log('| threshold | mean IoU | mean threshold | absent phrases that select more than 0.5 % |');
console.log('|---|---|---|---|');
for (const [name, { overlap, n, chosen, spilled, absent }] of scores) {
  console.log(
    `| ${name} | ${(overlap / n).toFixed(3)} (${n}) | ${(chosen / n).toFixed(2)} | ${spilled} of ${absent} |`,
  );
}
const mean = (list) => (list.length === 0 ? '-' : (list.reduce((a, b) => a + b) / list.length).toFixed(2));
console.log('\n| at 0.5 | present | weak | absent |\n|---|---|---|---|');
for (const [what, counts] of Object.entries(presences)) {
  console.log(`| ${what} | ${counts.present} | ${counts.weak} | ${counts.absent} |`);
}
console.log(`| mean IoU where there | ${mean(right.present)} | ${mean(right.weak)} | |`);
