// What the tiny model finds in the example images: overlap (IoU) with what the drawer says is there, for the network
// alone and with refined edges. node test/bench/examples.mjs [--model tiny]      (build first)
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PNG } from 'pngjs';
import { findInImage, openModels } from '../../dist/index.js';

const { values } = parseArgs({ options: { model: { type: 'string', default: 'tiny' } } });
const truths = new URL('../fixtures/examples/', import.meta.url);
const models = openModels({ model: values.model });
const rows = new Map();
for (const file of readdirSync(truths).sort()) {
  const [name, words] = file.split('.');
  const truth = PNG.sync.read(readFileSync(new URL(file, truths))).data;
  const image = new URL(`../../examples/${name}.png`, import.meta.url).pathname;
  const [alone, refined] = await Promise.all(
    [false, true].map(async (refine) => {
      const [found] = await findInImage(image, words.replaceAll('-', ' '), { models, refine, cache: false });
      return overlap(found.mask.data, truth);
    }),
  );
  rows.set(name, [...(rows.get(name) ?? []), { words, alone, refined }]);
}
await models.close();
console.log('| image | phrase: the network alone (refined) |\n|---|---|');
for (const [image, found] of rows) {
  const cells = found
    .toSorted((a, b) => b.alone - a.alone)
    .map(({ words, alone, refined }) => `${words.replaceAll('-', ' ')} ${alone.toFixed(2)} (${refined.toFixed(2)})`);
  console.log(`| \`examples/${image}.png\` | ${cells.join(', ')} |`);
}

function overlap(mask, truth) {
  let both = 0;
  let either = 0;
  for (let i = 0; i < mask.length; i++) {
    const [a, b] = [mask[i] >= 128, truth[i * 4] >= 128];
    both += a && b ? 1 : 0;
    either += a || b ? 1 : 0;
  }
  return both / either;
}
