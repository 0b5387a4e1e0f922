// CLIPSeg of full size with random weights: the network path beside the bare network, and beside transformers + PyTorch.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { thresholdHeatmap } from '../../../dist/engine/index.js';
import { decodeImage } from '../../../dist/io/image/decode-image.js';
import { encodeImage } from '../../../dist/io/image/encode-image.js';
import { fitToSquare } from '../../../dist/io/image/fit-to-square.js';
import { loadTextSegmenter } from '../../../dist/models/clipseg/text-segmenter.js';
import { computeThreads } from '../../../dist/models/onnx/compute-threads.js';
import { cropToContent, resizeHeatmap } from '../../../dist/raster/index.js';
import { drawScene } from '../../support/drawn-scenes.mjs';
import { compare, figure, median, runProcess, runProgram, startPeer, timed } from '../measure.mjs';
import { fullSizeModel, peerPython } from '../python.mjs';

export const title = 'Prompts to masks, CLIPSeg of full size (random weights), 1500 x 1000';
export const peer = 'against';

const [WIDTH, HEIGHT, SIDE] = [1500, 1000, 352];

export async function measure({ quick, folder, script }) {
  const model = fullSizeModel();
  const image = join(folder, 'image.png');
  const { rgb } = drawScene(1, { width: WIDTH, height: HEIGHT });
  writeFileSync(image, await encodeImage({ kind: 'raster', width: WIDTH, height: HEIGHT, channels: 3, data: rgb }));
  const cold = await measureCold(model, image, { quick, folder, script });
  const warm = await measureWarm(model, image, quick);
  return { ...warm, rows: [...warm.rows, ...cold] };
}

let words = 0;
/** Phrases that were never asked for: those known are not encoded again. */
const newPhrases = (count) => Array.from({ length: count }, () => `thing ${words++}`);

async function measureWarm(model, image, quick) {
  const counts = quick ? [1, 8] : [1, 2, 4, 8, 16];
  const segmenter = await loadTextSegmenter({ model });
  const bare = await InferenceSession.create(join(model, 'onnx/model.onnx'), { intraOpNumThreads: computeThreads() });
  const ids = [49406n, 320n, 5n, 49407n];
  const int64 = (values) => new Tensor('int64', BigInt64Array.from(values), [1, values.length]);
  const feeds = {
    pixel_values: new Tensor('float32', new Float32Array(3 * SIDE * SIDE).fill(0.1), [1, 3, SIDE, SIDE]),
    input_ids: int64(ids),
    attention_mask: int64(ids.map(() => 1n)),
  };
  const fileToHeatmaps = async (phrases) => {
    const { raster } = await decodeImage(image);
    const { square, content } = await fitToSquare(raster, SIDE, 'stretch');
    const heatmaps = await segmenter.segment(square, phrases);
    return { raster, heatmaps: heatmaps.map((heatmap) => cropToContent(heatmap, content, SIDE)) };
  };
  const fileToMask = async (phrases) => {
    const { raster, heatmaps } = await fileToHeatmaps(phrases);
    return thresholdHeatmap(resizeHeatmap(heatmaps[0], raster), 0.5);
  };
  const { square } = await fitToSquare((await decodeImage(image)).raster, SIDE, 'stretch');
  const features = await segmenter.encodeImage(square);
  const python = startPeer(peerPython(), 'clipseg.py', 'serve', model);
  const { value: difference } = await python.call('differ', image, newPhrases(2));
  if (difference > 1e-4) {
    throw new Error(`PyTorch that sees the image once differs from PyTorch as documented by ${difference}`);
  }

  const ours = {
    bare: () => bare.run(feeds),
    mask: () => fileToMask(newPhrases(1)),
    'mask, words known': () => fileToMask(['a red apple']),
    another: () => segmenter.decode(features, newPhrases(1)),
    ...Object.fromEntries(
      counts.map((count) => [`pixels ${count}`, () => segmenter.segment(square, newPhrases(count))]),
    ),
    ...Object.fromEntries(counts.map((count) => [`file ${count}`, () => fileToHeatmaps(newPhrases(count))])),
  };
  const times = Object.fromEntries(Object.keys(ours).map((name) => [name, []]));
  const theirs = Object.fromEntries(counts.map((count) => [count, { look: [], 'look once': [] }]));
  const rounds = quick ? 1 : 7;
  for (let round = 0; round <= rounds; round++) {
    const keep = round > 0;
    for (const [name, step] of Object.entries(ours)) {
      const { wall } = await timed(step);
      if (keep) times[name].push(wall);
    }
    // PyTorch is slow: it takes part in the warming up, and in the last rounds.
    for (const count of round === 0 ? [1] : round > rounds - 2 ? counts : []) {
      for (const how of ['look', 'look once']) {
        const { wall } = await python.call(how, image, newPhrases(count));
        if (keep) theirs[count][how].push(wall);
      }
    }
  }
  const { value: pythonPeak } = await python.call('peak');
  python.stop();
  await segmenter.dispose();
  await bare.release();

  const of = (name) => median(times[name]);
  const pytorch = (count, how = 'look') => median(theirs[count][how]);
  const compared = counts.filter((count) => [1, 4, 8].includes(count));
  const rows = [
    compare('image file to mask, 1 phrase, warm / bare `session.run` of the same file', 's', of('mask'), of('bare'), {
      most: 1.15,
    }),
    compare(
      'the same with phrases that were found in an image before, as in a batch',
      's',
      of('mask, words known'),
      of('bare'),
      { most: 1.15 },
    ),
    compare('8 phrases / 1 phrase, pixels to heatmaps', 's', of('pixels 8'), of('pixels 1'), { most: 1.5 }),
    compare('another phrase on an image seen before / the first', 's', of('another'), of('pixels 1'), { most: 0.1 }),
    ...compared.map((count) =>
      compare(
        `file to heatmaps, warm, phrases: ${count} / transformers + PyTorch`,
        's',
        of(`file ${count}`),
        pytorch(count),
      ),
    ),
    ...compared.map((count) =>
      compare(
        `the same, phrases: ${count} / PyTorch with the vision encoder run once, by hand`,
        's',
        of(`file ${count}`),
        pytorch(count, 'look once'),
      ),
    ),
  ];
  const series = [
    { name: 'maskwright', points: counts.map((count) => [count, of(`file ${count}`)]) },
    { name: 'transformers + PyTorch', points: counts.map((count) => [count, pytorch(count)]) },
    { name: 'PyTorch, vision once by hand', points: counts.map((count) => [count, pytorch(count, 'look once')]) },
  ];
  const notes = [
    `${rounds} rounds, ${computeThreads()} threads; PyTorch in the last two. The warm Python process held up to ${pythonPeak.toFixed(0)} MB.`,
  ];
  return {
    rows,
    notes,
    plots: [{ file: 'phrases', title: 'Phrases on one image, warm', x: 'phrases', y: 's', series }],
  };
}

async function measureCold(model, image, { quick, folder, script }) {
  const loadFullModel = `
    const { InferenceSession, Tensor } = require('onnxruntime-node');
    const int64 = (values) => new Tensor('int64', BigInt64Array.from(values), [1, values.length]);
    InferenceSession.create(${JSON.stringify(join(model, 'onnx/model.onnx'))}, { intraOpNumThreads: ${computeThreads()} }).then((session) =>
      session.run({
        pixel_values: new Tensor('float32', new Float32Array(${3 * SIDE * SIDE}), [1, 3, ${SIDE}, ${SIDE}]),
        input_ids: int64([49406n, 5n, 49407n]),
        attention_mask: int64([1n, 1n, 1n]),
      }),
    );`;
  const ask = ['mask', image, '-tm', 'a red apple', '--model', model, '--no-cache', '--outdir', folder];
  const commands = {
    ours: () => runProgram(ask),
    bare: () => runProcess(process.execPath, ['--input-type=commonjs', '-e', loadFullModel]),
    python: () => runProcess(peerPython(), [script('clipseg.py'), 'once', model, image, 'a red apple', folder]),
  };
  const runs = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    for (const [name, command] of Object.entries(commands)) {
      runs[name].push(await command());
    }
  }
  const of = (name, what) => median(runs[name].map((run) => run[what]));
  return [
    compare(
      'one command, cold / a Python script that writes the same files',
      's',
      of('ours', 'wall'),
      of('python', 'wall'),
    ),
    compare('its peak memory', 'MB', of('ours', 'peak'), of('python', 'peak')),
    compare('one command, cold / loading and running the bare file', 's', of('ours', 'wall'), of('bare', 'wall')),
    compare('its peak memory', 'MB', of('ours', 'peak'), of('bare', 'peak')),
    figure('peak memory of one command', 'MB', of('ours', 'peak')),
  ];
}
