// Small jobs of every kind by the thousand in one process, through the library, with images and words that change:
// memory must stay flat, every handle must be closed, and the process must end by itself.
//
//   npm run build && node test/attack/long-run.mjs [--jobs 10000] [--seed 1] [--only mask,depth]
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { seededRandom } from '../support/seeded-random.mjs';
import { unpackToyModel } from '../support/toy-model.mjs';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const total = Number(values.jobs);
const random = seededRandom(Number(values.seed));
const folder = mkdtempSync(join(tmpdir(), 'maskwright-long-'));
process.env.MASKWRIGHT_CACHE = join(folder, 'cache');
const inFolder = (name) => join(folder, name);
/** Until here the caches of phrases and images fill, which hold so many and no more. */
const WARM_UP = Math.min(1000, Math.ceil(total / 2));
/** Memory at the end against memory after the warm-up. */
const LARGEST_GROWTH = 1.15;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const { compositeImages, findInImage, inpaintImage, maskImage, openModels, openSession } =
  await import('../../dist/index.js');
const { createPipeline } = await import('../../dist/index.js');

const WORDS = ['orange', 'apple', 'banana', 'bowl', 'leaf', 'lemon', 'bottle', 'cup', 'sky', 'tree', 'a red thing'];
const pick = (list) => list[Math.floor(random() * list.length)];
const prompt = () =>
  `${pick(WORDS)} ${pick(['AND', 'OR', 'AND NOT', 'XOR'])} ${pick(WORDS)} ${Math.floor(random() * 500)}`;
const exrs = fileURLToPath(new URL('../fixtures/exr/', import.meta.url));
const EXR = ['s_Yf_zip.exr', 's_Yh_piz.exr', 's_Zf_zip.exr', 's_Yf_pxr24.exr'];

/** An image of another size and content each time. */
async function newImage(name, channels = 3) {
  const width = 48 + Math.floor(random() * 48);
  const height = 32 + Math.floor(random() * 48);
  const data = Buffer.alloc(width * height * channels);
  const [a, b] = [random() * 9, random() * 9];
  for (let i = 0; i < data.length; i++) {
    data[i] = 128 + 100 * Math.sin((i / width) * a) + 27 * Math.sin(i * b);
  }
  await sharp(data, { raw: { width, height, channels } }).png().toFile(inFolder(name));
  return inFolder(name);
}

const model = unpackToyModel(inFolder('model'));
const models = openModels({ model });
const out = inFolder('out');
mkdirSync(out);

const run = (input, recipe) => createPipeline({ ...recipe, outdir: out }, { models }).runTask(input);

/** Kinds of jobs, each as often as it stands here. */
const JOBS = {
  mask: async (i) =>
    maskImage(await newImage('a.png'), { prompt: prompt(), models, outdir: out, name: `${i % 50}.{kind}.{ext}` }),
  find: async () =>
    findInImage(await newImage('a.png'), [prompt(), prompt()], { models, detail: pick(['off', 'parts']) }),
  session: async () => {
    const session = await openSession(await newImage('a.png'), { models });
    await session.detect([pick(WORDS)]);
    await session.find(prompt(), { threshold: 'auto' });
    await session.close();
  },
  inpaint: async () =>
    inpaintImage({
      image: await newImage('a.png'),
      prompt: prompt(),
      models,
      output: join(out, 'inpaint.png'),
      mask: { grow: 3, feather: 2 },
    }),
  composite: async () =>
    compositeImages({
      background: await newImage('a.png'),
      overlay: await newImage('b.png'),
      masks: [await newImage('m.png', 1)],
      resizeMasks: true,
      resizeOverlay: true,
      output: join(out, 'composite.png'),
    }),
  channel: async () =>
    run(await newImage('a.png'), {
      outputs: [
        {
          kind: 'channel',
          channels: ['hsv.s', 'lab.a'],
          sheet: random() < 0.2,
          name: 'channel.{text}.{kind}.{ext}',
        },
      ],
    }),
  edit: async () => {
    const input = await newImage('m.png', 1);
    return run(input, {
      sources: [{ kind: 'file', path: input }],
      mask: { threshold: 'otsu', grow: 2, fillHoles: true, feather: 3 },
      outputs: [{ kind: 'mask', name: 'edit.png' }],
    });
  },
  depth: async () =>
    run(join(exrs, pick(EXR)), {
      outputs: [{ kind: 'depth', mask: true, cutoff: 'auto', name: 'depth.{kind}.{ext}' }],
    }),
  refused: async () => {
    const failed = await inpaintImage({
      image: inFolder('missing.png'),
      prompt: pick(WORDS),
      models,
      output: join(out, 'no.png'),
    }).catch((error) => error.code);
    if (failed !== 'INPUT_NOT_FOUND') {
      throw new Error(`a missing image gave ${String(failed)}`);
    }
  },
  'a model of its own': async () => findInImage(await newImage('a.png'), prompt(), { model, cache: false }),
};
const WHEEL = (
  values.only ??
  'mask,find,inpaint,composite,channel,edit,depth,session,mask,composite,channel,edit,inpaint,refused,mask,find,edit,channel,composite,depth'
).split(',');

/** What the process holds once everything has come to rest. */
async function measure(jobs) {
  await sleep(100);
  collectGarbage();
  await sleep(20);
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout');
  return { jobs, rss, heapUsed, external, files: openFiles(), resources };
}

function openFiles() {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}

const mb = (bytes) => (bytes / 1e6).toFixed(0);
const describe = ({ jobs, rss, heapUsed, external, files, resources, seconds: at }) =>
  `| ${[jobs, at?.toFixed(0) ?? '', mb(rss), mb(heapUsed), mb(external), files ?? '', resources.join(' ')].join(' | ')} |`;
console.log('| jobs | seconds | RSS, MB | heap, MB | external, MB | open files | active resources |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
const before = await measure(0);
console.log(describe(before));
const rows = [];
const counts = {};
const begun = performance.now();
for (let i = 0; i < total; i++) {
  // Loading a model anew takes long: now and then is enough to see whether it leaves anything.
  const kind = values.only === undefined && i % 200 === 199 ? 'a model of its own' : WHEEL[i % WHEEL.length];
  counts[kind] = (counts[kind] ?? 0) + 1;
  await JOBS[kind](i);
  if ((i + 1) % Math.ceil(total / 20) === 0 || i + 1 === WARM_UP) {
    rows.push({ ...(await measure(i + 1)), seconds: (performance.now() - begun) / 1000 });
    console.log(describe(rows.at(-1)));
  }
}
const seconds = (performance.now() - begun) / 1000;
await models.close();
const after = await measure(total);
console.log(describe(after));
rmSync(folder, { recursive: true, force: true });

console.log(
  `\n${Object.entries(counts)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')}`,
);
const first = rows.find(({ jobs }) => jobs >= WARM_UP);
const last = rows.at(-1);
const growth = last.rss / first.rss;
const checks = [
  [
    growth <= LARGEST_GROWTH,
    `RSS after ${last.jobs} jobs is ${growth.toFixed(2)} x that after ${first.jobs} (at most ${LARGEST_GROWTH})`,
  ],
  [last.files === first.files, `open files: ${first.files} after ${first.jobs} jobs, ${last.files} after ${last.jobs}`],
  [
    after.resources.length <= before.resources.length,
    `active resources with the models closed: ${after.resources.join(' ') || 'none'}`,
  ],
];
for (const [holds, text] of checks) {
  console.log(`${holds ? 'ok' : 'FAILED'}: ${text}`);
}
console.log(
  `${seconds.toFixed(0)} s, ${((seconds / total) * 1000).toFixed(0)} ms a job; 10,000 take ${(((seconds / total) * 10_000) / 60).toFixed(0)} minutes`,
);
process.exitCode = checks.every(([holds]) => holds) ? 0 : 1;
