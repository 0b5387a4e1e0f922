import { EXTEND_CANVAS_DEFAULTS } from '../../../inpaint/crop/extend-canvas.js';
import { assertMargin } from '../../../inpaint/crop/margin.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { integerInRange } from '../../options/numbers.js';
import { outdirFrom, outputOptions, placeFrom } from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { targetOptions } from '../../options/target-options.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';

const group = 'Canvas:';
const side = { type: 'string', requiresArg: true, group, basic: true } as const;

/** Checked here as well, so that the message names the option. */
const margin = (option: string) => (value: string | undefined) => (assertMargin(option, value), value);

const options = {
  left: { ...side, coerce: margin('--left'), describe: 'added at the left: 256 (pixels) or 10% (of that side)' },
  top: { ...side, coerce: margin('--top'), describe: 'added at the top' },
  right: { ...side, coerce: margin('--right'), describe: 'added at the right' },
  bottom: { ...side, coerce: margin('--bottom'), describe: 'added at the bottom' },
  all: { ...side, coerce: margin('--all'), fallback: '0', describe: 'added on every side not named' },
  fill: {
    choices: ['bleed', 'mirror'],
    fallback: EXTEND_CANVAS_DEFAULTS.fill,
    describe: 'what the new area starts from: the nearest edge pixel, or the image mirrored',
    group,
    basic: true,
  },
  overlap: {
    type: 'string',
    fallback: EXTEND_CANVAS_DEFAULTS.overlapPx,
    coerce: integerInRange('--overlap', 0, 4096),
    describe: 'pixels of the image that are painted over as well, fading inward',
    group,
    basic: true,
  },
  ...targetOptions,
  ...outputOptions,
  ...recipeOptions,
} as const satisfies OptionTable;

const positionals = {
  images: { type: 'string', array: true, describe: 'files, folders, patterns; - for standard input' },
} as const;

type OutpaintArguments = ArgumentsOf<typeof options & typeof positionals>;

export const command = defineRecipeCommand<OutpaintArguments>({
  positionals,
  options,
  examples: [
    ['outpaint photo.jpg --left 256 --top 10%', 'outputs/photo.extended.png and .mask.png'],
    ['outpaint photo.jpg --all 25% --fill mirror --target diffusers', 'and what diffusers takes of it'],
  ],
  toRecipe,
});

function toRecipe(argv: OutpaintArguments): RecipeInput {
  const { all, left = all, top = all, right = all, bottom = all, fill, overlap, target, sizeFit, fitTarget } = argv;
  const margins = { left, top, right, bottom };
  return {
    ...inputFields(argv, argv.images),
    outputs: [{ kind: 'outpaint', ...placeFrom(argv), ...margins, fill, overlap, target, sizeFit, fitTarget }],
    outdir: outdirFrom(argv),
  };
}
