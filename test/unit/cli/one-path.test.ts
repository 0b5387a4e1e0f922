import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { main } from '../../../src/cli/main.js';
import { decodeImage } from '../../../src/io/image/decode-image.js';
import { encodeImage } from '../../../src/io/image/encode-image.js';
import { createMask, createRaster, resizeRaster } from '../../../src/raster/index.js';
import { unpackModel } from '../../support/model-fixtures.js';
import { unpackToyModel } from '../../support/toy-model.mjs';
import { propertyRuns } from '../../support/property-runs.js';

/** Command lines that are drawn; each is run directly and through its printed recipe. */
const CASES = 500;
const HOME = process.cwd();
const root = mkdtempSync(join(tmpdir(), 'maskwright-one-path-'));
const model = process.env['MASKWRIGHT_MODEL'];

beforeAll(async () => {
  process.env['MASKWRIGHT_MODEL'] = unpackToyModel(join(root, 'model'));
  const inputs = join(root, 'inputs');
  mkdirSync(inputs);
  const { raster } = await decodeImage('examples/still-life.png');
  const write = async (name: string, image: Parameters<typeof encodeImage>[0]): Promise<void> =>
    writeFileSync(join(inputs, name), await encodeImage(image));
  const small = resizeRaster(raster, { width: 96, height: 64 });
  await write('a.png', small);
  await write('half.png', resizeRaster(raster, { width: 48, height: 32 }));
  await write(
    'b.png',
    createRaster(
      96,
      64,
      3,
      Uint8Array.from(small.data, (value) => 255 - value),
    ),
  );
  const soft = (x: number, y: number): number => Math.max(0, 255 - 9 * Math.abs(x - 40) - 7 * Math.abs(y - 30));
  await write(
    'm.png',
    createMask(
      96,
      64,
      Uint8Array.from({ length: 96 * 64 }, (_, i) => soft(i % 96, Math.floor(i / 96))),
    ),
  );
  const alpha = new Uint8Array(96 * 64 * 4);
  for (let i = 0; i < 96 * 64; i++) {
    alpha.set(small.data.subarray(3 * i, 3 * i + 3), 4 * i);
    alpha[4 * i + 3] = i % 96 < 50 ? 255 : 40;
  }
  await write('t.png', createRaster(96, 64, 4, alpha));
  const strokes = new Uint8Array(96 * 64 * 3).fill(255);
  strokes.set([0, 255, 0], 3 * (30 * 96 + 40));
  await write('s.png', createRaster(96, 64, 3, strokes));
  for (const [name, fixture] of Object.entries(MODELS)) {
    unpackModel(join('test/fixtures', fixture), modelFolder(name as keyof typeof MODELS));
  }
  const splits = [
    { start: 0, end: 20_000, levels: 100, flags: { region: '1' } },
    { start: 20_000, end: 66_000, levels: 154, flags: {} },
  ];
  const plan = { maskwright: '0.1.0', kind: 'depth-splits', compress: false, splits };
  writeFileSync(join(inputs, 'plan.json'), JSON.stringify(plan));
  // Depths that differ, with a background that no cutoff by hand keeps.
  const depths = Float32Array.from({ length: 96 * 64 }, (_, i) => (i % 96 < 30 ? 40 : 1 + ((i * 37) % 6143) / 2000));
  writeFileSync(join(inputs, 'd.pfm'), Buffer.concat([Buffer.from('Pf\n96 64\n-1.0\n'), Buffer.from(depths.buffer)]));
});

afterAll(() => {
  process.chdir(HOME);
  process.env['MASKWRIGHT_MODEL'] = model;
  if (model === undefined) delete process.env['MASKWRIGHT_MODEL'];
  rmSync(root, { recursive: true, force: true });
});

type Words = readonly string[];

const one = (...choices: readonly Words[]): fc.Arbitrary<Words> => fc.constantFrom(...choices);
const maybe = (...choices: readonly Words[]): fc.Arbitrary<Words> =>
  fc.option(fc.constantFrom(...choices), { nil: [], freq: 2 });
const line = (...parts: readonly fc.Arbitrary<Words>[]): fc.Arbitrary<Words> =>
  fc.tuple(...parts).map((words) => words.flat());

const PROMPTS: readonly Words[] = [
  ['-p', 'orange'],
  ['-p', 'orange', '0.3'],
  ['-tm', 'bowl OR apple{+2px}'],
  ['-p', 'table AND NOT orange@0.4'],
  ['-p', 'orange; bowl'],
];
const SOURCES: readonly Words[] = [
  ...PROMPTS,
  ['-m', 'm.png'],
  ['-m', 'm.png', '-p', 'orange'],
  ['--key', '#e8820c', '--tolerance', '30', '--softness', '20'],
  ['-m', 'half.png', '--resize-masks'],
  ['-m', 't.png', '--mask-channel', 'alpha'],
  ['-m', 'm.png', '--mask-levels', 'auto'],
  ['--from-depth', 'd.pfm', '--near', '1', '--far', '20%'],
  ['--from-depth', 'd.pfm', '--near', '2', '--depth-order', 'near-is-large', '--no-data', '40'],
  ['--from-channel', 'hsv.s'],
  ['--from-channel', 'luma', '--key', '#404040'],
  ['-p', 'orange#left', '--split-touching'],
  ['-p', 'orange#2; bowl', '--max-share', '60%'],
  ['--point', '40,30', '--point', '5%,90%,-'],
  ['--box', '20,10,50,40'],
  ['--scribble', 's.png'],
  ['--point', '40,30', '--mask-prompt', 'm.png', '--segmenter', './sam'],
  ['--wand', '40,30,10', '--no-contiguous'],
  ['-p', 'orange', '--subtract', 'bowl', '0.6', '--retouch-add', 'm.png'],
  ['-m', 'm.png', '--intersect', 'orange OR apple', '--retouch-erase', 'm.png'],
];
const detection = line(
  maybe(['--threshold', '0.3'], ['--threshold', 'auto']),
  maybe(['--no-refine']),
  maybe(['--detail', 'parts'], ['--detail=tiles=2']),
  maybe(['--fit', 'pad']),
);
const operations = line(
  maybe(['--grow', '3'], ['--grow', '3', '--element', 'square'], ['--shrink', '1'], ['--grow', '2%']),
  maybe(['--feather', '4'], ['--feather', '2%', '--feather-side', 'inward', '--feather-falloff', 'linear']),
  maybe(['--fill-holes'], ['--remove-small', '1%'], ['--keep-largest', '1']),
  maybe(['--threshold-mask', 'otsu'], ['--threshold-mask', '100'], ['--levels', '20,220']),
  maybe(['--open', '1'], ['--close', '2']),
  maybe(['--invert']),
  maybe(['--norm', '1'], ['-n', '2']),
);
const matte = maybe(
  ['--matte'],
  ['--matte=3', '--decontaminate'],
  ['--trimap', 'm.png'],
  ['--matte=2%', '--save-trimap', 'trimap.png'],
);
const target = fc.oneof(
  {
    weight: 9,
    arbitrary: maybe(['--target', 'comfyui'], ['--target', 'diffusers', '--size-fit', 'scale'], ['--for', 'a1111']),
  },
  // Seldom, since its images have 1.5 megapixels.
  { weight: 1, arbitrary: fc.constant<Words>(['--target', 'openai', '--fit-target']) },
);
const place = maybe(
  ['-o', 'out.png'],
  ['--output-dir', 'here'],
  ['--output-dir', 'here', '--name', '{stem}-{kind}.{ext}'],
);
/** How a run goes about, which no recipe holds: the run of the recipe has them too. */
const BATCH: readonly Words[] = [['--jobs', '2'], ['--json'], ['--quiet']];
const FAILS_EMPTY = new Set(['mask', 'inpaint', 'edit']);
/** Models of other families than CLIPSeg, with random weights. */
const MODELS = { subject: 'birefnet', parts: 'segformer', sam2: 'promptable/sam2' } as const;
const modelFolder = (name: keyof typeof MODELS): string => join(root, 'models', name);
const combine = maybe(['--combine', 'intersect'], ['--combine', 'subtract']);

const COMMAND_LINES: Readonly<Record<string, fc.Arbitrary<Words>>> = {
  mask: line(
    one(['mask', 'a.png'], ['mask', 'a.png', 'b.png']),
    one(...SOURCES),
    detection,
    operations,
    matte,
    target,
    place,
    maybe(
      ['--overlay'],
      ['--heatmap'],
      ['--threshold-sheet'],
      ['--hard'],
      ['--only', 'masked'],
      ['--only', 'selected'],
    ),
    maybe(['--each'], ['--trim'], ['--trim=3', '--background', '#fed'], ['--background', 'b.png', '--each']),
    maybe(
      ['--export', 'coco', '--export', 'yolo'],
      ['--export', 'svg'],
      ['--export', 'label-png'],
      ['--export', 'psd'],
    ),
  ),
  'mask by other models': line(
    one(
      ['mask', 'a.png', '--subject', '--subject-model', modelFolder('subject')],
      ['inpaint', 'a.png', '--part', 'nose,hair', '--part-model', modelFolder('parts')],
      ['mask', 'a.png', '--point', '40,30', '--segmenter', modelFolder('sam2')],
      ['mask', 'a.png', '--box', '20,10,50,40', '--segmenter', modelFolder('sam2'), '--mask-index', '1'],
      ['mask', 'a.png', '-p', 'orange', '--refine=sam', '--segmenter', modelFolder('sam2')],
    ),
    operations,
    place,
  ),
  inpaint: line(
    one(['inpaint', 'a.png'], ['inpaint', 't.png']),
    one(...SOURCES),
    combine,
    detection,
    operations,
    matte,
    target,
    place,
    maybe(['--opacity', '20'], ['--save-mask', 'saved.png']),
  ),
  'results on standard output': line(
    one(
      ['mask', 'a.png', '-m', 'm.png'],
      ['mask', 'a.png', '-p', 'orange', '--only', 'selected'],
      ['inpaint', 'a.png', '-p', 'orange'],
      ['edit', 'm.png', '--grow', '2'],
      ['composite', '-b', 'a.png', '-c', 'b.png', '-m', 'm.png'],
      ['channel', 'a.png', '-c', 'hsv.s'],
      ['depth', 'd.pfm', '--force'],
    ),
    one(['-o', '-']),
  ),
  'inpaint -I -M': line(one(['inpaint', '-I', 'a.png', '-M', 't.png', '-o', 'x.png']), maybe(['--save-mask', 's.png'])),
  crop: line(
    one(['crop', 'a.png']),
    one(['-m', 'm.png'], ['-p', 'orange']),
    operations,
    matte,
    maybe(['--size', '64'], ['--size', '64x96'], ['--multiple-of', '16']),
    maybe(['--context', '2'], ['--aspect', '1:1']),
    maybe(['--each'], ['--target', 'comfyui'], ['--square']),
    maybe(['--sampler-grow', '5', '--stitch-grow', '3', '--stitch-feather', '2']),
    maybe(['--output-dir', 'here'], ['-o', 'out.png']),
  ),
  outpaint: line(
    one(
      ['outpaint', 'a.png', '--left', '20'],
      ['outpaint', 'b.png', '--all', '10%'],
      ['outpaint', 'a.png', '--top', '9', '--right', '7', '--bottom', '5'],
    ),
    one(['--overlap', '4'], ['--overlap', '0']),
    maybe(['--fill', 'mirror']),
    target,
    maybe(['--output-dir', 'here'], ['-o', 'out.png']),
  ),
  edit: line(
    one(
      ['edit', 'm.png'],
      ['edit', 'm.png', 't.png', '--resize-masks'],
      ['edit', 'm.png', '--each', '--output-dir', 'here'],
    ),
    combine,
    operations,
    maybe(
      ['-o', 'out.png'],
      ['--image', 'a.png', '--target', 'comfyui'],
      ['--image', 'a.png', '--matte=2'],
      ['--image', 'a.png', '--box', '20,10,50,40'],
    ),
  ),
  composite: line(
    one(
      ['composite', '-b', 'a.png', '-c', 'b.png'],
      ['comp', '-b', 'a.png', '-c', 't.png'],
      ['comp', '-b', 'a.png', '-c', 'half.png', '--resize-overlay'],
    ),
    maybe(
      ['-m', 'm.png'],
      ['-i', 'm.png'],
      ['--point', '40,30'],
      ['-m', 'm.png', '-p', 'orange'],
      ['-itm', 'bowl', '0.4'],
    ),
    maybe(['-n', '0'], ['-n', '3']),
    maybe(['--blend', 'multiply'], ['--opacity', '40'], ['--alpha', 'mix']),
    maybe(['--fast']),
    maybe(['--matte', '--decontaminate'], ['--matte=3', '--text-from', 'overlay']),
    maybe(['-s', 'saved.png'], ['--resize-overlay']),
    one(['-o', 'out.png'], ['--output-dir', 'here']),
  ),
  channel: line(
    one(['channel', 'a.png'], ['channel', 't.png']),
    one(['-c', 'hsv.s'], ['-c', 'L(LAB)', '-c', 'luma'], ['--sheet'], ['-c', 'all']),
    maybe(
      ['--black-point', '40', '--white-point', '200'],
      ['--gray-point', '0.5'],
      ['--invert'],
      ['--normalize', 'off'],
    ),
    maybe(['-m', 'm.png']),
    maybe(['--output-dir', 'here'], ['-o', 'out.png']),
  ),
  depth: line(
    one(['depth', 'd.pfm', '--force']),
    maybe(['--depth-cutoff', 'auto'], ['--depth-cutoff', '2'], ['--compress']),
    maybe(['--mask'], ['--histogram-plot'], ['--noise', '--seed', '7'], ['--regions'], ['--histogram']),
    maybe(['--range', 'shared'], ['--depth-order', 'near-is-large'], ['--no-data', '40']),
    maybe(['--bits', '16'], ['--polarity', 'near-black'], ['--split-plan', 'plan.json']),
    maybe(['--output-dir', 'here'], ['-o', 'out.png']),
  ),
  layers: line(
    one(
      ['layers', 'a.png'],
      ['layers', '--input', 'a.png', '--suffix', '@3x'],
      ['layers', 'a.png', '--range', 'shared', '--force'],
    ),
    one(['--no-model'], ['--depth-file', 'd.pfm']),
    maybe(['--layers', '2'], ['--split', 'even'], ['--split', 'at=0.3,0.6']),
    maybe(['--feather', '3'], ['--clean-edges', '1'], ['--compat']),
    maybe(['--fill', 'bleed'], ['--hole-masks'], ['--depth-map'], ['--preview'], ['--analyze']),
    one(['--output-dir', 'here'], []),
  ),
};

/** Runs a command line in this process and in a folder with the inputs; gives its exit code, output and files. */
async function run(folder: string, args: Words): Promise<{ code: number; stdout: string }> {
  let stdout = '';
  process.chdir(folder);
  process.exitCode = 0;
  const output = vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest: unknown[]) => {
    stdout += Buffer.from(chunk as Uint8Array).toString('latin1');
    const done = rest.at(-1);
    if (typeof done === 'function') (done as () => void)();
    return true;
  });
  const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    await main(args);
    return { code: process.exitCode, stdout };
  } finally {
    output.mockRestore();
    errors.mockRestore();
    process.exitCode = 0;
    process.chdir(HOME);
  }
}

function folderWithInputs(name: string): string {
  const folder = join(root, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const input of readdirSync(join(root, 'inputs'))) copyFileSync(join(root, 'inputs', input), join(folder, input));
  return folder;
}

/** Every file below a folder by its path; the recipe itself and the notes of `--resume` left out. */
function filesBelow(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return new Map(
    names
      .filter((name) => name !== 'recipe.yaml' && !/(^|\/)\.maskwright/.test(name))
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}

const drawn = { all: 0, valid: 0 };

it.each(Object.entries(COMMAND_LINES))(
  '%s: a printed recipe writes the files of its command line, byte for byte',
  async (name, commandLine) => {
    const batch = name.endsWith('output')
      ? fc.constant<Words>([])
      : maybe(...BATCH, ...(FAILS_EMPTY.has(name) ? [['--fail-empty']] : []));
    const share = Math.ceil(CASES / (Object.keys(COMMAND_LINES).length - 1));
    // Each loads a model of its own.
    const runs = propertyRuns(name === 'mask by other models' ? Math.ceil(share / 5) : share);
    await fc.assert(
      fc.asyncProperty(commandLine, batch, async (args, how) => {
        drawn.all++;
        const direct = folderWithInputs('direct');
        const { code, stdout } = await run(direct, [...args, ...how]);
        const replay = folderWithInputs('replay');
        const printed = await run(replay, [...args, '--print-recipe']);
        if (printed.code !== 0) {
          // What cannot be printed cannot be run either.
          expect(code, args.join(' ')).toBe(printed.code);
          return;
        }
        writeFileSync(join(replay, 'recipe.yaml'), printed.stdout, 'latin1');
        const again = await run(replay, ['run', 'recipe.yaml', ...how]);
        expect(again.code, `${args.join(' ')}\n${printed.stdout}`).toBe(code);
        if (args.at(-1) === '-') expect(again.stdout === stdout, args.join(' ')).toBe(true);
        const [expected, actual] = [filesBelow(direct), filesBelow(replay)];
        expect([...actual.keys()], args.join(' ')).toEqual([...expected.keys()]);
        for (const [name, bytes] of expected) {
          expect(actual.get(name) === bytes, `${name} of ${args.join(' ')}\n${printed.stdout}`).toBe(true);
        }
        drawn.valid += code === 0 ? 1 : 0;
      }),
      { numRuns: runs },
    );
  },
  600_000,
);

it('most of the drawn command lines are valid: a generator of errors would prove nothing', () => {
  expect(drawn.valid).toBeGreaterThan(drawn.all / 3);
});
