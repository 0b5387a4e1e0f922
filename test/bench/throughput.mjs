// Images a second of a folder of photographs, beside the image encoder alone:
//
//     node test/bench/throughput.mjs FOLDER [--images 60] [--dtype fp32] [--concurrency 1,2,3] [--batches 1,2,4,8] [--report FILE]
//
// `FOLDER` holds a CLIPSeg laid out as on the hub. The images are JPEG files of 12 MP. On a CPU the encoder and all other work
// share the cores: the encoder's share of the processor time is the share of its rate that no program can exceed there.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { decodeImage } from '../../dist/io/image/decode-image.js';
import { fitToSquare } from '../../dist/io/image/fit-to-square.js';
import { withFileSource } from '../../dist/models/onnx/byte-source.js';
import { readOnnxFile } from '../../dist/models/onnx/onnx-file.js';
import { partitionGraph } from '../../dist/models/onnx/partition-graph.js';
import { sessionOptions } from '../../dist/models/onnx/session-options.js';
import { graphFile } from '../../dist/models/registry/dtypes.js';
import { drawScene } from '../support/drawn-scenes.mjs';
import { median, runProgram, timed } from './measure.mjs';

const [WIDTH, HEIGHT] = [4000, 3000];
const SIDE = 352;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '60' },
    dtype: { type: 'string', default: 'fp32' },
    concurrency: { type: 'string', default: '1,2,3' },
    batches: { type: 'string', default: '1,2,4,8' },
    rounds: { type: 'string', default: '5' },
    report: { type: 'string' },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: node test/bench/throughput.mjs FOLDER [--images 60] [--dtype fp32] [--concurrency 1,2,3]');
  process.exit(2);
}
const numbers = (text) => text.split(',').filter(Boolean).map(Number);
const work = mkdtempSync(join(tmpdir(), 'maskwright-throughput-'));
const load = loadavg()[1].toFixed(1);
try {
  const batches = await measureEncoder(numbers(values.batches));
  const text = formatReport({
    batches,
    folder: await measureFolder(Number(values.images), numbers(values.concurrency), batches.bare),
    load,
  });
  console.log(text);
  if (values.report !== undefined) {
    writeFileSync(values.report, text);
  }
} finally {
  rmSync(work, { recursive: true });
}

/** Wall and processor time of an image in batches, in turns. The first is the rate of the bare encoder. */
async function measureEncoder(batches) {
  const path = join(folder, graphFile('model', values.dtype));
  const file = realpathSync(path);
  const { imageEncoder } = withFileSource(file, (source) =>
    partitionGraph(readOnnxFile(source, dataFiles(file)), 'pixel_values', 'logits'),
  );
  const common = sessionOptions('cpu');
  const session = await InferenceSession.create(imageEncoder, {
    ...common,
    extra: { session: { ...common.extra.session, model_external_initializers_file_folder_path: dirname(file) } },
  });
  const pixels = (count) =>
    new Tensor('float32', new Float32Array(count * 3 * SIDE * SIDE).fill(0.1), [count, 3, SIDE, SIDE]);
  const runs = Object.fromEntries(batches.map((count) => [count, []]));
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const count of batches) {
      const run = await timed(() => session.run({ pixel_values: pixels(count) }));
      if (round > 0) {
        runs[count].push(run);
      }
    }
  }
  await session.release();
  const rows = batches.map((count) => {
    const of = (what) => ((1000 * median(runs[count].map((run) => run[what]))) / count).toFixed(0);
    return [count, of('wall'), of('cpu')];
  });
  const first = runs[batches[0]];
  const bare = { wall: median(first.map(({ wall }) => wall)), cpu: median(first.map(({ cpu }) => cpu)) };
  return { rows, bare };
}

function dataFiles(file) {
  return {
    own: file.split('/').at(-1),
    external: (location) => location,
    read: () => {
      throw new Error('external data are not read here');
    },
  };
}

/** Processor time of what surrounds the encoder: it has to share the cores with it. */
async function measureParts(file) {
  const runs = { decode: [], resize: [] };
  for (let round = 0; round <= Number(values.rounds); round++) {
    const decoded = await timed(() => decodeImage(file));
    const resized = await timed(() => fitToSquare(decoded.value.raster, SIDE, 'stretch'));
    if (round > 0) {
      runs.decode.push(decoded.cpu);
      runs.resize.push(resized.cpu);
    }
  }
  const of = (what) => (1000 * median(runs[what])).toFixed(0);
  return { decode: of('decode'), resize: of('resize') };
}

async function measureFolder(count, concurrencies, bare) {
  const images = join(work, 'images');
  mkdirSync(images);
  for (let i = 0; i < count; i++) {
    const { rgb } = drawScene(i + 1, { width: WIDTH / 4, height: HEIGHT / 4 });
    const small = sharp(Buffer.from(rgb), { raw: { width: WIDTH / 4, height: HEIGHT / 4, channels: 3 } });
    writeFileSync(join(images, `${i}.jpg`), await small.resize(WIDTH, HEIGHT).jpeg({ quality: 90 }).toBuffer());
  }
  const parts = await measureParts(join(images, '0.jpg'));
  const rows = [];
  for (const refine of ['by color', 'off']) {
    for (const concurrency of concurrencies) {
      const run = async (inputs) => {
        const recipe = join(work, 'recipe.json');
        writeFileSync(recipe, JSON.stringify(recipeOf(inputs, refine)));
        return runProgram(['run', recipe, '--no-cache', '-q', '--concurrency', String(concurrency)], { codes: [0, 6] });
      };
      const one = await run(join(images, '0.jpg'));
      const all = await run(images);
      // Loading is not a matter of the number of images.
      const wall = (all.wall - one.wall) / (count - 1);
      const cpu = (all.cpu - one.cpu) / (count - 1);
      rows.push([
        refine,
        concurrency,
        (1 / wall).toFixed(2),
        (bare.wall / wall).toFixed(2),
        cpu.toFixed(2),
        (bare.cpu / cpu).toFixed(2),
      ]);
    }
  }
  return { parts, rows };
}

/** The mask alone is written: black and white, as large as the image. */
function recipeOf(inputs, refine) {
  return {
    model: folder,
    dtype: values.dtype,
    inputs,
    sources: [{ kind: 'prompt', prompt: 'a red apple' }],
    ...(refine === 'off' ? { refine } : {}),
    outputs: [{ kind: 'mask', name: '{stem}.png', outdir: mkdtempSync(join(work, 'out-')) }],
  };
}

function formatReport({ batches, folder: { parts, rows }, load }) {
  const table = (cells) => cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
  return `# Images a second

\`node test/bench/throughput.mjs FOLDER\`: ${values.images} JPEG files of 12 MP (drawn scenes), CLIPSeg of full size with random weights, ${values.dtype}; ${cpus()[0].model.trim()}, ${availableParallelism()} cores, Node ${process.version.slice(1)}, load ${load} before.

The image encoder alone, in batches, in turns:

| images a run | ms an image | processor ms an image |
|---|---|---|
${table(batches.rows)}

Processor time of decoding ${parts.decode} ms, of resizing to the encoder's square ${parts.resize} ms.

The program on the folder, one mask an image; loading is subtracted. The last column is the share of its processor time that the encoder takes: where both
cores are busy, the program cannot reach more of the bare encoder's rate.

| refine | concurrency | images a second | of the bare encoder's rate | processor s an image | share of the encoder |
|---|---|---|---|---|---|
${table(rows)}
`;
}
