import type { DepthRange } from '../../../depth/normalize-depth.js';
import { GRAY_DEFAULTS, POLARITIES } from '../../../depth/gray/map-grays.js';
import { MaskwrightError } from '../../../errors.js';
import { STDIO } from '../../../io/files/read-input.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, CommandBody, OptionTable } from '../../command.js';
import { withContext } from '../../context.js';
import { depthFileFieldsFrom, depthFileOptions, oneOf, splitPlanOption } from '../../options/depth-options.js';
import { integerInRange, parseNumber } from '../../options/numbers.js';
import { outdirFrom, outputOptions, placeFrom } from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { template } from '../../options/template.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';

type Typed = string | readonly string[] | undefined;

const grays = 'Gray levels:';
const group = 'Output:';

const options = {
  interactive: {
    alias: 'i',
    type: 'boolean',
    describe: 'a shell to split the depth and allocate gray levels; also reads commands from a pipe',
    group: grays,
    basic: true,
  },
  'split-plan': { ...splitPlanOption['split-plan'], synonyms: ['recipe'], group: grays },
  'depth-cutoff': {
    alias: 'depth_cutoff',
    synonyms: ['cutoff'],
    type: 'string',
    nargs: 1,
    coerce: parseCutoff,
    describe: 'depth from which everything is background; histo: print where depths lie; auto: detect a gap',
    group: grays,
    basic: true,
  },
  range: {
    type: 'string',
    nargs: 1,
    coerce: parseRange,
    describe: 'min,max: the depths that gray levels are spread over; shared: the range of all maps',
    group: grays,
    basic: true,
  },
  'compress-map': {
    alias: ['compress_map', 'compress'],
    type: 'boolean',
    describe: 'spread gray levels evenly over the depths that occur',
    group: grays,
    basic: true,
  },
  ...depthFileOptions,
  'depth-channel': { ...depthFileOptions['depth-channel'], synonyms: ['channel'] },
  polarity: {
    synonyms: ['near'],
    type: 'string',
    requiresArg: true,
    choices: POLARITIES,
    fallback: GRAY_DEFAULTS.polarity,
    coerce: (value: Typed) => oneOf('--polarity', value, 'near-', POLARITIES),
    describe: 'what is near in the image that is written',
    group,
    basic: true,
  },
  bits: {
    type: 'string',
    fallback: GRAY_DEFAULTS.bits,
    coerce: parseBits,
    describe: '8 or 16; 16 shows no bands on smooth slopes',
    group,
    basic: true,
  },
  mask: {
    type: 'boolean',
    describe: 'also .mask.png: black for background and beyond the cutoff',
    group,
    basic: true,
  },
  noise: { type: 'boolean', describe: 'noise where the mask is black', group },
  seed: {
    type: 'string',
    fallback: 0,
    coerce: integerInRange('--seed', 0, 2 ** 32 - 1),
    describe: 'seed of the noise',
    group,
  },
  regions: {
    alias: 'region',
    type: 'boolean',
    describe: 'also .regions.png: splits in the colors of sd-webui-regional-prompter',
    group,
  },
  histogram: { type: 'boolean', describe: 'print the histogram as bars', group },
  'histogram-plot': { type: 'boolean', describe: 'also .histogram.png', group },
  ...outputOptions,
  'output-dir': { ...outputOptions['output-dir'], fallback: 'the folder of each map' },
  name: { ...outputOptions.name, describe: 'how results are named; also {parent} {index}' },
  force: { type: 'boolean', describe: 'replace files that exist', group },
  ...recipeOptions,
} as const satisfies OptionTable;

const positionals = {
  maps: { type: 'string', array: true, describe: 'depth maps: files, folders, patterns; - for standard input' },
} as const;

type DepthArguments = ArgumentsOf<typeof options & typeof positionals>;

const recipeCommand = defineRecipeCommand<DepthArguments>({
  positionals,
  options,
  examples: [
    ['depth render.exr', 'render.depth.png, near is white'],
    ['depth render.exr --depth-cutoff histo', 'also prints where the depths lie, to choose a cutoff by'],
    ['depth render.exr --depth-cutoff 220.42 --mask', 'everything beyond is black, and a mask of the rest'],
    ['depth "frames/*.exr" --range shared --bits 16', 'a sequence, without flicker and without bands'],
    ['depth render.exr --interactive', 'split the depth by hand; help lists the commands'],
  ],
  toRecipe,
});

export const command: CommandBody = { ...recipeCommand, run };

async function run(argv: DepthArguments, name: string): Promise<void> {
  await (argv.interactive === true ? runInteractively(argv) : recipeCommand.run(argv as never, name));
}

function toRecipe(argv: DepthArguments): RecipeInput {
  const { depthCutoff: cutoff, range, splitPlan, output, outputDir } = argv;
  const cuts = cutoff !== undefined && cutoff !== 'histo';
  if (splitPlan !== undefined && (range !== undefined || cuts)) {
    throw new MaskwrightError(
      'USAGE',
      '--range and --depth-cutoff do not go with --split-plan, which holds the splits',
    );
  }
  if (range === 'shared' && cutoff === 'auto') {
    throw new MaskwrightError('USAGE', '--depth-cutoff auto is detected in each map, --range shared is one for all', {
      hint: 'name the cutoff: --depth-cutoff histo prints where the depths lie',
    });
  }
  if (argv.resume === true && outputDir === undefined) {
    throw new MaskwrightError('USAGE', '--resume needs --output-dir: the list of what is done is kept there');
  }
  const besideInput = output === undefined && outputDir === undefined;
  return {
    ...inputFields(argv, argv.maps),
    outputs: [
      {
        kind: 'depth',
        ...placeFrom(argv),
        ...(besideInput ? { outdir: '{folder}' } : {}),
        keepExisting: argv.force === true ? undefined : true,
        ...depthFileFieldsFrom(argv),
        splitPlan: splitPlan === undefined ? undefined : template(splitPlan),
        cutoff,
        range,
        compress: argv.compressMap,
        polarity: argv.polarity,
        bits: argv.bits,
        mask: argv.mask,
        noise: argv.noise,
        seed: argv.seed,
        regions: argv.regions,
        histogram: argv.histogram,
        histogramPlot: argv.histogramPlot,
      },
    ],
    outdir: outdirFrom(argv),
  };
}

/** The shell, on the maps and with the settings of the recipe. */
async function runInteractively(argv: DepthArguments): Promise<void> {
  const { depthCutoff, range, json, jsonLines, printRecipe } = argv;
  if (printRecipe === true) {
    throw new MaskwrightError('USAGE', 'a recipe cannot do what --interactive does', {
      hint: 'save the splits in the shell, and use them: --split-plan',
    });
  }
  if (range !== undefined || depthCutoff === 'auto' || json === true || jsonLines === true) {
    throw new MaskwrightError(
      'USAGE',
      '--interactive goes without --range, --depth-cutoff auto, --json and --json-lines',
    );
  }
  const [{ recipeFromData }, { planRun }, { runDepthShell }] = await Promise.all([
    import('../../../recipe/recipe-document.js'),
    import('../../../recipe/plan-run.js'),
    import('../../depth-shell/run-depth-shell.js'),
  ]);
  const plan = await planRun(recipeFromData(JSON.parse(JSON.stringify(toRecipe(argv)))));
  if (plan.inputs.some(({ path }) => path === STDIO)) {
    throw new MaskwrightError('USAGE', 'standard input holds the commands of --interactive: the map must be a file');
  }
  await withContext(argv, (context) =>
    runDepthShell(
      context,
      plan.inputs.map(({ path }, index) => {
        const { recipe, naming } = plan.at(index);
        return { input: path, naming, output: recipe.outputs[0]! };
      }),
    ),
  );
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

function parseBits(value: unknown): 8 | 16 | undefined {
  if (value === undefined) {
    return undefined;
  }
  const bits = parseNumber('--bits', value);
  if (bits !== 8 && bits !== 16) {
    throw new MaskwrightError('OPTION_RANGE', `--bits is ${bits}, but must be 8 or 16`);
  }
  return bits;
}
