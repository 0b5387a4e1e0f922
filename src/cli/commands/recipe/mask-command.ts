import { parseLength } from '../../../engine/index.js';
import { invalidOption, MaskwrightError } from '../../../errors.js';
import { STDIO } from '../../../io/files/read-input.js';
import { isColor } from '../../../outputs/cut-outs/is-color.js';
import { DEBUG_IMAGES } from '../../../outputs/debug-images.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { detectionFields, detectionOptions, maskFileOptions } from '../../options/detection-options.js';
import { maskOperationOptions, maskOperationsFrom, matteFields, savedTrimapFrom } from '../../options/mask-options.js';
import { modelFields, modelOptions } from '../../options/model-options.js';
import { assertOnce } from '../../options/numbers.js';
import { exportOptions, exportsFrom } from '../../options/outputs/export-options.js';
import { failEmptyOption, outdirFrom, outputOptions, placeFrom } from '../../options/output-options.js';
import { inputFields, recipeOptions } from '../../options/recipe-options.js';
import { combineOption, sourceOptions, sourcesFrom } from '../../options/source-options.js';
import { targetOptions } from '../../options/target-options.js';
import { template } from '../../options/template.js';
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
  each: {
    type: 'boolean',
    describe: 'each instance by itself, the largest first; {instance} in names is its number',
    group,
    basic: true,
  },
  trim: {
    type: 'string',
    coerce: parseTrim,
    describe: 'crop selected and deselected to what they show; --trim=12 or --trim=2% is the margin, 1% unless typed',
    group,
  },
  background: {
    type: 'string',
    requiresArg: true,
    coerce: checkBackground,
    describe: 'compose selected and deselected onto a color (#fff) or an image',
    group,
  },
  overlay: {
    type: 'boolean',
    describe: 'also an image with the selection tinted, outlined and its instances numbered',
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
    ['mask photo.jpg -p "dog#left" -o dog.png', 'the leftmost of several dogs'],
    ['mask photo.jpg --point 120,80 -o dog.png', 'the thing at a point, without a model'],
    ['mask photo.jpg -p dog --each --trim --only selected', 'a cut-out of each dog'],
    ['mask "*.jpg" -p dog -p cat --json', 'several images and prompts; the numbers as JSON'],
  ],
  toRecipe,
});

function toRecipe(argv: MaskArguments): RecipeInput {
  const sources = sourcesFrom(argv);
  if (sources.length === 0) {
    throw new MaskwrightError('USAGE', 'nothing to detect was named', {
      hint: 'name it with a prompt, -p orange, or a point, --point 120,80',
    });
  }
  assertEach(argv);
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
  const { output, only, hard, each, trim, overlay, heatmap, thresholdSheet, target, sizeFit, fitTarget } = argv;
  const place = instancePlace(placeFrom(argv), each);
  const background = argv.background === undefined ? undefined : template(argv.background);
  const masks = output === undefined ? undefined : 'combined';
  const sets =
    target === undefined
      ? []
      : [{ kind: 'target', target, ...place, sizeFit, fitTarget, masks: masks ?? 'each' } as const];
  const extras = [overlay, heatmap, thresholdSheet].some((extra) => extra === true);
  if (output !== undefined && target !== undefined) {
    return sets;
  }
  if (output !== undefined && !extras && each !== true && (only === undefined || only === 'masked')) {
    return [{ kind: 'mask', ...place }];
  }
  const chosen = output === undefined ? only : (only ?? 'masked');
  return [
    { kind: 'debug', ...place, only: chosen, masks, each, hard, trim, background, overlay, heatmap, thresholdSheet },
    ...sets,
  ];
}

/** Throws `USAGE` where `--each` goes with what selects one thing, or with files for one mask. */
function assertEach({ each, point, target, output }: MaskArguments): void {
  if (each !== true) {
    return;
  }
  if (point !== undefined) {
    throw new MaskwrightError('USAGE', '--point is on one thing, and --each writes several', {
      hint: 'leave one out; --box takes several things',
    });
  }
  if (target !== undefined) {
    throw new MaskwrightError('USAGE', '--each and --target exclude each other', {
      hint: 'maskwright crop --each --target writes files for each',
    });
  }
  if (output === STDIO) {
    throw new MaskwrightError('USAGE', '--each writes several files, and not to standard output', {
      hint: 'for example --output-dir instances',
    });
  }
}

/** With `--each`, `{instance}` in a name stays a placeholder. */
function instancePlace<Place extends { readonly name?: string | undefined }>(place: Place, each?: boolean): Place {
  return each === true && place.name !== undefined
    ? { ...place, name: place.name.replaceAll('{{instance}}', '{instance}') }
    : place;
}

function parseTrim(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  const margin = assertOnce('--trim', value);
  if (parseLength(margin, { width: 1, height: 1 }) < 0) {
    throw invalidOption('--trim', '0 or more', margin);
  }
  return margin;
}

function checkBackground(value: string | readonly string[] | undefined): string | undefined {
  const background = value === undefined ? undefined : assertOnce('--background', value);
  if (background !== undefined) {
    isColor(background);
  }
  return background;
}
