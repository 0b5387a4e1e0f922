import { MaskwrightError } from '../../../errors.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import { isAnnotationFile } from '../../../sources/annotation-path.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { maskFileFields, maskFileOptions } from '../../options/detection-options.js';
import {
  asksForMatte,
  maskOperationOptions,
  maskOperationsFrom,
  matteFields,
  savedTrimapFrom,
} from '../../options/mask-options.js';
import { failEmptyOption, outdirFrom, outputOptions, placeFrom } from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { combineOption, fileSourcesFrom, pixelSourceOptions, pixelSourcesFrom } from '../../options/source-options.js';
import { selectionOptions, selectionSourcesFrom } from '../../options/selection/selection-options.js';
import { targetOptions } from '../../options/target-options.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';

const options = {
  image: {
    type: 'string',
    requiresArg: true,
    describe: 'the image of the mask: for channels, colors and depths of it; with --target, all that the target takes',
    group: 'Masks:',
    basic: true,
  },
  combine: { ...combineOption.combine, group: 'Masks:', basic: true },
  ...maskFileOptions,
  'resize-masks': {
    ...maskFileOptions['resize-masks'],
    describe: 'scale all to the size of the first',
    group: 'Masks:',
  },
  ...selectionOptions,
  ...pixelSourceOptions,
  ...maskOperationOptions,
  ...targetOptions,
  ...outputOptions,
  name: { ...outputOptions.name, fallback: '{stem}.edited.{ext}' },
  each: {
    type: 'boolean',
    describe: 'each mask by itself, instead of one of all; folders and patterns may be named',
    group: 'Many images:',
    basic: true,
  },
  ...failEmptyOption,
  ...recipeOptions,
} as const satisfies OptionTable;

const positionals = {
  masks: {
    type: 'string',
    array: true,
    describe: 'mask files, folders or patterns, white = selected; - for standard input; several become one',
  },
} as const;

type EditArguments = ArgumentsOf<typeof options & typeof positionals>;

export const command = defineRecipeCommand<EditArguments>({
  positionals,
  options,
  examples: [
    ['edit mask.png -o grown.png --grow 12 --feather 8', 'wider by 12 pixels, then faded'],
    ['edit mask.png -o clean.png --threshold-mask otsu --fill-holes --remove-small 0.5%', 'cleaned up'],
    ['edit mask.png --target openai -o for-openai.png', 'the mask as this target takes it'],
    ['edit mask.png --target comfyui --image photo.png', 'with its image: all the files'],
    ['edit masks --each --grow 8 --output-dir wider', 'a folder of masks, each by itself'],
    ['edit person.png face.png -o body.png --combine subtract', 'the first without the second'],
    ['edit --image photo.png --from-channel hsv.s -o strong.png --threshold-mask otsu', 'from a channel'],
  ],
  toRecipe,
});

async function toRecipe(argv: EditArguments): Promise<RecipeInput> {
  const { image, each, target, sizeFit, fitTarget } = argv;
  const pixels = [...selectionSourcesFrom(argv), ...pixelSourcesFrom(argv)];
  assertUsage(argv, pixels.length);
  const masks = each === true ? (argv.masks ?? []) : await expandMasks(argv.masks ?? []);
  const name = argv.name ?? options.name.fallback;
  const mask = {
    kind: 'mask',
    ...placeFrom({ ...argv, name }),
    target: image === undefined ? target : undefined,
  } as const;
  const files = each === true ? [{ kind: 'file', path: '{path}' } as const] : fileSourcesFrom(masks);
  return {
    ...inputFields(argv, each === true ? masks : [image ?? masks[0]!]),
    ...maskFileFields(argv),
    sources: [...files, ...pixels],
    combine: argv.combine,
    mask: maskOperationsFrom(argv),
    ...matteFields(argv),
    outputs: [
      image === undefined || target === undefined
        ? mask
        : { kind: 'target', ...placeFrom(argv), target, sizeFit, fitTarget },
      ...savedTrimapFrom(argv, argv.outputDir),
    ],
    outdir: outdirFrom(argv),
  };
}

/** The files that folders and patterns stand for, which all become one mask; a file named twice counts twice. */
async function expandMasks(masks: readonly string[]): Promise<string[]> {
  const { expandInputs } = await import('../../../io/files/expand-inputs.js');
  const files = await Promise.all(masks.map((name) => expandInputs([name])));
  return files.flat().map(({ path }) => path);
}

function assertUsage(argv: EditArguments, pixelSources: number): void {
  const { masks = [], image, each, target, output, filesFrom } = argv;
  const hasMatte = asksForMatte(argv);
  const hasAnnotations = masks.some(isAnnotationFile);
  if (hasAnnotations && (image === undefined || each === true)) {
    throw new MaskwrightError('USAGE', 'annotations are those of an image, and there is none', {
      hint: 'name it: --image photo.png',
    });
  }
  if (image !== undefined && target === undefined && pixelSources === 0 && !hasMatte && !hasAnnotations) {
    throw new MaskwrightError('USAGE', '--image goes with --target, --matte, or with what is selected in it', {
      hint: 'see maskwright targets; or --matte, --point, --from-channel, --key, --from-depth, annotations',
    });
  }
  if (image === undefined && hasMatte) {
    throw new MaskwrightError('USAGE', '--matte follows the colors of an image, and there is none', {
      hint: 'name it: --image photo.png',
    });
  }
  if (masks.length === 0 && pixelSources === 0 && filesFrom === undefined) {
    throw new MaskwrightError('USAGE', 'no mask was named', {
      hint: 'maskwright edit mask.png -o wider.png --grow 12',
    });
  }
  if (pixelSources > 0 && image === undefined) {
    throw new MaskwrightError(
      'USAGE',
      'points, channels, colors and depth ranges are those of an image, and there is none',
      {
        hint: 'name it: --image photo.png',
      },
    );
  }
  if (each === true && (pixelSources > 0 || image !== undefined)) {
    throw new MaskwrightError('USAGE', '--each takes each mask by itself: --image and what is made of it do not go', {
      hint: 'leave --each out, or them',
    });
  }
  if (each === true && output !== undefined) {
    throw new MaskwrightError('USAGE', '--each writes into a folder, and not to one file', {
      hint: 'for example --output-dir masks',
    });
  }
  if (each !== true && filesFrom !== undefined) {
    throw new MaskwrightError('USAGE', '--files-from goes with --each: each mask by itself', { hint: 'add --each' });
  }
}
