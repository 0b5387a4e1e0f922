import { relative } from 'node:path';
import type { ArgumentsCamelCase, Options } from 'yargs';
import {
  ALPHA_RULES,
  type AlphaRule,
  BLEND_MODES,
  type BlendMode,
  COMBINE_MODES,
  type CombineMode,
} from '../../engine/index.js';
import { MaskwrightError } from '../../errors.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { STDIO } from '../../io/files/read-input.js';
import { COMPOSITE_JOB_DEFAULTS } from '../../outputs/composite-defaults.js';
import type { CompositeJobOptions, CompositeResult } from '../../outputs/composite-output.js';
import { stemOf } from '../../io/files/output-names.js';
import { filesOf } from '../../sources/source-labels.js';
import type { SourceSettings } from '../../sources/sources.js';
import { type CommandContext, withContext } from '../context.js';
import type { Command } from '../command.js';
import { runCommandBatch } from '../run-batch.js';
import { withModels } from '../with-models.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { findOptions, sourceSettings, type FindArguments } from '../options/detect.js';
import { modelOptions, type ModelArguments } from '../options/model.js';
import { numberInRange } from '../options/numbers.js';
import { outputNames, outputOptions } from '../options/output.js';
import { pathList } from '../options/path-list.js';
import { printAsRecipe, type RecipeArguments, recipeName, recipeOptions } from '../options/recipe.js';
import { maskOperationsFrom, maskOperationOptions, type MaskOperationArguments } from '../options/mask-operations.js';
import {
  type PixelSourceArguments,
  pixelSourceOptions,
  pixelSourcesFrom,
  textOptions,
  textSourcesFrom,
  type TextArguments,
} from '../options/source.js';

interface CompositeArguments
  extends
    CommonArguments,
    BatchArguments,
    RecipeArguments,
    TextArguments,
    PixelSourceArguments,
    FindArguments,
    ModelArguments,
    MaskOperationArguments {
  readonly back: string;
  readonly comp: string;
  readonly out?: string;
  readonly outdir?: string;
  readonly name: string;
  readonly smask?: string;
  readonly masks?: readonly string[];
  readonly imasks?: readonly string[];
  readonly invertedTextMask?: readonly string[];
  readonly textFrom: string;
  readonly combine: CombineMode;
  readonly blend: BlendMode;
  readonly opacity: number;
  readonly alpha: AlphaRule;
  readonly resizeOverlay?: boolean;
  readonly fast?: boolean;
}

const images = 'Images:';
const masks = 'Masks (averaged; without any, half and half):';
const mixing = 'Mixing:';

const compositeOptions = {
  back: {
    alias: 'b',
    type: 'string',
    demandOption: true,
    summary: 'the background; or a folder or a pattern of them',
    group: images,
  },
  comp: {
    alias: 'c',
    type: 'string',
    demandOption: true,
    describe: 'the overlay, which masks let through; here and in masks, {stem} is the name of each background',
    group: images,
  },
  out: { alias: 'o', type: 'string', describe: 'the image to write; - for standard output', group: images },
  outdir: { ...outputOptions.outdir, group: images },
  name: { ...outputOptions.name, group: images },
  smask: {
    alias: 's',
    type: 'string',
    requiresArg: true,
    describe: 'also write the mask that was used',
    group: images,
  },
  fast: { alias: 'f', type: 'boolean', describe: 'larger files, sooner written', group: images },
  masks: {
    alias: 'm',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'mask files, ;-separated: the overlay shows where they are bright',
    group: masks,
  },
  imasks: {
    alias: 'i',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'negative mask files: the overlay shows where they are dark',
    group: masks,
  },
  'text-mask': { ...textOptions['text-mask'], group: masks },
  'inverted-text-mask': {
    alias: ['inverted_text_mask'],
    type: 'string',
    array: true,
    nargs: 1,
    describe: '-itm <words> [threshold]: everything but this',
    group: masks,
  },
  ...pixelSourceOptions,
  'text-from': {
    type: 'string',
    requiresArg: true,
    default: COMPOSITE_JOB_DEFAULTS.textFrom,
    describe: 'where words, channels and colors are looked for: background, overlay or a file',
    group: masks,
  },
  combine: {
    choices: COMBINE_MODES,
    default: COMPOSITE_JOB_DEFAULTS.combine,
    describe: 'how several masks become one, once each is normalized',
    group: masks,
  },
  blend: {
    choices: BLEND_MODES,
    default: COMPOSITE_JOB_DEFAULTS.blend,
    describe: "how the overlay's color acts on the background's",
    group: mixing,
  },
  opacity: {
    type: 'string',
    requiresArg: true,
    default: 100,
    coerce: numberInRange('--opacity', 0, 100),
    describe: 'of the overlay, in percent',
    group: mixing,
  },
  alpha: {
    choices: ALPHA_RULES,
    default: COMPOSITE_JOB_DEFAULTS.alpha,
    describe: 'what transparency does: conjoint and over lay the overlay on top, mix fades to it, holes and all',
    group: mixing,
  },
  'resize-overlay': { type: 'boolean', describe: "scale the overlay to the background's size", group: mixing },
} as const satisfies Record<string, Options>;

export const command: Command = {
  name: 'composite',
  aliases: ['comp'],
  describe: 'lay one image on another through masks: files, words, or both',
  options: {
    ...compositeOptions,
    ...findOptions,
    ...maskOperationOptions,
    ...modelOptions,
    ...batchOptions,
    ...recipeOptions,
    ...commonOptions,
    verbose: { ...commonOptions.verbose, alias: 'v' },
  },
  examples: [
    ['composite -b photo.png -c sharpened.png -o out.png -m subject.png', 'only the subject sharpened'],
    ['comp -b a.png -c b.png -o out.png -m "near.png;face.png" -i sky.png -n 2', 'three masks, averaged'],
    ['comp -b photo.png -c painted.png -o out.png -tm hair --grow 8 --feather 12', 'a phrase is a mask'],
    ['comp -b photos -c "sharp/{stem}.png" -tm face --outdir out', 'a folder of images'],
    ['comp -b a.png -c b.png -o out.png', 'half and half'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<CompositeArguments>): Promise<void> {
  const files = [
    ...pathList('--masks', argv.masks).map((image) => ({ image })),
    ...pathList('--imasks', argv.imasks).map((image) => ({ image, invert: true })),
  ];
  const sources = [
    ...textSourcesFrom(argv.textMask),
    ...textSourcesFrom(argv.invertedTextMask, true),
    ...pixelSourcesFrom(argv),
  ].filter((source) => source.kind !== 'file');
  const options: CompositeJobOptions = {
    background: argv.back,
    overlay: argv.comp,
    masks: files,
    sources,
    textFrom: argv.textFrom === 'background' || argv.textFrom === 'overlay' ? argv.textFrom : { image: argv.textFrom },
    combine: argv.combine,
    shape: maskOperationsFrom(argv),
    opacity: argv.opacity / 100,
    blend: argv.blend,
    alpha: argv.alpha,
    resizeMasks: argv.resizeMasks,
    resizeOverlay: argv.resizeOverlay,
    saveMask: argv.smask,
    fast: argv.fast,
    provenance: { command: 'composite' },
  };
  if (argv.printRecipe === true) {
    await printComposite(argv, options);
    return;
  }
  const inputs = await inputsFrom(argv, [argv.back], { outdir: argv.outdir });
  const outputFor = outputNames(argv, inputs, 'composite');
  const optionsFor = (input: InputFile, index: number): CompositeJobOptions => {
    const own = (path: string): string => path.replaceAll('{stem}', () => stemOf(input.path));
    return {
      ...options,
      background: input.path,
      overlay: own(argv.comp),
      masks: files.map(({ image, ...rest }) => ({ image: own(image), ...rest })),
      output: outputFor(input, index),
      saveMask: argv.smask === undefined ? undefined : own(argv.smask),
    };
  };
  const { compositeJob } = await import('../../outputs/composite-output.js');
  const composite = (context: CommandContext, settings?: SourceSettings): Promise<unknown> =>
    runCommandBatch(argv, context, {
      command: 'composite',
      inputs,
      outdir: argv.outdir,
      plan: (input, index) => {
        const { overlay, masks, output, saveMask } = optionsFor(input, index);
        const others = [overlay, ...masks.map(({ image }) => image), ...filesOf(sources)];
        return {
          reads: [input.path, ...others.filter((path) => typeof path === 'string')],
          writes: [output, saveMask].filter((path) => path !== undefined),
        };
      },
      job: (input, index) => compositeJob({ ...optionsFor(input, index), settings }),
      describe: (result) => describeResult(result, context.verbose),
      warnings: ({ warnings }) => warnings,
    });
  await withContext(
    argv,
    async (context) => {
      await (sources.length === 0
        ? composite(context)
        : withModels(argv, context, async (models) => {
            await composite(context, sourceSettings(argv, models, context));
          }));
    },
    { stdoutIsData: argv.out === STDIO },
  );
}

async function printComposite(
  argv: ArgumentsCamelCase<CompositeArguments>,
  options: CompositeJobOptions,
): Promise<void> {
  const { masks, shape, blend, opacity } = options;
  const sources = [
    ...(options.sources ?? []),
    ...(masks ?? []).map(
      ({ image, invert }) => ({ kind: 'file', path: String(image), invert: invert === true }) as const,
    ),
  ];
  const unlike = [
    ...(sources.length === 0 ? ['a composite without masks'] : []),
    ...(sources.length > 1 && argv.norm !== undefined ? ['--norm of several masks, which goes before --combine'] : []),
    ...(argv.textFrom === 'background' ? [] : ['--text-from']),
    ...(argv.alpha === COMPOSITE_JOB_DEFAULTS.alpha ? [] : ['--alpha']),
    ...(argv.resizeOverlay === true ? ['--resize-overlay'] : []),
  ];
  if (unlike.length > 0) {
    throw new MaskwrightError('USAGE', `a recipe has nothing like ${unlike[0]}`);
  }
  const { outdir, name } = recipeName(argv);
  const outputs = [
    { kind: 'composite', overlay: argv.comp, blend, opacity, name } as const,
    ...(argv.smask === undefined ? [] : [{ kind: 'mask', name: relative(outdir, argv.smask) } as const]),
  ];
  await printAsRecipe(argv, { images: [argv.back], sources, shape: shape ?? {}, outputs, outdir });
}

function describeResult(result: CompositeResult, verbose: boolean): string[] {
  const { output, mask, masks, width, height, channels, bitDepth, share } = result;
  return [
    ...(verbose
      ? [
          `${width} x ${height}, ${channels === 4 ? 'RGBA' : 'RGB'}, ${bitDepth} bits a channel`,
          ...masks.map((label, i) => `mask ${i + 1}: ${label}`),
        ]
      : []),
    `${output}  ${(share * 100).toFixed(1)} % of the overlay${masks.length === 0 ? ', without a mask' : ''}`,
    ...(mask === undefined ? [] : [`${mask}  the mask, white = overlay`]),
  ];
}
