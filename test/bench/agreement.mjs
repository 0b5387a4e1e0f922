// Our heatmaps against those of Hugging Face's CLIPSeg in PyTorch, of full size with the same random weights, from
// picture file to probability. node test/bench/agreement.mjs [pictures]      (build first)
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeImage } from '../../dist/io/decode-image.js';
import { encodeImage } from '../../dist/io/encode-image.js';
import { fitToSquare } from '../../dist/io/fit-to-square.js';
import { loadTextSegmenter } from '../../dist/networks/text-segmenter.js';
import { drawScene } from '../support/drawn-scenes.mjs';
import { fullSizeModel, pythonWithClipSeg } from './full-size-model.mjs';

const count = Number(process.argv[2] ?? 20);
const PHRASE = 'a red apple';
const SIZES = [
  [1500, 1000],
  [800, 1200],
  [640, 480],
  [333, 500],
  [200, 120],
];

const model = fullSizeModel();
const folder = mkdtempSync(join(tmpdir(), 'maskwright-agreement-'));
const paths = [];
for (let i = 0; i < count; i++) {
  const [width, height] = SIZES[i % SIZES.length];
  const { rgb } = drawScene(i + 1, { width, height });
  const path = join(folder, `${i}.png`);
  writeFileSync(path, await encodeImage({ kind: 'raster', width, height, channels: 3, data: rgb }));
  paths.push(path);
}

const out = join(folder, 'reference.bin');
const script = fileURLToPath(new URL('clipseg_reference.py', import.meta.url));
execFileSync(pythonWithClipSeg(), [script, 'heatmaps', model, out, PHRASE, ...paths], {
  stdio: ['ignore', 'inherit', 'ignore'],
});
const bytes = readFileSync(out);
const reference = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
rmSync(out);

const segmenter = await loadTextSegmenter({ model });
const side = segmenter.inputSize;
const results = { stretch: { sum: 0, worst: 0 }, pad: { sum: 0, worst: 0 } };
for (const [i, path] of paths.entries()) {
  const { raster } = await decodeImage(path);
  for (const [j, fit] of ['stretch', 'pad'].entries()) {
    const { square } = await fitToSquare(raster, side, fit);
    const [heatmap] = await segmenter.segment(square, [PHRASE]);
    const expected = reference.subarray((i * 2 + j) * side * side, (i * 2 + j + 1) * side * side);
    for (let k = 0; k < expected.length; k++) {
      const difference = Math.abs(heatmap.data[k] - expected[k]);
      results[fit].sum += difference;
      results[fit].worst = Math.max(results[fit].worst, difference);
    }
  }
}
await segmenter.dispose();
rmSync(folder, { recursive: true });

console.log(`Probability, ours against PyTorch, ${count} drawn pictures\n`);
console.log('| fit | mean absolute difference | largest |\n|---|---|---|');
for (const [fit, { sum, worst }] of Object.entries(results)) {
  console.log(`| ${fit} | ${(sum / (count * side * side)).toExponential(2)} | ${worst.toFixed(5)} |`);
}
