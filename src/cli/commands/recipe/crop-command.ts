import { MaskwrightError } from '../../../errors.js';
import { STITCH_MASK_DEFAULTS } from '../../../inpaint/crop/stitch-mask.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { cropOptions } from '../../options/crop-options.js';
import { detectionFields, detectionOptions, maskFileOptions } from '../../options/detection-options.js';
import { maskOperationOptions, maskOperationsFrom, matteFields, savedTrimapFrom } from '../../options/mask-options.js';
import { modelFields, modelOptions } from '../../options/model-options.js';
import { numberInRange } from '../../options/numbers.js';
import { outdirFrom, outputOptions, placeFrom } from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { combineOption, fileSourcesFrom, sourceOptions, sourcesFrom } from '../../options/source-options.js';
import { targetOption } from '../../options/target-options.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';

const group = 'Masks of the crop:';

const options = {
  ...sourceOptions,
  ...combineOption,
  ...maskFileOptions,
  ...detectionOptions,
  ...cropOptions,
  each: { type: 'boolean', describe: 'a crop for each connected component of the selection', group: 'Window:' },
  'sampler-grow': {
    type: 'string',
    fallback: 0,
    coerce: numberInRange('--sampler-grow', 0, 4096),
    describe: 'pixels by which the mask for the sampler grows',
    group,
  },
  'stitch-grow': {
    type: 'string',
    fallback: 0,
    coerce: numberInRange('--stitch-grow', 0, 4096),
    describe: 'pixels by which the stitch mask grows',
    group,
  },
  'stitch-feather': {
    type: 'string',
    fallback: STITCH_MASK_DEFAULTS.featherPx,
    coerce: numberInRange('--stitch-feather', 0, 4096),
    describe: 'pixels over which the stitch mask fades, outside the selection',
    group,
  },
  ...maskOperationOptions,
  ...targetOption,
  ...outputOptions,
  ...modelOptions,
  ...recipeOptions,
} as const satisfies OptionTable;

const positionals = {
  image: { type: 'string', describe: 'the image, a folder or a pattern; - for standard input' },
  'mask-file': { type: 'string', describe: 'a mask file, white = selected, or a folder of masks named as the images' },
} as const;

type CropArguments = ArgumentsOf<typeof options & typeof positionals>;

export const command = defineRecipeCommand<CropArguments>({
  positionals,
  options,
  examples: [
    ['crop photo.png mask.png --size 1024', 'outputs/photo.crop.png, .crop.mask.png, .crop.stitch.png, .crop.json'],
    ['crop photo.jpg -p face --target diffusers --size 1024 --aspect 1:1', 'in the form that diffusers takes'],
    ['crop products -r -p shoe --size 1024 --output-dir shoes', 'a folder of images'],
    ['stitch painted.png --manifest outputs/photo.crop.json -o final.png', 'and back'],
  ],
  toRecipe,
});

function toRecipe(argv: CropArguments): RecipeInput {
  const { image, maskFile, aspect, target, context, size, multipleOf, each, samplerGrow, stitchGrow, stitchFeather } =
    argv;
  const sources = [...fileSourcesFrom(maskFile === undefined ? [] : [maskFile]), ...sourcesFrom(argv)];
  if (sources.length === 0) {
    throw new MaskwrightError('USAGE', 'nothing to crop to was named', {
      hint: 'maskwright crop photo.png mask.png, or -p face',
    });
  }
  if (argv.square === true && aspect !== undefined) {
    throw new MaskwrightError('USAGE', '--square and --aspect exclude each other', { hint: 'leave one out' });
  }
  const aspects = argv.square === true ? [1] : aspect === undefined ? undefined : [...aspect];
  const masks = { samplerGrow, stitchGrow, stitchFeather };
  return {
    ...inputFields(argv, image === undefined ? [] : [image]),
    ...modelFields(argv),
    ...detectionFields(argv),
    sources,
    combine: argv.combine,
    mask: maskOperationsFrom(argv),
    ...matteFields(argv),
    outputs: [
      { kind: 'crop', ...placeFrom(argv), target, context, size, multipleOf, aspects, each, ...masks },
      ...savedTrimapFrom(argv, argv.outputDir),
    ],
    outdir: outdirFrom(argv),
  };
}
