import { MaskwrightError } from '../../../errors.js';
import { literal } from '../../../recipe/interpolate.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { detectionFields, detectionOptions, maskFileOptions } from '../../options/detection-options.js';
import { maskOperationOptions, maskOperationsFrom, matteFields, savedTrimapFrom } from '../../options/mask-options.js';
import { modelFields, modelOptions } from '../../options/model-options.js';
import { integerInRange } from '../../options/numbers.js';
import {
  failEmptyOption,
  outdirFrom,
  outputOptions,
  placeFrom,
  savedMaskFrom,
  saveMaskOption,
} from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { combineOption, sourceOptions, sourcesFrom } from '../../options/source-options.js';
import { targetOptions } from '../../options/target-options.js';
import { template } from '../../options/template.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';

const options = {
  ...sourceOptions,
  ...combineOption,
  ...maskFileOptions,
  ...detectionOptions,
  original: {
    alias: 'I',
    type: 'string',
    requiresArg: true,
    describe: 'the untouched image, with -M',
    group: 'Selection:',
  },
  edited: {
    alias: 'M',
    synonyms: ['holes'],
    type: 'string',
    requiresArg: true,
    describe: 'an edited copy whose transparency counts; colors come from -I',
    group: 'Selection:',
  },
  ...maskOperationOptions,
  ...outputOptions,
  opacity: {
    type: 'string',
    fallback: 0,
    coerce: integerInRange('--opacity', 0, 99),
    describe: 'percent of visibility left to the selected pixels, 0 to 99',
    group: 'Output:',
  },
  ...saveMaskOption,
  ...failEmptyOption,
  ...targetOptions,
  ...modelOptions,
  ...recipeOptions,
} as const satisfies OptionTable;

const positionals = {
  images: { type: 'string', array: true, describe: 'files, folders, patterns; - for standard input' },
} as const;

type InpaintArguments = ArgumentsOf<typeof options & typeof positionals>;

export const command = defineRecipeCommand<InpaintArguments>({
  positionals,
  options,
  examples: [
    ['inpaint photo.jpg -p hair -o ready.png', 'hair becomes transparent, its colors stay in the file'],
    ['inpaint photo.png -m mask.png -o ready.png --feather 8', 'the transparency comes from a mask file'],
    ['inpaint photo.jpg -p hair --target comfyui', 'the files that this target takes, with the next step'],
    ['inpaint erased.png --target a1111', 'what is transparent in the image is the selection'],
    ['inpaint photos -r -p sky --output-dir ready', 'a folder of images, its subfolders kept'],
    ['inpaint -I photo.png -M edited.png -o ready.png', 'colors of the one, transparency of the other'],
    ['cat a.png | maskwright inpaint - -p hair -o - > b.png', 'in a pipe'],
  ],
  toRecipe,
});

/** An image whose hole was erased elsewhere selects it by itself. */
const OWN_TRANSPARENCY = { kind: 'channel', channel: 'alpha', normalize: 'off', invert: true } as const;

function toRecipe(argv: InpaintArguments): RecipeInput {
  if (argv.original !== undefined || argv.edited !== undefined) {
    return transferAlphaRecipe(argv);
  }
  const named = sourcesFrom(argv);
  if (named.length === 0 && argv.target === undefined) {
    throw new MaskwrightError('USAGE', 'nothing to select was named', {
      hint: 'maskwright inpaint photo.png -p hair -o ready.png, or -m mask.png; --target alone takes the transparency of the image',
    });
  }
  const sources = named.length > 0 ? named : [OWN_TRANSPARENCY];
  const { target, sizeFit, fitTarget, opacity, combine } = argv;
  const place = placeFrom(argv);
  return {
    ...inputFields(argv, argv.images),
    ...modelFields(argv),
    ...detectionFields(argv),
    sources,
    combine,
    mask: maskOperationsFrom(argv),
    ...matteFields(argv),
    outputs: [
      target === undefined
        ? { kind: 'inpaint', ...place, opacity }
        : { kind: 'target', target, ...place, sizeFit, fitTarget },
      ...savedMaskFrom(argv),
      ...savedTrimapFrom(argv, argv.outputDir),
    ],
    outdir: outdirFrom(argv),
  };
}

/** `-I` and `-M`: the colors of the one with the transparency of the other. */
function transferAlphaRecipe(argv: InpaintArguments): RecipeInput {
  const { original, edited, images = [] } = argv;
  if (original === undefined || edited === undefined || images.length > 0) {
    throw new MaskwrightError('USAGE', '-I and -M go together, and without another image', {
      hint: 'maskwright inpaint -I original.png -M edited.png -o ready.png',
    });
  }
  const matte = argv.saveTrimap !== undefined || argv.decontaminate === true;
  const others = sourcesFrom(argv).length > 0 || maskOperationsFrom(argv) !== undefined || matte;
  if (others || argv.target !== undefined) {
    throw new MaskwrightError(
      'USAGE',
      '-I and -M take the transparency as it is: no prompt, mask or target goes with them',
      {
        hint: 'write it first, then use the result: maskwright inpaint -I original.png -M edited.png -o ready.png',
      },
    );
  }
  const path = template(edited);
  return {
    inputs: [literal(original)],
    sources: [{ kind: 'alpha', path }],
    outputs: [{ kind: 'inpaint', ...placeFrom(argv), alphaFrom: path }, ...savedMaskFrom(argv)],
    outdir: outdirFrom(argv),
  };
}
