// Small things in large images: node test/bench/small-things.mjs --scenes folder [--model folder] [--count 200]
//
// `scenes` is written by models/train/scenes.py --small. A phrase counts where what it means covers at most 0.5 % of
// the image, and is found where the mask overlaps it by half.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeImage, decodeMask } from '../../dist/io/image/decode-image.js';
import { openModels } from '../../dist/sources/model-pool.js';
import { findMasks } from '../../dist/sources/sources.js';
import { parsePromptSources } from '../../dist/sources/detection/parse-prompt-sources.js';
import { intersectionOverUnion } from '../support/measure-edges.mjs';

const { values } = parseArgs({
  options: {
    scenes: { type: 'string' },
    model: { type: 'string', default: 'tiny' },
    count: { type: 'string', default: '200' },
    settings: { type: 'string', default: 'off,parts,tiles=2,tiles=3' },
  },
});
const parse = (name) => (name.startsWith('tiles=') ? { tiles: Number(name.slice(6)) } : name);
const settings = values.settings.split(',').map((name) => ({ name, detail: parse(name) }));
const scores = new Map(settings.map(({ name }) => [name, { found: [], overlap: 0, absent: 0, spilled: 0, looks: 0 }]));
const models = openModels({ model: values.model });
const manifest = JSON.parse(readFileSync(join(values.scenes, 'manifest.json'), 'utf8'));
let scenes = 0;
for (const { image, phrases } of manifest.slice(0, Number(values.count))) {
  const truths = await Promise.all(
    phrases.map(async ({ text, mask }) => {
      const data = mask === null ? undefined : (await decodeMask(join(values.scenes, mask))).mask.data;
      const share = data === undefined ? 0 : data.reduce((sum, value) => sum + (value >> 7), 0) / data.length;
      return { text, data, share };
    }),
  );
  const small = truths.filter(({ share }) => share >= 0.002 && share <= 0.005).slice(0, 2);
  const absent = truths.filter(({ data }) => data === undefined).slice(0, 1);
  if (small.length === 0) {
    continue;
  }
  scenes++;
  const decoded = await decodeImage(join(values.scenes, image));
  const asked = [...small, ...absent];
  const sources = asked.flatMap(({ text }) => parsePromptSources(`"${text}"`));
  for (const { name, detail } of settings) {
    const text = { threshold: 0.5, fit: 'stretch', cache: false, detail };
    const found = await findMasks(sources, sourceOf(decoded), { models, prompt: text });
    const score = scores.get(name);
    score.looks += found[0].provenance.inferences;
    for (const [i, { mask }] of found.entries()) {
      const { data } = asked[i];
      if (data === undefined) {
        score.absent++;
        score.spilled += mask.data.some((value) => value > 0) ? 1 : 0;
      } else {
        const overlap = intersectionOverUnion(mask.data, data);
        score.overlap += overlap;
        score.found.push(overlap >= 0.5);
      }
    }
  }
}
await models.close();
console.log(`${scenes} scenes, model ${values.model}\n`);
console.log(
  `| --detail | found (overlap of half) | found where ${settings[0].name} is not | not where it is | mean IoU | absent phrases that select something | looks an image |`,
);
console.log('|---|---|---|---|---|---|---|');
const without = scores.get(settings[0].name).found;
for (const [name, { found, overlap, absent, spilled, looks }] of scores) {
  const count = (test) => found.filter(test).length;
  console.log(
    `| ${name} | ${count(Boolean)} of ${found.length} | ${count((is, i) => is && !without[i])} | ${count((is, i) => !is && without[i])} | ${(overlap / found.length).toFixed(3)} | ${spilled} of ${absent} | ${(looks / scenes).toFixed(1)} |`,
  );
}

function sourceOf(image) {
  return { name: image.name, size: async () => image.raster, decoded: async () => image };
}
