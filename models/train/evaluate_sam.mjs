// Scores a tiny SAM by the code of maskwright on what evaluate_sam.py has written: node models/train/evaluate_sam.mjs FOLDER
//
// Prints the mean IoU of one click and of a box, along edges (--refine=fast, the default) and interpolated (--refine=off),
// and the largest difference of logits from Python's onnxruntime, preprocessing included.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { fitToSize } from '../../dist/io/image/fit-to-size.js';
import { loadPromptableSegmenter } from '../../dist/models/sam/promptable-segmenter.js';
import { createRaster } from '../../dist/raster/index.js';
import { openModelSegmenter } from '../../dist/sources/interaction/model-segmenter.js';

const folder = process.argv[2];
const { model, scenes } = JSON.parse(readFileSync(join(folder, 'scenes.json'), 'utf8'));
const segmenter = await loadPromptableSegmenter({ model });
const models = { promptableSegmenter: async () => segmenter };

function iou(mask, truth, label) {
  let [both, either] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    const [found, true_] = [mask[i] > 127, truth[i] === label];
    both += found && true_;
    either += found || true_;
  }
  return both / either;
}

const sums = {};
let [count, largest] = [0, 0];
for (const { scene, things, logits } of scenes) {
  const { data, info } = await sharp(join(folder, `${scene}.png`)).raw().toBuffer({ resolveWithObject: true });
  const image = createRaster(info.width, info.height, 3, new Uint8Array(data));
  const truth = await sharp(join(folder, `${scene}-truth.png`)).extractChannel(0).raw().toBuffer();
  const encoded = segmenter.open(fitToSize(image, segmenter.inputSize(image), 'bilinear'), image);
  for (const { label, point, box, kind: group } of things) {
    const [x, y] = point;
    const prompts = {
      click: { points: [{ x, y }] },
      box: { boxes: [{ x: box[0], y: box[1], width: box[2] - box[0], height: box[3] - box[1] }] },
    };
    count++;
    for (const [kind, seeds] of Object.entries(prompts)) {
      for (const refine of ['fast', 'off']) {
        const opened = await openModelSegmenter(model, image, { models, prompt: { refine } });
        const score = iou((await opened.segment(seeds)).data, truth, label);
        for (const key of [`${kind}, ${refine}, all`, `${kind}, ${refine}, ${group}`]) (sums[key] ??= []).push(score);
      }
      if (logits) {
        const bytes = readFileSync(join(folder, `${scene}-${label}-${kind}.f32`));
        const expected = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
        const found = await encoded.segment({ points: seeds.points, box: seeds.boxes?.[0] });
        found.flatMap(({ logits }) => [...logits]).forEach((value, i) => {
          largest = Math.max(largest, Math.abs(value - expected[i]));
        });
      }
    }
  }
}
await segmenter.dispose();
for (const [key, scores] of Object.entries(sums)) {
  console.log(key.padEnd(24), scores.length, (scores.reduce((a, b) => a + b) / scores.length).toFixed(3));
}
console.log(`${count} things, largest difference of logits from Python ${largest.toExponential(1)}`);
