import { CHANNEL_MASK_DEFAULTS } from '../../../engine/color/channel-mask.js';
import { CHANNEL_NAMES, type ChannelName, parseChannel } from '../../../engine/color/channel-names.js';
import { MaskwrightError } from '../../../errors.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { integerInRange, numberInRange } from '../../options/numbers.js';
import { outdirFrom, outputOptions, placeFrom } from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { template } from '../../options/template.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';

const group = 'Channels:';

const options = {
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
    fallback: CHANNEL_MASK_DEFAULTS.normalize,
    describe: 'clip: stretch to black and white; off: values that mean the same in every image',
    group,
  },
  'black-point': {
    alias: 'black_point',
    type: 'string',
    fallback: CHANNEL_MASK_DEFAULTS.blackPoint,
    coerce: integerInRange('--black-point', 0, 255),
    describe: 'the value that becomes black',
    group,
  },
  'white-point': {
    alias: 'white_point',
    type: 'string',
    fallback: CHANNEL_MASK_DEFAULTS.whitePoint,
    coerce: integerInRange('--white-point', 0, 255),
    describe: 'the value that becomes white',
    group,
  },
  'gray-point': {
    alias: 'gray_point',
    type: 'string',
    fallback: CHANNEL_MASK_DEFAULTS.grayPoint,
    coerce: numberInRange('--gray-point', 0.01, 9.99),
    describe: 'gamma, 0.01 to 9.99: above 1 lightens the middle',
    group,
  },
  'invert-output-mask': {
    alias: ['invert_output_mask', 'invert'],
    type: 'boolean',
    fallback: CHANNEL_MASK_DEFAULTS.invert,
    describe: 'turn black and white round',
    group,
  },
  mask: {
    alias: 'm',
    type: 'string',
    describe: 'keep only what this mask selects [default: the alpha of the image]',
    group,
  },
  ...outputOptions,
  name: { ...outputOptions.name, fallback: '{stem}.{text}.{ext}' },
  ...recipeOptions,
} as const satisfies OptionTable;

const positionals = {
  images: { type: 'string', array: true, describe: 'files, folders, patterns; - for standard input' },
} as const;

type ChannelArguments = ArgumentsOf<typeof options & typeof positionals>;

export const command = defineRecipeCommand<ChannelArguments>({
  positionals,
  options,
  examples: [
    ['channel photo.jpg --sheet', 'outputs/photo.channels.png: all of them at a glance'],
    ['channel photo.jpg --channel hsv.s', 'outputs/photo.hsv.s.png, white where colors are strong'],
    ['channel logo.png --channel alpha --invert', 'what is transparent, white'],
    ['channel *.png --channel lab.l --normalize off --black-point 60', 'the same threshold in every image'],
  ],
  toRecipe,
});

function toRecipe(argv: ChannelArguments): RecipeInput {
  const { channel = [], sheet, normalize, blackPoint, whitePoint, grayPoint, invertOutputMask: invert, mask } = argv;
  if (channel.length === 0 && sheet !== true) {
    throw new MaskwrightError('USAGE', 'no channel was named', {
      hint: 'name one: --channel hsv.s, or see all of them: --sheet',
    });
  }
  const levels = { normalize, blackPoint, whitePoint, grayPoint, invert };
  const within = mask === undefined ? undefined : template(mask);
  return {
    ...inputFields(argv, argv.images),
    outputs: [{ kind: 'channel', ...placeFrom(argv), channels: [...channel], sheet, ...levels, within }],
    outdir: outdirFrom(argv),
  };
}

function parseChannels(values: readonly string[] | undefined): readonly ChannelName[] | undefined {
  return values && [...new Set(values.flatMap((value) => (value === 'all' ? CHANNEL_NAMES : [parseChannel(value)])))];
}
