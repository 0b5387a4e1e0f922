import type { ArgumentsCamelCase } from 'yargs';
import { histogramBars, histogramLines, shortDepth } from '../../../depth/histogram.js';
import { GRAY_DEFAULTS } from '../../../depth/gray/map-grays.js';
import type { DepthRange } from '../../../depth/normalize-depth.js';
import { MaskwrightError } from '../../../errors.js';
import type { DecodeDepthOptions } from '../../../io/depth/decode-depth.js';
import { DEPTH_ENDINGS, type InputFile } from '../../../io/files/expand-inputs.js';
import { STDIO } from '../../../io/files/read-input.js';
import {
  besideInput,
  DEPTH_NAMING_DEFAULTS,
  type DepthJobOptions,
  type DepthResult,
} from '../../../outputs/depth/depth-output.js';
import { namingFor } from '../../../io/files/output-names.js';
import { withContext } from '../../context.js';
import type { Command } from '../../command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../../options/batch-options.js';
import { commonOptions, type CommonArguments } from '../../options/common-options.js';
import { integerInRange, parseNumber } from '../../options/numbers.js';
import { type RecipeArguments, recipeOptions } from '../../options/recipe-options.js';
import { printRecipe } from '../../../recipe/print-recipe.js';
import { runCommandBatch } from '../../run-batch.js';

interface DepthArguments extends CommonArguments, BatchArguments, RecipeArguments {
  readonly maps?: readonly string[];
  readonly depthCutoff?: number | 'histo' | 'auto';
  readonly range?: DepthRange | 'shared';
  readonly compressMap: boolean;
  readonly recipe?: string;
  readonly channel?: string;
  readonly depthNear?: 'small' | 'large';
  readonly near: 'white' | 'black';
  readonly bits: 8 | 16;
  readonly mask: boolean;
  readonly noise: boolean;
  readonly seed: number;
  readonly regions: boolean;
  readonly histogram: boolean;
  readonly histogramPlot: boolean;
  readonly interactive: boolean;
  readonly outputDir?: string;
  readonly name: string;
  readonly force: boolean;
}

const grays = 'How grays are given out:';
const source = 'What is read:';
const output = 'Output:';

export const command: Command = {
  name: 'depth',
  summary: 'a rendered depth map (EXR, PFM, PNG, TIFF) as a gray image, with masks of its ranges',
  positionals: {
    maps: {
      type: 'string',
      array: true,
      describe: 'depth maps: files, folders, patterns; - for standard input',
    },
  },
  options: {
    interactive: {
      alias: 'i',
      type: 'boolean',
      default: false,
      describe: 'a shell to split the depths, give grays out and save that as a recipe; also fed from a pipe',
      group: grays,
    },
    recipe: { type: 'string', describe: 'splits saved by the shell', group: grays },
    'depth-cutoff': {
      alias: 'depth_cutoff',
      type: 'string',
      nargs: 1,
      coerce: parseCutoff,
      describe: 'what is at this depth or beyond is as far as can be; histo: show where depths lie; auto: find a gap',
      group: grays,
    },
    range: {
      type: 'string',
      nargs: 1,
      coerce: parseRange,
      describe: 'min,max: the depths that grays are spread over; shared: those of all maps together',
      group: grays,
    },
    'compress-map': {
      alias: ['compress_map', 'compress'],
      type: 'boolean',
      default: GRAY_DEFAULTS.compress,
      describe: 'grays evenly over the different depths that occur',
      group: grays,
    },
    channel: {
      type: 'string',
      describe: 'which channel of an EXR file [default: Z, *.Z, depth.V, Y, R=G=B]',
      group: source,
    },
    'depth-near': {
      choices: ['small', 'large'] as const,
      describe: 'which values of the file are near [default: large in PNG, small in the others]',
      group: source,
    },
    near: {
      choices: ['white', 'black'] as const,
      default: 'white',
      describe: 'what is near in the image that is written',
      group: output,
    },
    bits: {
      type: 'string',
      default: GRAY_DEFAULTS.bits,
      coerce: parseBits,
      describe: '8 or 16: with 16, a smooth slope shows no bands',
      group: output,
    },
    mask: {
      type: 'boolean',
      default: false,
      describe: 'also .mask.png: black where nothing is, or beyond the cutoff',
      group: output,
    },
    noise: { type: 'boolean', default: false, describe: 'noise where the mask is black', group: output },
    seed: {
      type: 'string',
      default: 0,
      coerce: integerInRange('--seed', 0, 2 ** 32 - 1),
      describe: 'another number, other noise',
      group: output,
    },
    regions: {
      alias: 'region',
      type: 'boolean',
      default: false,
      describe: 'also .regions.png: splits in the colors of sd-webui-regional-prompter',
      group: output,
    },
    histogram: { type: 'boolean', default: false, describe: 'also show where depths lie, as bars', group: output },
    'histogram-plot': { type: 'boolean', default: false, describe: 'also .histogram.png', group: output },
    'output-dir': {
      synonyms: ['outdir'],
      type: 'string',
      describe: 'folder for the results [default: beside each map]',
      group: output,
    },
    name: {
      type: 'string',
      default: DEPTH_NAMING_DEFAULTS.name,
      describe: 'how results are named; also {parent} {index}',
      group: output,
    },
    force: { type: 'boolean', default: false, describe: 'replace files that exist', group: output },
    ...batchOptions,
    ...recipeOptions,
    ...commonOptions,
  },
  examples: [
    ['depth render.exr', 'render.depth.png, near = light'],
    ['depth render.exr --depth-cutoff histo', 'and where the depths lie, to choose a cutoff by'],
    ['depth render.exr --depth-cutoff 220.42 --mask', 'everything beyond is black, and a mask of the rest'],
    ['depth "frames/*.exr" --range shared --bits 16', 'a sequence, without flicker and without bands'],
    ['depth render.exr --interactive', 'split the depths by hand; help lists the commands'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<DepthArguments>): Promise<void> {
  if (
    argv.recipe !== undefined &&
    (argv.range !== undefined || typeof argv.depthCutoff === 'number' || argv.depthCutoff === 'auto')
  ) {
    throw new MaskwrightError(
      'USAGE',
      'a recipe says where its splits are: --range and --depth-cutoff do not go with it',
    );
  }
  if (argv.range === 'shared' && argv.depthCutoff === 'auto') {
    throw new MaskwrightError('USAGE', '--depth-cutoff auto looks at each map by itself, --range shared at all', {
      hint: 'name the cutoff: --depth-cutoff histo shows where the depths lie',
    });
  }
  const inputs = await inputsFrom(argv, argv.maps, { outdir: argv.outputDir, endings: DEPTH_ENDINGS });
  if (argv.printRecipe === true) {
    await printDepth(argv, inputs);
    return;
  }
  const { readDepthSplitPlan } = await import('../../../sources/depth/depth-split-plan.js');
  const recipe = argv.recipe === undefined ? undefined : await readDepthSplitPlan(argv.recipe);
  const decoding = { channel: argv.channel, depthOrder: argv.depthNear && (`near-is-${argv.depthNear}` as const) };
  const images = {
    compress: argv.compressMap,
    polarity: `near-${argv.near}` as const,
    bits: argv.bits,
    mask: argv.mask,
    noise: argv.noise,
    seed: argv.seed,
    regions: argv.regions,
  };
  if (argv.interactive) {
    await runInteractively(argv, inputs, { decoding, images, recipe });
    return;
  }
  const { depthJob, depthOutputs, sharedDepthRange } = await import('../../../outputs/depth/depth-output.js');
  await withContext(argv, async (context) => {
    const range =
      argv.range === 'shared'
        ? await sharedDepthRange(
            inputs.map(({ path }) => path),
            {
              ...decoding,
              signal: context.signal,
              onProgress: (done) => context.progress.show(`range of ${done} of ${inputs.length}`),
            },
          )
        : argv.range;
    const optionsFor = (input: InputFile, index: number): DepthJobOptions => ({
      ...decoding,
      images,
      cutoff: argv.depthCutoff === 'histo' ? undefined : argv.depthCutoff,
      range,
      recipe,
      histogramPlot: argv.histogramPlot,
      naming: namingFor(
        { outdir: argv.outputDir ?? besideInput(input.path), name: argv.name },
        argv.outputDir === undefined ? { ...input, folder: '' } : input,
        index,
        inputs.length,
      ),
      force: argv.force,
      provenance: { command: 'depth' },
    });
    await runCommandBatch(argv, context, {
      command: 'depth',
      inputs,
      outdir: argv.outputDir,
      plan: (input, index) => ({
        reads: [input.path, ...(argv.recipe === undefined ? [] : [argv.recipe])],
        writes: depthOutputs(input.path, optionsFor(input, index)),
      }),
      task: (input, index) => depthJob(input.path, optionsFor(input, index)),
      describe: (result) => describeResult(result, argv),
      warnings: ({ warnings }) => warnings,
    });
  });
}

/** What is only shown, as the histogram in letters, has no place in a recipe. */
async function printDepth(argv: ArgumentsCamelCase<DepthArguments>, inputs: readonly InputFile[]): Promise<void> {
  const {
    depthCutoff,
    range,
    compressMap: compress,
    channel,
    depthNear,
    near,
    bits,
    mask,
    noise,
    seed,
    regions,
  } = argv;
  if (argv.interactive) {
    throw new MaskwrightError('USAGE', 'a recipe has nothing like --interactive', {
      hint: 'save the splits in the shell, and use them: --recipe',
    });
  }
  const folders = new Set(inputs.map(folderOf));
  if (argv.outputDir === undefined && folders.size > 1) {
    throw new MaskwrightError('USAGE', 'a recipe writes into one folder, and these maps lie in several', {
      hint: 'for example --output-dir maps',
    });
  }
  const cutoff = depthCutoff === 'histo' ? undefined : depthCutoff;
  const read = { recipe: argv.recipe, channel, depthNear, cutoff, range, compress } as const;
  const written = { near, bits, mask, noise, seed, regions, histogramPlot: argv.histogramPlot } as const;
  process.stdout.write(
    printRecipe({
      inputs: argv.maps === undefined ? undefined : [...argv.maps],
      recursive: argv.recursive,
      filesFrom: argv.filesFrom,
      outputs: [{ kind: 'depth', name: argv.name, ...read, ...written }],
      outdir: argv.outputDir ?? [...folders][0]!,
    }),
  );
}

/** The folder that a recipe's results go to, so that each lies beside its map. */
function folderOf({ path, folder }: InputFile): string {
  const whole = besideInput(path);
  return folder === '' ? whole : whole.slice(0, -folder.length).replace(/[/\\]$/, '') || '.';
}

async function runInteractively(
  argv: ArgumentsCamelCase<DepthArguments>,
  inputs: readonly InputFile[],
  { decoding, images, recipe }: Pick<DepthJobOptions, 'images' | 'recipe'> & { readonly decoding: DecodeDepthOptions },
): Promise<void> {
  const { depthCutoff, range, json, jsonLines } = argv;
  if (range !== undefined || depthCutoff === 'auto' || json === true || jsonLines === true) {
    throw new MaskwrightError(
      'USAGE',
      '--interactive goes without --range, --depth-cutoff auto, --json and --json-lines',
    );
  }
  if (inputs.some(({ path }) => path === STDIO)) {
    throw new MaskwrightError('USAGE', 'standard input brings the commands of --interactive: the map must be a file');
  }
  const { runDepthShell } = await import('../../depth-shell/run-depth-shell.js');
  await withContext(argv, (context) =>
    runDepthShell(
      context,
      inputs.map(({ path }) => path),
      {
        decoding,
        start: {
          plan: recipe,
          cutoff: typeof depthCutoff === 'number' ? depthCutoff : undefined,
          compress: argv.compressMap,
        },
        filesOf: (input) => ({
          input,
          outdir: argv.outputDir ?? besideInput(input),
          images,
          force: argv.force,
          provenance: { command: 'depth' },
        }),
      },
    ),
  );
}

function describeResult(result: DepthResult, argv: DepthArguments): string[] {
  const { input, range, cutoff, background, histogram, files, depthOrder, channel } = result;
  return [
    ...(argv.depthCutoff === 'histo'
      ? ['** providing cutting histogram advice, but leaving depthmap unchanged', ...histogramLines(histogram)]
      : []),
    ...(argv.histogram ? histogramBars(histogram, Math.min(process.stdout.columns ?? 80, 100)) : []),
    `${input}  ${channel === undefined ? '' : `channel ${channel}, `}${shortDepth(range.min)} to ${shortDepth(range.max)}, ${depthOrder === 'near-is-small' ? 'small' : 'large'} = near${
      cutoff === undefined ? '' : `, cut off at ${shortDepth(cutoff)}`
    }${background === 0 ? '' : `, ${(background * 100).toFixed(2)} % background`}`,
    ...files.map((file) => `  ${file}`),
  ];
}

function parseCutoff(value: unknown): number | 'histo' | 'auto' | undefined {
  return value === undefined || value === 'histo' || value === 'auto' ? value : parseNumber('--depth-cutoff', value);
}

function parseRange(value: unknown): DepthRange | 'shared' | undefined {
  if (value === undefined || value === 'shared') {
    return value;
  }
  const parts = typeof value === 'string' ? value.split(',') : [];
  const [min = 0, max = 0] = parts.map((part) => parseNumber('--range', part));
  if (parts.length !== 2 || !(min < max) || !Number.isFinite(max - min)) {
    throw new MaskwrightError('OPTION_RANGE', `--range is ${JSON.stringify(value)}`, {
      hint: 'min,max: 100,612.5; or shared',
    });
  }
  return { min, max };
}

function parseBits(value: unknown): 8 | 16 {
  const bits = parseNumber('--bits', value);
  if (bits !== 8 && bits !== 16) {
    throw new MaskwrightError('OPTION_RANGE', `--bits is ${bits}, but must be 8 or 16`);
  }
  return bits;
}
