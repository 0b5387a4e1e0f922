// Which file meets which command. A case is a number: its kind, its file and its command follow from it and the seed.
import { seededRandom } from '../support/seeded-random.mjs';

/** Of each 200 cases, how many are of a kind. */
const SHARES = {
  png: 34,
  jpeg: 25,
  webp: 18,
  tiff: 25,
  gif: 14,
  avif: 9,
  exr: 14,
  pfm: 3,
  yaml: 8,
  json: 8,
  'prompt recipe': 1,
  table: 6,
  prompt: 14,
  'crop job': 7,
  'depth recipe': 5,
  'layers listing': 4,
  manifest: 3,
  heatmap: 2,
};

const WHEEL = Object.entries(SHARES).flatMap(([kind, share]) => Array.from({ length: share }, () => kind));
/** Prime to the length of the wheel: neighbors are of different kinds. */
const STEP = 77;
/** Every so many cases one is a process of its own. Prime to the wheel, so that all kinds come up. */
const SPAWN_EVERY = 67;

/** In commands, IN is the broken file and OUT an empty folder; other words in capitals are sound files. */
const IMAGE = [
  ['inpaint', 'IN', '-m', 'mask.png', '--resize-masks', '-o', 'OUT/out.png'],
  ['inpaint', 'image.png', '-m', 'IN', '--resize-masks', '-o', 'OUT/out.png'],
  ['inpaint', 'IN', '--key', '#5a5a5a', '--for', 'comfyui', '--outdir', 'OUT'],
  ['inpaint', '-I', 'image.png', '-M', 'IN', '-o', 'OUT/out.png'],
  ['channel', 'IN', '--channel', 'hsv.s', '--outdir', 'OUT'],
  ['channel', 'IN', '--sheet', '--outdir', 'OUT'],
  ['check', 'IN'],
  ['check', 'image.png', 'IN', '--for', 'diffusers'],
  ['repair', 'IN', '-o', 'OUT/out.png'],
  ['repair', 'holed.png', '--from', 'IN', '-o', 'OUT/out.png'],
  ['edit', 'IN', '--grow', '3', '--feather', '2', '-o', 'OUT/out.png'],
  ['composite', '-b', 'image.png', '-c', 'IN', '-o', 'OUT/out.png'],
  ['composite', '-b', 'image.png', '-c', 'mask.png', '-m', 'IN', '-o', 'OUT/out.png'],
  ['crop', 'IN', 'mask.png', '--resize-masks', '--size', '64', '--outdir', 'OUT'],
  ['stitch', 'IN', '--job', 'crop/image.crop.json', '-o', 'OUT/out.png'],
  ['outpaint', 'IN', '--left', '8', '--overlap', '4', '--fill', 'mirror', '--outdir', 'OUT'],
  ['layers', 'IN', '--no-model', '--layers', '3', '--feather', '2', '--output-dir', 'OUT'],
  ['mask', 'IN', '-m', 'mask.png', '--resize-masks', '--overlay', '--outdir', 'OUT'],
];
const DEPTH = [
  ['depth', 'IN', '--mask', '--depth-cutoff', 'auto', '--outdir', 'OUT'],
  ['inpaint', 'image.png', '--from-depth', 'IN', '--near', '20%', '--far', '80%', '-o', 'OUT/out.png'],
  ['layers', 'image.png', '--depth-file', 'IN', '--layers', '3', '--output-dir', 'OUT'],
];
const RECIPE = [['run', 'IN', '--outdir', 'OUT']];

/** Commands by kind, where its broken file lies, and what has to be in OUT beforehand. */
const KINDS = {
  png: { name: 'in.png', commands: [...IMAGE, ...DEPTH] },
  jpeg: { name: 'in.jpg', commands: IMAGE },
  webp: { name: 'in.webp', commands: IMAGE },
  tiff: { name: 'in.tif', commands: [...IMAGE, ...DEPTH] },
  gif: { name: 'in.gif', commands: IMAGE },
  avif: { name: 'in.avif', commands: IMAGE },
  exr: { name: 'in.exr', commands: DEPTH },
  pfm: { name: 'in.pfm', commands: DEPTH },
  yaml: { name: 'recipes/in.yaml', commands: [['run', 'IN', '--outdir', 'OUT', '--dry-run']] },
  json: { name: 'in.json', commands: RECIPE },
  'prompt recipe': { name: 'in.json', commands: RECIPE },
  table: { name: 'in.csv', commands: [['run', 'table.yaml', '--outdir', 'OUT']], partial: true },
  prompt: {
    name: 'in.txt',
    commands: [
      ...Array.from({ length: 8 }, () => ['explain', 'TEXT']),
      ['mask', 'image.png', '-tm', 'TEXT', '--print-recipe'],
      ['mask', 'image.png', '-tm', 'TEXT', '--model', './model', '--outdir', 'OUT'],
    ],
  },
  'crop job': {
    name: 'crop/in.json',
    commands: [['stitch', 'crop/image.crop.png', '--job', 'IN', '-o', 'OUT/out.png']],
  },
  'depth recipe': { name: 'in.json', commands: [['depth', 'depth.png', '--recipe', 'IN', '--outdir', 'OUT']] },
  'layers listing': {
    name: 'out/.maskwright-layers.json',
    before: 'layers',
    commands: [['layers', 'image.png', '--no-model', '--layers', '2', '--output-dir', 'OUT']],
  },
  manifest: {
    name: 'out/.maskwright-manifest.jsonl',
    before: 'channels',
    commands: [['channel', 'image.png', 'holed.png', '--channel', 'hsv.s', '--outdir', 'OUT', '--resume']],
  },
  heatmap: {
    name: 'HEATMAP',
    commands: [['mask', 'image.png', '-tm', 'orange', '--model', './model', '--outdir', 'OUT']],
  },
};

/** Everything about case `number`: its kind, the seeded numbers that it is made from, and its command. */
export function caseAt(number, seed) {
  const kind = WHEEL[(number * STEP) % WHEEL.length];
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const { name, commands, before, partial = false } = KINDS[kind];
  const command = commands[Math.floor(random() * commands.length)];
  return { number, kind, name, before, partial, command, random, spawned: number % SPAWN_EVERY === 0 };
}
