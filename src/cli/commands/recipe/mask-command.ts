import { MaskwrightError } from '../../../errors.js';
import { DEBUG_IMAGES } from '../../../outputs/debug-images.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { detectionFields, detectionOptions, maskFileOptions } from '../../options/detection-options.js';
import { maskOperationOptions, maskOperationsFrom, matteFields, savedTrimapFrom } from '../../options/mask-options.js';
import { modelFields, modelOptions } from '../../options/model-options.js';
import { exportOptions, exportsFrom } from '../../options/outputs/export-options.js';
import { failEmptyOption, outdirFrom, outputOptions, placeFrom } from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { combineOption, sourceOptions, sourcesFrom } from '../../options/source-options.js';
import { targetOptions } from '../../options/target-options.js';
import { defineRecipeCommand } from '../../run-recipe-command.js';

const group = 'Output:';

const options = {
  ...sourceOptions,
  ...combineOption,
  ...maskFileOptions,
  ...detectionOptions,
  ...maskOperationOptions,
  ...outputOptions,
  output: {
    ...outputOptions.output,
    describe: 'write only the mask, black and white, to this file; - for standard output',
  },
  name: { ...outputOptions.name, fallback: '{stem}.{text}.{kind}.{ext}' },
  only: { choices: DEBUG_IMAGES, describe: 'write only one of the three images', group, basic: true },
  hard: { type: 'boolean', describe: 'cut selected and deselected at the mask, without fading', group },
  overlay: {
    type: 'boolean',
    describe: 'also an image with the selection tinted and outlined',
    group,
    basic: true,
  },
  heatmap: { type: 'boolean', describe: 'also the probability as a gray image', group },
  'threshold-sheet': {
    synonyms: ['sweep'],
    type: 'boolean',
    describe: 'also a sheet of what thresholds from 0.1 to 0.9 select',
    group,
  },
  ...exportOptions,
  ...failEmptyOption,
  ...targetOptions,
  ...modelOptions,
  ...recipeOptions,
} as const satisfies OptionTable;

const positionals = {
  images: { type: 'string', array: true, describe: 'files, folders, patterns; - for standard input' },
} as const;

type MaskArguments = ArgumentsOf<typeof options & typeof positionals>;

export const command = defineRecipeCommand<MaskArguments>({
  positionals,
  options,
  examples: [
    ['mask photo.jpg -p hair', 'outputs/photo.hair.selected.png, .deselected.png and .masked.png'],
    ['mask photo.jpg -p hair -o hair.png', 'only the mask'],
    ['mask photo.jpg -tm hair 0.35 --overlay', 'a lower threshold, and an image to judge it by'],
    ['mask photo.jpg -p "face OR hair" --grow 12', 'two things as one mask, 12 pixels wider'],
    ['mask photo.jpg -p hair --target a1111', 'also the files that this target takes, with the next step'],
    ['mask "*.jpg" -p dog -p cat --json', 'several images and prompts; the numbers as JSON'],
  ],
  toRecipe,
});

function toRecipe(argv: MaskArguments): RecipeInput {
  const sources = sourcesFrom(argv);
  if (sources.length === 0) {
    throw new MaskwrightError('USAGE', 'nothing to detect was named', { hint: 'name it with a prompt: -p orange' });
  }
  return {
    ...inputFields(argv, argv.images),
    ...modelFields(argv),
    ...detectionFields(argv),
    sources,
    combine: argv.combine,
    mask: maskOperationsFrom(argv),
    ...matteFields(argv),
    outputs: [...outputsFrom(argv), ...exportsFrom(argv), ...savedTrimapFrom(argv, argv.outputDir)],
    outdir: outdirFrom(argv),
  };
}

/** With `-o` one file, or one set for a target; without, the images of each source, and a set for each. */
function outputsFrom(argv: MaskArguments): RecipeInput['outputs'] {
  const { output, only, hard, overlay, heatmap, thresholdSheet, target, sizeFit, fitTarget } = argv;
  const place = placeFrom(argv);
  const masks = output === undefined ? undefined : 'combined';
  const sets =
    target === undefined
      ? []
      : [{ kind: 'target', target, ...place, sizeFit, fitTarget, masks: masks ?? 'each' } as const];
  const extras = [overlay, heatmap, thresholdSheet].some((extra) => extra === true);
  if (output !== undefined && target !== undefined) {
    return sets;
  }
  if (output !== undefined && !extras && (only === undefined || only === 'masked')) {
    return [{ kind: 'mask', ...place }];
  }
  const chosen = output === undefined ? only : (only ?? 'masked');
  return [{ kind: 'debug', ...place, only: chosen, masks, hard, overlay, heatmap, thresholdSheet }, ...sets];
}
