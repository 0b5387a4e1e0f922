// All weights of a CLIPSeg export beside each other, and beside Python's onnxruntime:
//
//     node test/bench/dtypes.mjs FOLDER [--python python3] [--rounds 5] [--only fp32,q8] [--report FILE]
//
// `FOLDER` is laid out as on the hub. Every dtype runs in a process of its own; Python (numpy, onnxruntime, pillow,
// tokenizers) runs the whole graph of the same file for each phrase alone.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodeImage } from '../../dist/io/image/decode-image.js';
import { fitToSquare } from '../../dist/io/image/fit-to-square.js';
import { loadTextSegmenter } from '../../dist/models/clipseg/text-segmenter.js';
import { DTYPES, graphFile } from '../../dist/models/registry/dtypes.js';
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
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: node test/bench/dtypes.mjs FOLDER [--python python3] [--rounds 5] [--report FILE]');
  process.exit(2);
}
if (values.dtype === undefined) {
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

function compareDtypes() {
  const work = mkdtempSync(join(tmpdir(), 'maskwright-dtypes-'));
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
    const text = formatReport(results, single);
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

function formatReport(results, single) {
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

\`node test/bench/dtypes.mjs FOLDER\`: ${IMAGES.length} images, ${PHRASES.length} phrases, ${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.version.slice(1)}.

Heatmaps beside those of Python's ${results[0].version}, which runs the whole graph of the same file for each phrase alone, and beside its fp32:

| dtype | file | path | largest difference | pixels that change sides at 0.5 | from fp32: largest | mean | change sides |
|---|---|---|---|---|---|---|---|
${agreement.join('\n')}

Median times in ms, processor time in parentheses; \`phrase\` is a new phrase on an image that was encoded; peak memory of the process:

| dtype | load, s | image | phrase | peak, MiB |
|---|---|---|---|---|
${costs.join('\n')}
`;
}
