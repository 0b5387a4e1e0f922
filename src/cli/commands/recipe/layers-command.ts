import { basename, join } from 'node:path';
import type { ArgumentsCamelCase } from 'yargs';
import { FILL_METHODS, type FillMethod } from '../../../depth/layers/fill-hole.js';
import { LAYER_DEFAULTS, MAX_FEATHER_PX } from '../../../depth/layers/layers-build.js';
import { MAX_CLEAN_EDGES_PX } from '../../../depth/layers/slice-clean.js';
import {
  layerCount,
  MAX_LAYERS,
  SPLIT_DEFAULTS,
  SPLIT_KINDS,
  splitDepth,
  type SplitMethod,
} from '../../../depth/layers/split-depth.js';
import { MaskwrightError } from '../../../errors.js';
import { expandInputs, type InputFile, patternFor } from '../../../io/files/expand-inputs.js';
import { depthFileFor, type DepthSource } from '../../../sources/depth/find-depth.js';
import type { SharedSplit } from '../../../outputs/layers/cut-layers.js';
import type { AnalyzeResult, LayersJobOptions, LayersResult } from '../../../outputs/layers/layers-output.js';
import { stemOf } from '../../../io/files/output-names.js';
import { type CommandContext, withContext } from '../../context.js';
import type { Command } from '../../command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../../options/batch-options.js';
import { DTYPES } from '../../../models/registry/dtypes.js';
import { commonOptions, type CommonArguments } from '../../options/common-options.js';
import { modelOptions } from '../../options/model-options.js';
import { integerInRange, parseNumber } from '../../options/numbers.js';
import { type RecipeArguments, recipeOptions } from '../../options/recipe-options.js';
import { printRecipe } from '../../../recipe/print-recipe.js';
import { runCommandBatch } from '../../run-batch.js';
import { describeDownload, withModels } from '../../with-models.js';

interface LayersArguments extends CommonArguments, BatchArguments, RecipeArguments {
  readonly images?: readonly string[];
  readonly input?: string;
  readonly inputDir?: string;
  readonly prefix?: string;
  readonly layers?: number;
  readonly outputDir: string;
  readonly suffix: string;
  readonly feather: number;
  readonly cleanEdges: number;
  readonly depthMap?: boolean;
  readonly split: string;
  readonly fill?: FillMethod;
  readonly holeMasks?: boolean;
  readonly preview?: boolean;
  readonly range: 'each' | 'shared';
  /** `false` for `--no-model`. */
  readonly model?: string | false;
  readonly fetchLatestModel?: boolean;
  readonly acceptLicense?: boolean;
  readonly revision?: string;
  readonly dtype?: string;
  readonly device?: string;
  readonly offline?: boolean;
  readonly depthFile?: string;
  readonly depthChannel?: string;
  readonly depthNear?: 'small' | 'large';
  readonly analyze?: boolean;
  readonly compat?: boolean;
  readonly force?: boolean;
}

const source = 'Where depth comes from:';
const cutting = 'How to cut:';
const output = 'Output:';

export const command: Command = {
  name: 'layers',
  summary: 'cut an image into layers by depth, for parallax and for inpainting what lies behind',
  positionals: { images: { type: 'string', array: true, describe: 'images: files, folders, patterns' } },
  options: {
    input: { alias: 'i', type: 'string', describe: 'one image', group: 'Input:' },
    'input-dir': { type: 'string', describe: 'all PNGs of a folder', group: 'Input:' },
    prefix: { type: 'string', describe: 'of those, the ones whose names begin like this', group: 'Input:' },
    layers: {
      type: 'string',
      coerce: integerInRange('--layers', 1, MAX_LAYERS),
      describe: `how many layers, 1 to ${MAX_LAYERS} [default: ${SPLIT_DEFAULTS.layers}]`,
      group: cutting,
    },
    split: {
      type: 'string',
      default: SPLIT_DEFAULTS.kind,
      describe: 'quantile (of equal size), even, kmeans, valleys, or at=0.2,0.6 (0 far, 1 near)',
      group: cutting,
    },
    feather: {
      type: 'string',
      default: LAYER_DEFAULTS.featherPx,
      coerce: integerInRange('--feather', 0, MAX_FEATHER_PX),
      describe: 'reach of soft edges in pixels',
      group: cutting,
    },
    'clean-edges': {
      type: 'string',
      default: 'off',
      coerce: parseCleanEdges,
      describe: 'take outlines and specks out: a radius in pixels, or off; --analyze suggests one',
      group: cutting,
    },
    range: {
      choices: ['each', 'shared'] as const,
      default: 'each',
      describe: 'shared: the frames of a sequence are all cut at the same depths',
      group: cutting,
    },
    fill: {
      choices: FILL_METHODS,
      describe: 'paint each layer behind the nearer ones, so that no hole shows',
      group: cutting,
    },
    compat: { type: 'boolean', describe: 'cut exactly as image-to-layers does', group: cutting },
    'output-dir': {
      alias: 'outdir',
      type: 'string',
      default: './tmp/image_to_layers',
      describe: 'folder for the layers; those of an earlier run are cleared, nothing else',
      group: output,
    },
    suffix: { type: 'string', default: '', describe: 'end of the names that stays at the end: @3x', group: output },
    model: {
      type: 'string',
      describe: 'Depth Anything V2 small, base or large; or a hub id, or a folder [default: small]',
      group: source,
    },
    'no-model': { type: 'boolean', describe: 'no network: the top far, the bottom near', group: source },
    'fetch-latest-model': {
      type: 'boolean',
      describe: 'download the newest model, whatever is here',
      group: source,
    },
    'accept-license': { type: 'boolean', describe: 'base and large: not for commercial use', group: source },
    revision: { ...modelOptions.revision, group: source },
    dtype: { ...modelOptions.dtype, describe: `weights: ${DTYPES.join(', ')} [default: q8]`, group: source },
    device: { ...modelOptions.device, group: source },
    offline: { ...modelOptions.offline, group: source },
    'depth-file': {
      type: 'string',
      describe: 'a depth map of your own: EXR, PNG, TIFF, PFM; {stem} stands for the name of each image',
      group: source,
    },
    'depth-near': {
      choices: ['small', 'large'] as const,
      describe: 'which values of it are near [default: large in PNG, small in the others]',
      group: source,
    },
    'depth-channel': { type: 'string', describe: 'which channel of an EXR file', group: source },
    'depth-map': { type: 'boolean', describe: 'also the depth as an image, near = light', group: output },
    'hole-masks': {
      type: 'boolean',
      describe: 'also a mask for each layer, white where nearer ones hide it: what to inpaint',
      group: output,
    },
    preview: { type: 'boolean', describe: 'also a web page that moves the layers with the pointer', group: output },
    analyze: {
      type: 'boolean',
      describe: 'only suggest layers and clean-edges, and draw a histogram',
      group: output,
    },
    force: { type: 'boolean', describe: 'write over files that this command did not write', group: output },
    ...batchOptions,
    ...recipeOptions,
    ...commonOptions,
  },
  examples: [
    ['layers --input scene@3x.png --layers 3 --suffix "@3x"', 'scene_layer_01@3x.png (far) to 03 (near)'],
    ['layers scene.png --feather 5 --depth-map --preview', 'soft edges, the depth, and a page to look at'],
    ['layers scene.png --split valleys --fill push-pull --hole-masks', 'ready to inpaint behind things'],
    ['layers --input-dir frames --prefix forest --range shared', 'one cut for all frames'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<LayersArguments>): Promise<void> {
  const split = splitFrom(argv);
  if (argv.depthFile !== undefined && argv.model !== undefined) {
    throw new MaskwrightError('USAGE', '--depth-file and a model both say where depth comes from', {
      hint: 'leave --model and --no-model out',
    });
  }
  if (/[/\\]/.test(argv.suffix)) {
    throw new MaskwrightError(
      'USAGE',
      `--suffix ${JSON.stringify(argv.suffix)} has a slash: it is part of a file name`,
    );
  }
  const inputs = await imagesFrom(argv);
  if (argv.printRecipe === true) {
    await printLayers(argv, split);
    return;
  }
  const [{ analyzeJob, layersJob, layersOutputs }, { layersNames }, { openLayersFolder }] = await Promise.all([
    import('../../../outputs/layers/layers-output.js'),
    import('../../../outputs/layers/layers-names.js'),
    import('../../../outputs/layers/layers-folder.js'),
  ]);
  await withContext(argv, (context) =>
    withDepthSource(argv, context, async (depth) => {
      const folder = await openLayersFolder(argv.outputDir, {
        inputs: inputs.map(({ path }) => path),
        force: argv.force,
      });
      const shared = argv.range === 'shared' ? await sharedSplit(argv, context, inputs, { depth, split }) : undefined;
      const optionsFor = (input: InputFile): LayersJobOptions => ({
        depth,
        split,
        shared,
        featherPx: argv.feather,
        cleanEdgesPx: argv.cleanEdges,
        fill: argv.fill,
        compat: argv.compat,
        depthMap: argv.depthMap,
        holeMasks: argv.holeMasks,
        preview: argv.preview,
        naming: { outdir: join(argv.outputDir, input.folder), suffix: argv.suffix, layers: layerCount(split) },
        folder,
        provenance: {
          command: 'layers',
          split,
          feather: argv.feather,
          cleanEdges: argv.cleanEdges,
          compat: argv.compat,
        },
        signal: context.signal,
      });
      const readsOf = (input: InputFile): string[] => [
        input.path,
        ...(depth.kind === 'file' ? [depthFileFor(input.path, depth.path)] : []),
      ];
      const batch = { command: 'layers', inputs, outdir: argv.outputDir };
      const { failed } =
        argv.analyze === true
          ? await runCommandBatch(argv, context, {
              ...batch,
              plan: (input) => ({
                reads: readsOf(input),
                writes: [layersNames(stemOf(input.path), optionsFor(input).naming).histogram],
              }),
              task: (input) => analyzeJob(input.path, optionsFor(input)),
              describe: describeAnalysis,
              warnings: ({ warnings }) => warnings,
            })
          : await runCommandBatch(argv, context, {
              ...batch,
              plan: (input) => ({ reads: readsOf(input), writes: layersOutputs(input.path, optionsFor(input)) }),
              task: (input) => layersJob(input.path, optionsFor(input)),
              describe: describeLayers,
              warnings: ({ warnings }) => warnings,
            });
      // What --resume skips was written by an earlier run, and is wanted.
      const clear = failed === 0 && argv.analyze !== true && argv.resume !== true;
      const cleared = await folder.finish({ clear });
      if (cleared.length > 0) {
        context.print(`${cleared.length} files of an earlier run cleared from ${argv.outputDir}`);
      }
    }),
  );
}

async function printLayers(argv: ArgumentsCamelCase<LayersArguments>, split: SplitMethod): Promise<void> {
  const {
    input,
    inputDir,
    prefix = '',
    depthFile,
    depthNear: near,
    depthChannel: channel,
    acceptLicense,
    model,
  } = argv;
  const unlike = [
    ...(argv.analyze === true ? ['--analyze'] : []),
    ...(argv.fetchLatestModel === true ? ['--fetch-latest-model'] : []),
  ];
  if (unlike.length > 0) {
    throw new MaskwrightError('USAGE', `a recipe has nothing like ${unlike[0]}`);
  }
  const { revision, dtype, device, offline } = argv;
  const { DEPTH_SIZE_DEFAULT, depthModelChoice, assertLicense } = await import('../../../sources/depth/depth-model.js');
  const network = {
    model: model === false ? undefined : (model ?? DEPTH_SIZE_DEFAULT),
    acceptLicense,
    revision,
    dtype,
    device,
  };
  if (depthFile === undefined && model !== false) {
    assertLicense(depthModelChoice(network), network);
  }
  const own = depthFile === undefined ? {} : { near, channel };
  const output = {
    kind: 'layers',
    suffix: argv.suffix === '' ? undefined : argv.suffix,
    depth: depthFile ?? (model === false ? undefined : network),
    ...own,
    ...(split.kind === 'at' ? { split: { at: [...split.cuts] } } : { split: split.kind, layers: split.layers }),
    range: argv.range,
    cleanEdges: argv.cleanEdges,
    feather: argv.feather,
    fill: argv.fill,
    compat: argv.compat,
    depthMap: argv.depthMap,
    holeMasks: argv.holeMasks,
    preview: argv.preview,
  } as const;
  const pattern = { prefix, ending: '.png', recursive: argv.recursive === true };
  const images =
    input !== undefined ? [input] : inputDir === undefined ? argv.images : [await patternFor(inputDir, pattern)];
  process.stdout.write(
    printRecipe({
      offline,
      inputs: images === undefined || images.length === 0 ? undefined : [...images],
      recursive: argv.recursive,
      filesFrom: argv.filesFrom,
      outputs: [output],
      outdir: argv.outputDir,
    }),
  );
}

/** Runs work with the source of depth that a command line names; a network is loaded when first asked for. */
async function withDepthSource(
  argv: LayersArguments,
  context: CommandContext,
  work: (depth: DepthSource) => Promise<void>,
): Promise<void> {
  const { depthFile, model, revision, dtype, device, offline, acceptLicense } = argv;
  if (depthFile !== undefined) {
    return work({
      kind: 'file',
      path: depthFile,
      depthOrder: argv.depthNear && `near-is-${argv.depthNear}`,
      channel: argv.depthChannel,
    });
  }
  if (model === false) {
    return work({ kind: 'gradient' });
  }
  const { depthModelChoice, fetchLatestModel, assertLicense } = await import('../../../sources/depth/depth-model.js');
  const choice = depthModelChoice({ model, revision, dtype, device, offline });
  assertLicense(choice, { acceptLicense });
  if (argv.fetchLatestModel === true) {
    const { id, commit } = await fetchLatestModel(choice, {
      signal: context.signal,
      onProgress: (progress) => context.progress.show(describeDownload(progress)),
    });
    context.print(`${id} is at its newest${commit === undefined ? '' : ` (${commit.slice(0, 12)})`}`);
  }
  return withModels(choice, context, (models) => work({ kind: 'model', estimator: () => models.depthEstimator() }));
}

async function sharedSplit(
  argv: ArgumentsCamelCase<LayersArguments>,
  context: CommandContext,
  inputs: readonly InputFile[],
  options: { readonly depth: DepthSource; readonly split: SplitMethod },
): Promise<SharedSplit> {
  const { findSharedSplit } = await import('../../../run/shared-splits.js');
  const paths = inputs.map(({ path }) => path);
  return findSharedSplit(paths, {
    ...options,
    concurrency: argv.concurrency,
    signal: context.signal,
    onProgress: (done) => context.progress.show(`depth ${done} of ${paths.length}`),
  });
}

function splitFrom({ split, layers }: LayersArguments): SplitMethod {
  const [kind, cuts] = splitOnce(split);
  if (kind === 'at') {
    const parsed = { kind, cuts: (cuts ?? '').split(',').map((cut) => parseNumber('--split at=', cut)) } as const;
    if (layers !== undefined && layers !== parsed.cuts.length + 1) {
      throw new MaskwrightError(
        'USAGE',
        `--split ${split} makes ${parsed.cuts.length + 1} layers, --layers is ${layers}`,
      );
    }
    // Refuses cuts that do not rise, before any image is read.
    splitDepth(new Float32Array(0), parsed);
    return parsed;
  }
  const known = SPLIT_KINDS.find((candidate) => candidate === kind);
  if (known === undefined || known === 'at' || cuts !== undefined) {
    throw new MaskwrightError('USAGE', `there is no --split ${JSON.stringify(split)}`, {
      hint: `it is one of ${SPLIT_KINDS.map((name) => (name === 'at' ? 'at=0.2,0.6' : name)).join(', ')}`,
    });
  }
  return { kind: known, layers: layers ?? SPLIT_DEFAULTS.layers };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function parseCleanEdges(value: unknown): number {
  return value === 'off' ? 0 : integerInRange('--clean-edges', 1, MAX_CLEAN_EDGES_PX)(value)!;
}

async function imagesFrom(argv: LayersArguments): Promise<InputFile[]> {
  const { input, inputDir, images = [], prefix, outputDir } = argv;
  const ways = [input, inputDir, images[0] ?? argv.filesFrom].filter((way) => way !== undefined).length;
  if (ways !== 1) {
    throw new MaskwrightError('USAGE', ways === 0 ? 'no image was named' : 'images were named in several ways', {
      hint: 'maskwright layers --input scene.png, or --input-dir frames, or names without an option',
    });
  }
  if (prefix !== undefined && inputDir === undefined) {
    throw new MaskwrightError('USAGE', '--prefix goes with --input-dir');
  }
  if (inputDir === undefined) {
    return inputsFrom(argv, input === undefined ? images : [input], { outdir: outputDir });
  }
  const found = await expandInputs([inputDir], { recursive: argv.recursive, endings: ['.png'], exclude: outputDir });
  const chosen = found.filter(({ path }) => basename(path).startsWith(prefix ?? ''));
  if (chosen.length === 0) {
    throw new MaskwrightError('INPUT_NOT_FOUND', `no PNG in ${inputDir} has a name that begins with ${prefix}`, {
      hint: `there are ${found.length} others, the first of them ${basename(found[0]!.path)}`,
    });
  }
  return chosen;
}

function describeLayers({ input, layers, depthMap, preview }: LayersResult): string[] {
  const place = (i: number): string =>
    layers.length === 1 ? '' : i === 0 ? ', back' : i === layers.length - 1 ? ', front' : '';
  return [
    input,
    ...layers.flatMap(({ file, share, hole }, i) => [
      `  ${file}  ${(share * 100).toFixed(1)} %${place(i)}`,
      ...(hole === undefined ? [] : [`  ${hole}`]),
    ]),
    ...[depthMap, preview].flatMap((file) => (file === undefined ? [] : [`  ${file}`])),
  ];
}

function describeAnalysis(result: AnalyzeResult): string[] {
  const { suggestedLayers, suggestedCleanEdgesPx: radius, fragments } = result;
  return [
    `${result.input}  mean depth ${result.mean.toFixed(3)}, deviation ${result.deviation.toFixed(3)}, ${result.humps} humps`,
    `  suggested: --layers ${suggestedLayers} --clean-edges ${radius === 0 ? 'off' : radius}`,
    ...result.shares.map((shares) => `  ${shares.length} layers: ${shares.map(percent).join(', ')}`),
    `  ${fragments} thin fragments in ${percent(result.fragmentShare)} of the image${fragments === 0 ? '' : '; removed by'}`,
    ...(fragments === 0
      ? []
      : result.removed.map(({ radiusPx, share }) => `    --clean-edges ${radiusPx}: ${percent(share)}`)),
    `  ${result.histogram}`,
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 && share > 0 ? 2 : 0)} %`;
}
