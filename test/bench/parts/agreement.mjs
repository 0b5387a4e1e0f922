// Our heatmaps beside those of Hugging Face's CLIPSeg in PyTorch, from image file to probability, same random weights.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../../../dist/io/image/decode-image.js';
import { encodeImage } from '../../../dist/io/image/encode-image.js';
import { fitToSquare } from '../../../dist/io/image/fit-to-square.js';
import { loadTextSegmenter } from '../../../dist/models/clipseg/text-segmenter.js';
import { drawScene } from '../../support/drawn-scenes.mjs';
import { figure, startPeer } from '../measure.mjs';
import { fullSizeModel, peerPython } from '../python.mjs';

export const title = 'Agreement with transformers (CLIPSegProcessor + PyTorch), in probability';
export const peer = undefined;

const PHRASE = 'a red apple';
const FITS = ['stretch', 'pad'];
const SIZES = [
  [1500, 1000],
  [800, 1200],
  [640, 480],
  [333, 500],
  [200, 120],
];

export async function measure({ quick, folder }) {
  const count = quick ? 2 : 20;
  const model = fullSizeModel();
  const paths = [];
  for (let i = 0; i < count; i++) {
    const [width, height] = SIZES[i % SIZES.length];
    const { rgb } = drawScene(i + 1, { width, height });
    const path = join(folder, `${i}.png`);
    writeFileSync(path, await encodeImage({ kind: 'raster', width, height, channels: 3, data: rgb }));
    paths.push(path);
  }
  const out = join(folder, 'reference.bin');
  const python = startPeer(peerPython(), 'clipseg.py', 'serve', model);
  await python.call('heatmaps', out, PHRASE, paths);
  python.stop();
  const bytes = readFileSync(out);
  const reference = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

  const single = await heatmapsOf({ model }, paths);
  const eight = await heatmapsOf({ model, dtype: 'q8' }, paths);
  const rows = FITS.flatMap((fit, j) => {
    const { mean, worst } = difference(single, reference, { from: j, step: FITS.length, count });
    return [
      figure(`--fit ${fit}: mean absolute difference`, '', mean, { most: 0.002 }),
      figure(`--fit ${fit}: largest difference`, '', worst, { most: 0.02 }),
    ];
  });
  const { mean, worst } = difference(eight, single, { from: 0, step: 1, count: count * FITS.length });
  rows.push(figure('q8 against fp32: mean absolute difference', '', mean));
  rows.push(figure('q8 against fp32: largest difference', '', worst));
  const spread = deviation(reference);
  return {
    rows,
    notes: [
      `${count} drawn images of five sizes, 200 x 120 to 1500 x 1000. The reference's probabilities have a standard deviation of ${spread.toFixed(3)}.`,
      'q8 is made by `quantize_dynamic` of onnxruntime (8-bit weights and activations); random weights round worse than trained ones.',
    ],
  };
}

/** Heatmaps of all images, stretched, then padded, one after the other. */
async function heatmapsOf(choice, paths) {
  const segmenter = await loadTextSegmenter(choice);
  const side = segmenter.inputSize;
  const all = new Float32Array(paths.length * FITS.length * side * side);
  let at = 0;
  for (const path of paths) {
    const { raster } = await decodeImage(path);
    for (const fit of FITS) {
      const { square } = await fitToSquare(raster, side, fit);
      const [heatmap] = await segmenter.segment(square, [PHRASE]);
      all.set(heatmap.data, at);
      at += side * side;
    }
  }
  await segmenter.dispose();
  return all;
}

/** Over every `step`-th of the planes, `count` of them. */
function difference(a, b, { from, step, count }) {
  const size = a.length / (count * step);
  let sum = 0;
  let worst = 0;
  for (let n = 0; n < count; n++) {
    const start = (n * step + from) * size;
    for (let i = start; i < start + size; i++) {
      const apart = Math.abs(a[i] - b[i]);
      sum += apart;
      worst = Math.max(worst, apart);
    }
  }
  return { mean: sum / (count * size), worst };
}

function deviation(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
