import type { ArgumentsCamelCase } from 'yargs';
import { CHANNEL_MASK_DEFAULTS, type ChannelMaskOptions } from '../../engine/color/channel-mask.js';
import { CHANNEL_NAMES, type ChannelName, parseChannel } from '../../engine/color/channel-names.js';
import { MaskwrightError } from '../../errors.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import type { ChannelJobOptions, ChannelResult } from '../../outputs/channel-output.js';
import { NAMING_DEFAULTS, namingFor } from '../../io/files/output-names.js';
import { withContext } from '../context.js';
import type { Command } from '../command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { integerInRange, numberInRange } from '../options/numbers.js';
import { printAsRecipe, type RecipeArguments, recipeOptions } from '../options/recipe.js';
import { runCommandBatch } from '../run-batch.js';

interface ChannelArguments extends CommonArguments, BatchArguments, RecipeArguments {
  readonly images?: readonly string[];
  readonly channel?: readonly ChannelName[];
  readonly blackPoint: number;
  readonly whitePoint: number;
  readonly grayPoint: number;
  readonly invertOutputMask: boolean;
  readonly mask?: string;
  readonly normalize: NonNullable<ChannelMaskOptions['normalize']>;
  readonly sheet?: boolean;
  readonly outdir: string;
  readonly name: string;
}

const group = 'What to take:';

export const command: Command = {
  name: 'channel',
  summary: 'a color channel as a mask: lightness, saturation, alpha and ten others',
  positionals: {
    images: {
      type: 'string',
      array: true,
      describe: 'the images: files, folders, patterns; - for standard input',
    },
  },
  options: {
    channel: {
      alias: 'c',
      type: 'string',
      array: true,
      nargs: 1,
      coerce: parseChannels,
      describe: `${CHANNEL_NAMES.join(', ')}, or all; also as ImageToMask spells them: "S(HSV)"`,
      group,
    },
    sheet: { type: 'boolean', describe: 'one image of all channels, to choose by', group },
    normalize: {
      choices: ['clip', 'off'] as const,
      default: CHANNEL_MASK_DEFAULTS.normalize,
      describe: 'clip: stretch to black and white; off: values that mean the same in every image',
      group,
    },
    'black-point': {
      alias: 'black_point',
      type: 'string',
      default: CHANNEL_MASK_DEFAULTS.blackPoint,
      coerce: integerInRange('--black-point', 0, 255),
      describe: 'the value that becomes black',
      group,
    },
    'white-point': {
      alias: 'white_point',
      type: 'string',
      default: CHANNEL_MASK_DEFAULTS.whitePoint,
      coerce: integerInRange('--white-point', 0, 255),
      describe: 'the value that becomes white',
      group,
    },
    'gray-point': {
      alias: 'gray_point',
      type: 'string',
      default: CHANNEL_MASK_DEFAULTS.grayPoint,
      coerce: numberInRange('--gray-point', 0.01, 9.99),
      describe: 'gamma, 0.01 to 9.99: above 1 lightens the middle',
      group,
    },
    'invert-output-mask': {
      alias: ['invert_output_mask', 'invert'],
      type: 'boolean',
      default: CHANNEL_MASK_DEFAULTS.invert,
      describe: 'turn black and white round',
      group,
    },
    mask: {
      alias: 'm',
      type: 'string',
      describe: 'keep only what this mask selects [default: the alpha of the image]',
      group,
    },
    outdir: {
      type: 'string',
      default: NAMING_DEFAULTS.outdir,
      describe: 'folder for the results',
      group: 'Output:',
    },
    name: {
      type: 'string',
      default: '{stem}.{text}.{ext}',
      describe: 'how results are named, {text} being the channel; also {kind} {parent} {index}',
      group: 'Output:',
    },
    ...batchOptions,
    ...recipeOptions,
    ...commonOptions,
  },
  examples: [
    ['channel photo.jpg --sheet', 'outputs/photo.channels.png: all of them at a glance'],
    ['channel photo.jpg --channel hsv.s', 'outputs/photo.hsv.s.png, white where colors are strong'],
    ['channel logo.png --channel alpha --invert', 'what is transparent, white'],
    ['channel *.png --channel lab.l --normalize off --black-point 60', 'the same threshold in every image'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<ChannelArguments>): Promise<void> {
  const { channel: channels = [], sheet } = argv;
  if (channels.length === 0 && sheet !== true) {
    throw new MaskwrightError('USAGE', 'no channel was named', {
      hint: 'name one: --channel hsv.s, or look at all of them: --sheet',
    });
  }
  if (argv.printRecipe === true) {
    const { images, name, outdir, normalize, blackPoint, whitePoint, grayPoint, invertOutputMask: invert, mask } = argv;
    const levels = { normalize, blackPoint, whitePoint, grayPoint, invert };
    const output = { kind: 'channel' as const, name, channels: [...channels], sheet, ...levels, within: mask };
    await printAsRecipe(argv, { images, outputs: [output], outdir });
    return;
  }
  const inputs = await inputsFrom(argv, argv.images, { outdir: argv.outdir });
  const { channelJob, channelOutputs } = await import('../../outputs/channel-output.js');
  const optionsFor = (input: InputFile, index: number): ChannelJobOptions => ({
    channels,
    levels: {
      normalize: argv.normalize,
      blackPoint: argv.blackPoint,
      whitePoint: argv.whitePoint,
      grayPoint: argv.grayPoint,
      invert: argv.invertOutputMask,
    },
    within: argv.mask,
    sheet,
    naming: namingFor(argv, input, index, inputs.length),
    provenance: { command: 'channel' },
  });
  await withContext(argv, async (context) => {
    await runCommandBatch(argv, context, {
      command: 'channel',
      inputs,
      outdir: argv.outdir,
      plan: (input, index) => ({
        reads: [input.path, ...(argv.mask === undefined ? [] : [argv.mask])],
        writes: channelOutputs(input.path, optionsFor(input, index)),
      }),
      job: (input, index) => channelJob(input.path, optionsFor(input, index)),
      describe: describeResult,
      warnings: ({ warnings }) => warnings,
    });
  });
}

function parseChannels(values: readonly string[] | undefined): readonly ChannelName[] | undefined {
  return values && [...new Set(values.flatMap((value) => (value === 'all' ? CHANNEL_NAMES : [parseChannel(value)])))];
}

function describeResult({ input, masks, sheet }: ChannelResult): string[] {
  return [
    ...masks.map(({ channel, share, file }) => `${input}  ${channel}: ${(share * 100).toFixed(1)} % light  ${file}`),
    ...(sheet === undefined ? [] : [`${input}  ${sheet}`]),
  ];
}
