import { parse } from 'node:path';
import { FILL_METHODS } from '../../../depth/layers/fill-occluded.js';
import { LAYER_DEFAULTS, MAX_FEATHER_PX } from '../../../depth/layers/layers-build.js';
import { MAX_CLEAN_EDGES_PX } from '../../../depth/layers/slice-clean.js';
import {
  MAX_LAYERS,
  SPLIT_DEFAULTS,
  SPLIT_KINDS,
  splitDepth,
  type SplitMethod,
} from '../../../depth/layers/split-depth.js';
import { MaskwrightError } from '../../../errors.js';
import { patternFor } from '../../../io/files/expand-inputs.js';
import { STDIO } from '../../../io/files/read-input.js';
import { DTYPES } from '../../../models/registry/dtypes.js';
import { literal } from '../../../recipe/interpolate.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import { assertLicense, DEPTH_SIZE_DEFAULT, depthModelChoice } from '../../../sources/depth/depth-model.js';
import type { ArgumentsOf, CommandBody, OptionTable } from '../../command.js';
import { withContext } from '../../context.js';
import { depthFileFieldsFrom, depthFileOptions } from '../../options/depth-options.js';
import { modelOptions } from '../../options/model-options.js';
import { integerInRange, parseNumber } from '../../options/numbers.js';
import { outputOptions } from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { template } from '../../options/template.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';
import { showDownloads } from '../../run/show-downloads.js';

/** Where image-to-layers writes. */
const OUTDIR_DEFAULT = './tmp/image_to_layers';

const inputs = 'Input:';
const source = 'Depth:';
const cutting = 'Layers:';
const group = 'Output:';

const options = {
  input: { alias: 'i', type: 'string', requiresArg: true, describe: 'one image', group: inputs, basic: true },
  'input-dir': { type: 'string', requiresArg: true, describe: 'all PNGs of a folder', group: inputs, basic: true },
  prefix: {
    type: 'string',
    requiresArg: true,
    describe: 'of those, the ones whose names begin with this',
    group: inputs,
    basic: true,
  },
  layers: {
    type: 'string',
    fallback: SPLIT_DEFAULTS.layers,
    coerce: integerInRange('--layers', 1, MAX_LAYERS),
    describe: `number of layers, 1 to ${MAX_LAYERS}`,
    group: cutting,
    basic: true,
  },
  split: {
    type: 'string',
    requiresArg: true,
    fallback: SPLIT_DEFAULTS.kind,
    describe: 'quantile (of equal size), even, kmeans, valleys, or at=0.2,0.6 (0 far, 1 near)',
    group: cutting,
    basic: true,
  },
  feather: {
    type: 'string',
    fallback: LAYER_DEFAULTS.featherPx,
    coerce: integerInRange('--feather', 0, MAX_FEATHER_PX),
    describe: 'width of soft edges in pixels',
    group: cutting,
    basic: true,
  },
  'clean-edges': {
    type: 'string',
    fallback: 'off',
    coerce: parseCleanEdges,
    describe: 'remove outlines and specks: a radius in pixels, or off; --analyze suggests one',
    group: cutting,
    basic: true,
  },
  range: {
    choices: ['each', 'shared'] as const,
    fallback: 'each',
    describe: 'shared: the frames of a sequence are all split at the same depths',
    group: cutting,
  },
  fill: {
    choices: FILL_METHODS,
    describe: 'paint each layer behind the nearer ones, so that moved layers show no gap',
    group: cutting,
    basic: true,
  },
  compat: { type: 'boolean', describe: 'split exactly as image-to-layers does', group: cutting },
  output: {
    ...outputOptions.output,
    describe: 'name of the files: scene.png gives scene.layer-1.png, scene.layer-2.png ...',
  },
  'output-dir': {
    ...outputOptions['output-dir'],
    fallback: OUTDIR_DEFAULT,
    describe: 'folder for the layers; those of an earlier run are removed, nothing else',
  },
  suffix: { type: 'string', requiresArg: true, describe: 'end of the names that stays at the end: @3x', group },
  'depth-map': { type: 'boolean', describe: 'also the depth as an image, near is light', group, basic: true },
  'hole-masks': {
    type: 'boolean',
    describe: 'also an occlusion mask for each layer, white where nearer ones hide it: what to inpaint',
    group,
    basic: true,
  },
  preview: { type: 'boolean', describe: 'also a web page that moves the layers with the pointer', group, basic: true },
  analyze: { type: 'boolean', describe: 'only suggest layers and clean-edges, and draw a histogram', group },
  force: { type: 'boolean', describe: 'write over files that this command did not write', group },
  model: {
    type: 'string',
    fallback: DEPTH_SIZE_DEFAULT,
    describe: 'Depth Anything V2 small, base or large; or a hub id, or a folder',
    group: source,
    basic: true,
  },
  'no-model': { type: 'boolean', describe: 'no model: far at the top, near at the bottom', group: source, basic: true },
  'fetch-latest-model': { type: 'boolean', describe: 'first download the newest model', group: source },
  'accept-license': { type: 'boolean', describe: 'base and large: not for commercial use', group: source },
  revision: { ...modelOptions.revision, group: source },
  dtype: { ...modelOptions.dtype, fallback: 'q8', describe: `weights: ${DTYPES.join(', ')}`, group: source },
  device: { ...modelOptions.device, group: source },
  offline: { ...modelOptions.offline, group: source },
  'depth-file': {
    type: 'string',
    requiresArg: true,
    describe: 'a depth map instead: EXR, PNG, TIFF, PFM; {stem} stands for the name of each image',
    group: source,
    basic: true,
  },
  ...depthFileOptions,
  ...recipeOptions,
} as const satisfies OptionTable;

const positionals = {
  images: { type: 'string', array: true, describe: 'images: files, folders, patterns' },
} as const;

type LayersArguments = Omit<ArgumentsOf<typeof options & typeof positionals>, 'model'> & {
  /** `false` for `--no-model`. */
  readonly model?: string | false | undefined;
};

const recipeCommand = defineRecipeCommand<LayersArguments>({
  positionals,
  options,
  examples: [
    ['layers --input scene@3x.png --layers 3 --suffix "@3x"', 'scene_layer_01@3x.png (far) to 03 (near)'],
    ['layers scene.png --feather 5 --depth-map --preview', 'soft edges, the depth, and a page to look at'],
    ['layers scene.png --split valleys --fill push-pull --hole-masks', 'ready to inpaint behind things'],
    ['layers --input-dir frames --prefix forest --range shared', 'one split for all frames'],
  ],
  toRecipe,
});

export const command: CommandBody = { ...recipeCommand, run };

async function run(argv: LayersArguments, name: string): Promise<void> {
  if (argv.fetchLatestModel === true) {
    if (argv.printRecipe === true) {
      throw new MaskwrightError('USAGE', 'a recipe cannot do what --fetch-latest-model does', {
        hint: 'maskwright models pull downloads a model',
      });
    }
    await fetchLatest(argv);
  }
  try {
    await recipeCommand.run(argv as never, name);
  } catch (error) {
    throw argv.inputDir !== undefined && error instanceof MaskwrightError && error.code === 'INPUT_NOT_FOUND'
      ? noSuchImages(argv.inputDir, argv.prefix, error)
      : error;
  }
}

/** The error in terms of the options, which the pattern was made of. */
function noSuchImages(folder: string, prefix: string | undefined, error: MaskwrightError): MaskwrightError {
  if (!error.message.startsWith('no file matches')) {
    return error;
  }
  return new MaskwrightError(
    'INPUT_NOT_FOUND',
    prefix === undefined
      ? `the folder ${folder} has no images: no name in it ends in .png`
      : `no PNG in ${folder} has a name that begins with ${prefix}`,
    { hint: '--recursive also takes the folders inside it' },
  );
}

function toRecipe(argv: LayersArguments): RecipeInput {
  const { suffix, depthFile, model } = argv;
  const split = splitFrom(argv);
  if (depthFile !== undefined && model !== undefined) {
    throw new MaskwrightError('USAGE', '--depth-file and a model both say where depth comes from', {
      hint: 'leave --model and --no-model out',
    });
  }
  if (suffix !== undefined && /[/\\]/.test(suffix)) {
    throw new MaskwrightError('USAGE', `--suffix ${JSON.stringify(suffix)} has a slash: it is part of a file name`);
  }
  return {
    ...inputFields(argv, imagesFrom(argv)),
    offline: argv.offline,
    outputs: [
      {
        kind: 'layers',
        ...placeOf(argv),
        suffix: suffix === undefined || suffix === '' ? undefined : template(suffix),
        depth: depthFrom(argv),
        ...(depthFile === undefined ? {} : depthFileFieldsFrom(argv)),
        ...split,
        range: argv.range,
        cleanEdges: argv.cleanEdges,
        feather: argv.feather,
        fill: argv.fill,
        compat: argv.compat,
        depthMap: argv.depthMap,
        holeMasks: argv.holeMasks,
        preview: argv.preview,
        analyze: argv.analyze,
        force: argv.force,
      },
    ],
    outdir: template(argv.outputDir ?? OUTDIR_DEFAULT),
  };
}

/** Files named by `-o` go among others; all others go to a folder that old layers are removed from. */
function placeOf({ output }: LayersArguments) {
  if (output === undefined) {
    return { clear: true };
  }
  if (output === STDIO) {
    throw new MaskwrightError('USAGE', 'layers are several files, which cannot all go to standard output', {
      hint: 'name a folder with --output-dir',
    });
  }
  const { dir, name, ext } = parse(output);
  if (ext.toLowerCase() !== '.png') {
    throw new MaskwrightError('OUTPUT_FORMAT', `layers are PNG files, and -o is ${output}`, {
      hint: 'for example -o scene.png, which gives scene.layer-1.png ...',
    });
  }
  return { outdir: literal(dir === '' ? '.' : dir), name: `${literal(name)}.{kind}.{ext}` };
}

/** Where depth comes from: a file, a model, or, left out, the gradient. Throws `MODEL_ACCESS`. */
function depthFrom(argv: LayersArguments) {
  const { depthFile, model, acceptLicense, revision, dtype, device } = argv;
  if (depthFile !== undefined) {
    return template(depthFile);
  }
  if (model === false) {
    return undefined;
  }
  const chosen = { model: model ?? DEPTH_SIZE_DEFAULT, acceptLicense, revision, dtype, device };
  assertLicense(depthModelChoice(chosen), chosen);
  return chosen;
}

async function fetchLatest(argv: LayersArguments): Promise<void> {
  const { depthFile, model, revision, dtype, device, offline, acceptLicense } = argv;
  if (depthFile !== undefined || model === false) {
    return;
  }
  const { fetchLatestModel } = await import('../../../sources/depth/depth-model.js');
  const choice = depthModelChoice({ model, revision, dtype, device, offline });
  assertLicense(choice, { acceptLicense });
  await withContext(argv, async (context) => {
    const { id, commit } = await fetchLatestModel(choice, showDownloads(context));
    context.print(`${id} is at its newest${commit === undefined ? '' : ` (${commit.slice(0, 12)})`}`);
  });
}

/** The fields of a recipe that say how to split. Throws `USAGE`. */
function splitFrom({ split = SPLIT_DEFAULTS.kind, layers }: LayersArguments) {
  const [kind, cuts] = splitOnce(split);
  if (kind === 'at') {
    const parsed: SplitMethod = { kind, cuts: (cuts ?? '').split(',').map((cut) => parseNumber('--split at=', cut)) };
    if (layers !== undefined && layers !== parsed.cuts.length + 1) {
      throw new MaskwrightError(
        'USAGE',
        `--split ${split} makes ${parsed.cuts.length + 1} layers, --layers is ${layers}`,
      );
    }
    // Refuses cuts that do not rise, before any image is read.
    splitDepth(new Float32Array(0), parsed);
    return { split: { at: [...parsed.cuts] } };
  }
  const known = SPLIT_KINDS.find((candidate) => candidate === kind);
  if (known === undefined || known === 'at' || cuts !== undefined) {
    throw new MaskwrightError('USAGE', `there is no --split ${JSON.stringify(split)}`, {
      hint: `it is one of ${SPLIT_KINDS.map((name) => (name === 'at' ? 'at=0.2,0.6' : name)).join(', ')}`,
    });
  }
  return { split: known, layers };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function parseCleanEdges(value: unknown): number | undefined {
  return value === 'off' ? 0 : integerInRange('--clean-edges', 1, MAX_CLEAN_EDGES_PX)(value);
}

function imagesFrom({ input, inputDir, images = [], prefix, filesFrom, recursive }: LayersArguments): string[] {
  const ways = [input, inputDir, images[0] ?? filesFrom].filter((way) => way !== undefined).length;
  if (ways !== 1) {
    throw new MaskwrightError('USAGE', ways === 0 ? 'no image was named' : 'images were named in several ways', {
      hint: 'maskwright layers --input scene.png, or --input-dir frames, or names without an option',
    });
  }
  if (prefix !== undefined && inputDir === undefined) {
    throw new MaskwrightError('USAGE', '--prefix goes with --input-dir');
  }
  if (inputDir !== undefined) {
    return [patternFor(inputDir, { prefix, ending: '.png', recursive })];
  }
  return input === undefined ? [...images] : [input];
}
