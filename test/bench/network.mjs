// What the network path costs on top of the network itself, with a CLIPSeg of full size and random weights: one
// process, runs interleaved. node test/bench/network.mjs [runs]      (build first)
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { thresholdHeatmap } from '../../dist/engine/index.js';
import { decodeImage } from '../../dist/io/decode-image.js';
import { encodeImage } from '../../dist/io/encode-image.js';
import { fitToSquare } from '../../dist/io/fit-to-square.js';
import { loadTextSegmenter } from '../../dist/networks/text-segmenter.js';
import { computeThreads } from '../../dist/networks/threads.js';
import { cropToContent, resizeHeatmap } from '../../dist/raster/index.js';
import { drawScene } from '../support/drawn-scenes.mjs';
import { fullSizeModel, pythonWithClipSeg } from './full-size-model.mjs';

const runs = Number(process.argv[2] ?? 9);
const [WIDTH, HEIGHT, SIDE] = [1500, 1000, 352];
const model = fullSizeModel();
const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'));
const picture = join(folder, 'picture.png');
const { rgb } = drawScene(1, { width: WIDTH, height: HEIGHT });
writeFileSync(picture, await encodeImage({ kind: 'raster', width: WIDTH, height: HEIGHT, channels: 3, data: rgb }));

let words = 0;
/** Phrases that were never asked for: those known are not encoded again. */
const newPhrases = (count) => Array.from({ length: count }, () => `thing ${words++}`);

const segmenter = await loadTextSegmenter({ model });
const bare = await InferenceSession.create(join(model, 'onnx/model.onnx'), { intraOpNumThreads: computeThreads() });
const ids = [49406n, 320n, 5n, 49407n];
const feeds = {
  pixel_values: new Tensor('float32', new Float32Array(3 * SIDE * SIDE).fill(0.1), [1, 3, SIDE, SIDE]),
  input_ids: new Tensor('int64', BigInt64Array.from(ids), [1, 4]),
  attention_mask: new Tensor(
    'int64',
    BigInt64Array.from(ids, () => 1n),
    [1, 4],
  ),
};

async function fileToMasks(phrases) {
  const { raster } = await decodeImage(picture);
  const { square, content } = await fitToSquare(raster, SIDE, 'stretch');
  const heatmaps = await segmenter.segment(square, phrases);
  return heatmaps.map((heatmap) => thresholdHeatmap(resizeHeatmap(cropToContent(heatmap, content, SIDE), raster), 0.5));
}

const { square } = await fitToSquare((await decodeImage(picture)).raster, SIDE, 'stretch');
const features = await segmenter.encodeImage(square);
await segmenter.decode(features, ['known']);
const steps = {
  'bare session.run of the whole file': () => bare.run(feeds),
  'picture file to mask, 1 phrase': () => fileToMasks(newPhrases(1)),
  'pixels to heatmaps, 1 phrase': () => segmenter.segment(square, newPhrases(1)),
  'pixels to heatmaps, 8 phrases': () => segmenter.segment(square, newPhrases(8)),
  'a new phrase on a picture seen before': () => segmenter.decode(features, newPhrases(1)),
  'a known phrase on a picture seen before': () => segmenter.decode(features, ['known']),
};
const times = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
for (let run = 0; run <= runs; run++) {
  for (const [name, step] of Object.entries(steps)) {
    const start = performance.now();
    await step();
    if (run > 0) {
      times[name].push(performance.now() - start);
    }
  }
}
await segmenter.dispose();
await bare.release();

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const of = (name) => median(times[name]);
const base = of('bare session.run of the whole file');
console.log(
  `| ${WIDTH} x ${HEIGHT}, ${runs} interleaved runs, ${computeThreads()} threads | median ms | ratio to bare |\n|---|---|---|`,
);
for (const name of Object.keys(steps)) {
  console.log(`| ${name} | ${of(name).toFixed(1)} | ${(of(name) / base).toFixed(3)} |`);
}
const [one, eight] = [of('pixels to heatmaps, 1 phrase'), of('pixels to heatmaps, 8 phrases')];
console.log(`\n8 phrases cost ${(eight / one).toFixed(2)} times one.`);
console.log(
  `Another phrase on a picture costs ${(one / of('a new phrase on a picture seen before')).toFixed(1)} times less than the first.`,
);

const program = fileURLToPath(new URL('../../bin/maskwright.js', import.meta.url));
const loadWhole = `
  const { InferenceSession, Tensor } = require('onnxruntime-node');
  InferenceSession.create(${JSON.stringify(join(model, 'onnx/model.onnx'))}, { intraOpNumThreads: ${computeThreads()} }).then((session) =>
    session.run({
      pixel_values: new Tensor('float32', new Float32Array(${3 * SIDE * SIDE}), [1, 3, ${SIDE}, ${SIDE}]),
      input_ids: new Tensor('int64', BigInt64Array.from([49406n, 5n, 49407n]), [1, 3]),
      attention_mask: new Tensor('int64', BigInt64Array.from([1n, 1n, 1n]), [1, 3]),
    }),
  );`;
const oneShot = [program, 'mask', picture, '-tm', 'orange', '--model', model, '--no-cache', '--outdir', folder];
const cold = { 'one command, cold': oneShot, 'bare onnxruntime, the whole file, cold': ['-e', loadWhole] };
console.log('\n| | seconds | peak MB |\n|---|---|---|');
for (const [name, args] of Object.entries(cold)) {
  const measured = [];
  for (let run = 0; run < 3; run++) {
    measured.push(await measure(args));
  }
  const seconds = median(measured.map((item) => item.seconds));
  const megabytes = Math.max(...measured.map((item) => item.megabytes));
  console.log(`| ${name} | ${seconds.toFixed(2)} | ${megabytes.toFixed(0)} |`);
}
if (process.argv.includes('--python')) {
  const script = fileURLToPath(new URL('clipseg_reference.py', import.meta.url));
  const answer = execFileSync(pythonWithClipSeg(), [script, 'time', model, picture, '3'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { seconds, peakMegabytes } = JSON.parse(answer.toString());
  console.log(
    `\nPython transformers + PyTorch: ${Object.entries(seconds)
      .map(([k, s]) => `${k}: ${s.toFixed(2)} s`)
      .join(', ')}; peak ${peakMegabytes.toFixed(0)} MB`,
  );
}
rmSync(folder, { recursive: true });

/** Wall time and peak memory of a process; Linux tells the latter while it lives. */
function measure(args) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
    });
    let megabytes = 0;
    const poll = setInterval(() => {
      try {
        const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
        megabytes = Number(kilobytes) / 1000;
      } catch {
        // It has ended.
      }
    }, 10);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(poll);
      if (code === 0) {
        resolve({ seconds: (performance.now() - start) / 1000, megabytes });
      } else {
        reject(new Error(`${args.join(' ')} ended with ${code}`));
      }
    });
  });
}
