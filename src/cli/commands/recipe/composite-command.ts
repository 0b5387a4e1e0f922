import { ALPHA_RULES, BLEND_MODES, COMBINE_MODES, COMPOSITE_DEFAULTS } from '../../../engine/index.js';
import { literal } from '../../../recipe/interpolate.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { detectionFields, detectionOptions, maskFileOptions } from '../../options/detection-options.js';
import {
  asksForMatte,
  maskOperationOptions,
  maskOperationsFrom,
  matteFields,
  savedTrimapFrom,
} from '../../options/mask-options.js';
import { modelFields, modelOptions } from '../../options/model-options.js';
import { numberInRange } from '../../options/numbers.js';
import { outdirFrom, outputOptions, placeFrom } from '../../options/output-options.js';
import { pathList } from '../../options/path-list.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import {
  fileSourcesFrom,
  pixelSourceOptions,
  pixelSourcesFrom,
  promptOption,
  promptSourcesFrom,
  type SourceInput,
} from '../../options/source-options.js';
import { selectionOptions, selectionSourcesFrom } from '../../options/selection/selection-options.js';
import { template } from '../../options/template.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';

const images = 'Images:';
const masks = 'Masks (averaged; without any, half and half):';
const mixing = 'Mixing:';

/** maskilayer averages its masks. */
const COMBINE_DEFAULT = 'mean';

const options = {
  back: {
    alias: 'b',
    type: 'string',
    demandOption: true,
    describe: 'the background; or a folder or a pattern of them',
    group: images,
    basic: true,
  },
  comp: {
    alias: 'c',
    type: 'string',
    demandOption: true,
    describe: 'the overlay, which masks let through; here and in masks, {stem} is the name of each background',
    group: images,
    basic: true,
  },
  ...outputOptions,
  smask: {
    alias: 's',
    type: 'string',
    requiresArg: true,
    describe: 'also write the mask that was used',
    group: 'Output:',
  },
  fast: { alias: 'f', type: 'boolean', describe: 'larger files, sooner written', group: 'Output:' },
  masks: {
    alias: 'm',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'mask files, ;-separated: the overlay shows where they are bright',
    group: masks,
    basic: true,
  },
  imasks: {
    alias: 'i',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'negative mask files: the overlay shows where they are dark',
    group: masks,
    basic: true,
  },
  prompt: { ...promptOption.prompt, group: masks },
  'inverted-text-mask': {
    alias: ['itm', 'inverted_text_mask'],
    type: 'string',
    array: true,
    nargs: 1,
    describe: '<prompt> [threshold]: everything but this',
    group: masks,
    basic: true,
  },
  ...selectionOptions,
  ...pixelSourceOptions,
  'text-from': {
    type: 'string',
    requiresArg: true,
    fallback: 'background',
    describe: 'the image of prompts, channels, colors and --matte: background, overlay or a file',
    group: masks,
  },
  combine: {
    choices: COMBINE_MODES,
    fallback: COMBINE_DEFAULT,
    describe: 'how several masks become one, once each is normalized',
    group: masks,
  },
  ...maskFileOptions,
  ...detectionOptions,
  ...maskOperationOptions,
  blend: {
    choices: BLEND_MODES,
    fallback: COMPOSITE_DEFAULTS.blend,
    describe: "how the overlay's color acts on the background's",
    group: mixing,
    basic: true,
  },
  opacity: {
    type: 'string',
    requiresArg: true,
    fallback: 100,
    coerce: numberInRange('--opacity', 0, 100),
    describe: 'of the overlay, in percent',
    group: mixing,
    basic: true,
  },
  alpha: {
    choices: ALPHA_RULES,
    fallback: COMPOSITE_DEFAULTS.alpha,
    describe: 'transparency: conjoint and over lay the overlay on top, mix fades to it, transparent regions and all',
    group: mixing,
  },
  'resize-overlay': { type: 'boolean', describe: "scale the overlay to the background's size", group: mixing },
  ...modelOptions,
  ...recipeOptions,
  verbose: { ...recipeOptions.verbose, alias: 'v' },
} as const satisfies OptionTable;

type CompositeArguments = ArgumentsOf<typeof options>;

export const command = defineRecipeCommand<CompositeArguments>({
  options,
  examples: [
    ['composite -b photo.png -c sharpened.png -o out.png -m subject.png', 'only the subject sharpened'],
    ['comp -b a.png -c b.png -o out.png -m "near.png;face.png" -i sky.png -n 2', 'three masks, averaged'],
    ['comp -b photo.png -c painted.png -o out.png -p hair --grow 8 --feather 12', 'a prompt is a mask'],
    ['comp -b photos -c "sharp/{stem}.png" -p face --output-dir out', 'a folder of images'],
    ['comp -b a.png -c b.png -o out.png', 'half and half'],
  ],
  toRecipe,
});

function toRecipe(argv: CompositeArguments): RecipeInput {
  const { norm, blend, alpha, fast, smask, resizeOverlay, opacity } = argv;
  const overlay = template(argv.comp!);
  // Each mask is normalized by itself, before they are combined.
  const own = norm === undefined ? {} : { mask: { normalize: norm } };
  const image = imageOf(argv.textFrom, overlay);
  const named = [
    ...fileSourcesFrom(pathList('--masks', argv.masks)),
    ...fileSourcesFrom(pathList('--imasks', argv.imasks), true),
    ...[
      ...promptSourcesFrom(argv.prompt),
      ...promptSourcesFrom(argv.invertedTextMask, true),
      ...selectionSourcesFrom(argv),
      ...pixelSourcesFrom(argv),
    ].map((source): SourceInput => (source.kind === 'depth' ? source : ({ ...source, image } as SourceInput))),
  ].map((source): SourceInput => ({ ...source, ...own }));
  const sources = named.length === 0 && argv.trimap !== undefined ? fileSourcesFrom([argv.trimap]) : named;
  return {
    ...inputFields(argv, [argv.back!]),
    ...modelFields(argv),
    ...detectionFields(argv),
    sources: sources.length === 0 ? undefined : sources,
    combine: argv.combine ?? COMBINE_DEFAULT,
    mask: maskOperationsFrom({ ...argv, norm: undefined }),
    ...matteFields(argv),
    matteFrom: asksForMatte(argv) ? image : undefined,
    outputs: [
      {
        kind: 'composite',
        ...placeFrom(argv),
        overlay,
        resizeOverlay,
        blend,
        opacity: opacity === undefined ? undefined : opacity / 100,
        alpha,
        saveMask: smask === undefined ? undefined : template(smask),
        fast,
      },
      ...savedTrimapFrom(argv, argv.outputDir),
    ],
    outdir: outdirFrom(argv),
  };
}

/** The image that masks are found in, where it is not the background. */
function imageOf(textFrom: string | undefined, overlay: string): string | undefined {
  switch (textFrom) {
    case undefined:
    case 'background':
      return undefined;
    case 'overlay':
      return overlay;
    default:
      return literal(textFrom);
  }
}
