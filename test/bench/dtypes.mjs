// All weights of a CLIPSeg export beside each other, and beside Python's onnxruntime:
//
//     node test/bench/dtypes.mjs FOLDER [--python python3] [--rounds 5] [--only fp32,q8] [--report FILE]
//
// `FOLDER` is laid out as on the hub. Every dtype runs in a process of its own; Python (numpy, onnxruntime, pillow,
// tokenizers) runs the whole graph of the same file for each phrase alone. Where there is fp32, its logits are compared with those
// of transformers.js by its documented use, on the same pixels, in turns in one process.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AutoProcessor, AutoTokenizer, CLIPSegForImageSegmentation, env, RawImage } from '@huggingface/transformers';
import { decodeImage } from '../../dist/io/image/decode-image.js';
import { fitToSquare } from '../../dist/io/image/fit-to-square.js';
import { readClipSegConfig } from '../../dist/models/clipseg/clipseg-config.js';
import { openTokenizer } from '../../dist/models/clipseg/clipseg-tokenizer.js';
import { openPartitionedClipSeg } from '../../dist/models/clipseg/partitioned-clipseg.js';
import { loadTextSegmenter } from '../../dist/models/clipseg/text-segmenter.js';
import { DTYPES, graphFile } from '../../dist/models/registry/dtypes.js';
import { resolveModel } from '../../dist/models/registry/resolve-model.js';
import { median, timed } from './measure.mjs';

const IMAGES = ['still-life', 'kitchen'].map((name) =>
  fileURLToPath(new URL(`../../examples/${name}.png`, import.meta.url)),
);
const PHRASES = ['an orange', 'the blue table', 'sky', 'a wooden bowl full of fruit'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '5' },
    /** Some of the dtypes; all that there are by default. */
    only: { type: 'string' },
    report: { type: 'string' },
    /** One dtype in this process: its heatmaps go to `out`. */
    dtype: { type: 'string' },
    out: { type: 'string' },
    /** The comparison with transformers.js, in this process. */
    documented: { type: 'boolean' },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: node test/bench/dtypes.mjs FOLDER [--python python3] [--rounds 5] [--report FILE]');
  process.exit(2);
}
if (values.documented) {
  console.log(JSON.stringify(await compareDocumentedUse(Number(values.rounds))));
} else if (values.dtype === undefined) {
  compareDtypes();
} else {
  console.log(JSON.stringify(await runDtype(values.dtype, values.out, Number(values.rounds))));
}

async function runDtype(dtype, out, rounds) {
  const { value: segmenter, wall: load } = await timed(() => loadTextSegmenter({ model: folder, dtype }));
  const squares = [];
  for (const path of IMAGES) {
    const { raster } = await decodeImage(path);
    squares.push((await fitToSquare(raster, segmenter.inputSize, 'stretch')).square);
  }
  const maps = [];
  for (const square of squares) {
    for (const { data } of await segmenter.segment(square, PHRASES)) {
      maps.push(data);
    }
  }
  writeFileSync(
    out,
    Buffer.concat(maps.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))),
  );
  const runs = { image: [], phrase: [] };
  for (let round = 0; round < rounds; round++) {
    const encode = await timed(() => segmenter.encodeImage(squares[round % squares.length]));
    runs.image.push(encode);
    // Words that were not asked for before: those known are not encoded again.
    runs.phrase.push(await timed(() => segmenter.decode(encode.value, [`thing ${round}`])));
  }
  const { path } = segmenter;
  await segmenter.dispose();
  const of = (name, what) => median(runs[name].map((run) => run[what]));
  return {
    path,
    load,
    image: { wall: of('image', 'wall'), cpu: of('image', 'cpu') },
    phrase: { wall: of('phrase', 'wall'), cpu: of('phrase', 'cpu') },
    peak: process.resourceUsage().maxRSS / 1024,
  };
}

/** The example of `CLIPSegForImageSegmentation` in the documentation of transformers.js, beside the partitioned graphs. */
async function compareDocumentedUse(rounds) {
  env.allowRemoteModels = false;
  const options = { local_files_only: true };
  const path = resolve(folder);
  const tokenizer = await AutoTokenizer.from_pretrained(path, options);
  const processor = await AutoProcessor.from_pretrained(path, options);
  const model = await CLIPSegForImageSegmentation.from_pretrained(path, { ...options, dtype: 'fp32' });
  const local = await resolveModel({ model: path, dtype: 'fp32' }, 'text-segmentation');
  const config = await readClipSegConfig(path);
  const ours = await openPartitionedClipSeg(local, config, await openTokenizer(path));
  const { raster } = await decodeImage(IMAGES[0]);
  const { data } = (await fitToSquare(raster, config.inputSize, 'stretch')).square;
  const documented = async (phrases) => {
    const image = new RawImage(new Uint8ClampedArray(data), config.inputSize, config.inputSize, 3);
    const inputs = { ...tokenizer(phrases, { padding: true, truncation: true }), ...(await processor(image)) };
    return (await model(inputs)).logits.data;
  };
  const expected = await documented(PHRASES);
  const planes = await ours.decode(await ours.encodeImage(data), PHRASES);
  const found = planes.flatMap((plane) => [...plane.data]);
  const largest = found.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
  const spread = expected.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0]);
  const runs = { documented: [], first: [], other: [] };
  for (let round = 0; round < rounds; round++) {
    const phrase = [`thing ${round}`];
    runs.documented.push(await timed(() => documented(phrase)));
    const encode = await timed(() => ours.encodeImage(data));
    const decode = await timed(() => ours.decode(encode.value, phrase));
    runs.first.push({ wall: encode.wall + decode.wall, cpu: encode.cpu + decode.cpu });
    runs.other.push(decode);
  }
  await ours.release();
  await model.dispose();
  const of = (name) => ({
    wall: median(runs[name].map(({ wall }) => wall)),
    cpu: median(runs[name].map(({ cpu }) => cpu)),
  });
  return { largest, spread, documented: of('documented'), first: of('first'), other: of('other') };
}

function compareDtypes() {
  const work = mkdtempSync(join(tmpdir(), 'maskwright-dtypes-'));
  const load = loadavg()[1].toFixed(1);
  try {
    const dtypes = (values.only?.split(',') ?? DTYPES).filter((dtype) =>
      existsSync(join(folder, graphFile('model', dtype))),
    );
    const results = dtypes.flatMap((dtype) => {
      try {
        const measured = measureDtype(dtype, work);
        console.error(`${dtype}: done`);
        return [{ dtype, ...measured }];
      } catch (error) {
        // Conversions to few bits may give files that no onnxruntime loads.
        console.error(`${dtype}: ${error.message}`);
        return [];
      }
    });
    const single = results.find(({ dtype }) => dtype === 'fp32');
    const self = [fileURLToPath(import.meta.url), folder, '--documented', '--rounds', values.rounds];
    const documented = single && JSON.parse(execFileSync(process.execPath, self, { encoding: 'utf8' }));
    const text = formatReport(results, { single, documented, load });
    console.log(text);
    if (values.report !== undefined) {
      writeFileSync(values.report, text);
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}

function measureDtype(dtype, work) {
  const file = graphFile('model', dtype);
  const ours = join(work, `${dtype}.ours`);
  const theirs = join(work, `${dtype}.theirs`);
  const script = fileURLToPath(new URL('peers/whole_graph.py', import.meta.url));
  const reference = [script, folder, file, theirs, JSON.stringify(IMAGES), JSON.stringify(PHRASES)];
  const version = execFileSync(values.python, reference, { encoding: 'utf8' }).trim();
  const self = [fileURLToPath(import.meta.url), folder, '--dtype', dtype, '--out', ours, '--rounds', values.rounds];
  const measured = JSON.parse(execFileSync(process.execPath, self, { encoding: 'utf8' }));
  return {
    ...measured,
    version,
    megabytes: statSync(join(folder, file)).size / 1e6,
    heatmaps: readFloats(ours),
    reference: readFloats(theirs).map((logit) => 1 / (1 + Math.exp(-logit))),
  };
}

function readFloats(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** The largest and the mean difference, and how many pixels change sides at 0.5. */
function difference(a, b) {
  let worst = 0;
  let sum = 0;
  let flips = 0;
  for (let i = 0; i < a.length; i++) {
    const apart = Math.abs(a[i] - b[i]);
    worst = Math.max(worst, apart);
    sum += apart;
    flips += Number(a[i] >= 0.5 !== b[i] >= 0.5);
  }
  return { worst, mean: sum / a.length, flips: (100 * flips) / a.length };
}

function formatReport(results, { single, documented, load }) {
  const cells = (row) => `| ${row.join(' | ')} |`;
  const agreement = results.map(({ dtype, path, megabytes, heatmaps, reference }) => {
    const own = difference(heatmaps, reference);
    const other = single === undefined ? undefined : difference(heatmaps, single.reference);
    return cells([
      dtype,
      `${megabytes.toFixed(1)} MB`,
      path,
      own.worst.toExponential(1),
      `${own.flips.toFixed(3)} %`,
      other === undefined ? '' : other.worst.toExponential(1),
      other === undefined ? '' : other.mean.toExponential(1),
      other === undefined ? '' : `${other.flips.toFixed(3)} %`,
    ]);
  });
  const seconds = ({ wall, cpu }) => `${(1000 * wall).toFixed(0)} (${(1000 * cpu).toFixed(0)})`;
  const costs = results.map(({ dtype, load, image, phrase, peak }) =>
    cells([dtype, load.toFixed(2), seconds(image), seconds(phrase), `${peak.toFixed(0)}`]),
  );
  return `# Weights of a CLIPSeg of full size

\`node test/bench/dtypes.mjs FOLDER\`: ${IMAGES.length} images, ${PHRASES.length} phrases, ${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version.slice(1)}, load ${load} before.

Heatmaps beside those of Python's ${results[0].version}, which runs the whole graph of the same file for each phrase alone, and beside its fp32:

| dtype | file | path | largest difference | pixels that change sides at 0.5 | from fp32: largest | mean | change sides |
|---|---|---|---|---|---|---|---|
${agreement.join('\n')}

Median times in ms, processor time in parentheses; \`phrase\` is a new phrase on an image that was encoded; peak memory of the process:

| dtype | load, s | image | phrase | peak, MiB |
|---|---|---|---|---|
${costs.join('\n')}
${documented === undefined ? '' : formatDocumented(documented, seconds)}`;
}

function formatDocumented({ largest, spread, documented, first, other }, seconds) {
  return `
Beside transformers.js by its documented use (\`AutoTokenizer\`, \`AutoProcessor\`, \`CLIPSegForImageSegmentation\`; fp32, the same pixels): logits from ${spread[0].toFixed(2)} to ${spread[1].toFixed(2)} differ by ${largest.toExponential(1)} at most.

| ms, processor time in parentheses | transformers.js | here |
|---|---|---|
| a phrase on an image that is new | ${seconds(documented)} | ${seconds(first)} |
| another phrase on the same image | ${seconds(documented)} | ${seconds(other)} |
`;
}
