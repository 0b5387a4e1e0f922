import { MAGIC_WAND_DEFAULTS } from '../../../engine/index.js';
import { MaskwrightError } from '../../../errors.js';
import type { RecipeInput } from '../../../recipe/schema.js';
import { parseBox, parsePoint } from '../../../sources/interaction/parse-seeds.js';
import { BOX_THRESHOLD_DEFAULT, GROUND_MODEL_DEFAULT } from '../../../sources/segmentation/ground-defaults.js';
import { SUBJECT_MODEL_DEFAULT } from '../../../sources/segmentation/subject-defaults.js';
import type { ArgumentsOf, OptionTable } from '../../command.js';
import { numberInRange } from '../numbers.js';
import { template } from '../template.js';

const group = 'Selection:';

/** Selections by hand: points, boxes, strokes and colors at a point. */
export const selectionOptions = {
  point: {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: checkEach(parsePoint),
    describe: 'x,y on the thing, x,y,- outside it; in pixels, or 50%,40%; again for more points',
    group,
    basic: true,
  },
  box: {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: checkEach(parseBox),
    describe: 'x,y,width,height of a box around the thing',
    group,
    basic: true,
  },
  scribble: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: "a drawing of the image's size: green on the thing, red elsewhere; {stem} stands for the image",
    group,
  },
  'mask-prompt': {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'an earlier mask of what --point and --box are on, as a hint to a --segmenter that takes one (SAM)',
    group,
  },
  wand: {
    type: 'string',
    array: true,
    nargs: 1,
    coerce: checkEach(parseWand),
    describe: `x,y[,tolerance]: the color at a point; tolerance in percent, ${MAGIC_WAND_DEFAULTS.tolerance} unless typed`,
    group,
  },
  contiguous: {
    type: 'boolean',
    fallback: MAGIC_WAND_DEFAULTS.contiguous,
    describe: '--wand selects connected pixels only; --no-contiguous all of the color',
    group,
  },
  subject: { type: 'boolean', describe: 'what stands in front, by a model for background removal', group, basic: true },
  'subject-model': {
    type: 'string',
    requiresArg: true,
    fallback: SUBJECT_MODEL_DEFAULT,
    describe: 'birefnet-lite, ben2, ormbg, modnet, a hub id or a folder',
    group,
  },
  part: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'parts of people: hair, face, eyes, lips, skin, clothes; joined by commas',
    group,
  },
  'part-model': {
    type: 'string',
    requiresArg: true,
    fallback: 'by the parts',
    describe: 'face-parsing, clothes, a hub id or a folder',
    group,
  },
  ground: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'a phrase, "red car", to boxes by a detector; --segmenter selects the thing in each',
    group,
  },
  'ground-model': {
    type: 'string',
    requiresArg: true,
    fallback: GROUND_MODEL_DEFAULT,
    describe: 'grounding-dino, owlv2, a hub id or a folder',
    group,
  },
  'ground-threshold': {
    type: 'string',
    requiresArg: true,
    fallback: BOX_THRESHOLD_DEFAULT,
    coerce: numberInRange('--ground-threshold', 0, 1),
    describe: 'probability from which a box counts, 0 to 1',
    group,
  },
  'accept-license': { type: 'boolean', describe: 'use models that are not for commercial use', group },
} as const satisfies OptionTable;

export type SelectionArguments = ArgumentsOf<typeof selectionOptions>;

/** The sources of points, boxes, strokes and colors at points. All points and boxes are on one thing. */
export function selectionSourcesFrom(argv: SelectionArguments): NonNullable<RecipeInput['sources']> {
  const { point: points, box: boxes, scribble = [], maskPrompt = [], wand = [], contiguous } = argv;
  const { subject, subjectModel, part = [], partModel, acceptLicense } = argv;
  const { ground = [], groundModel, groundThreshold } = argv;
  if (scribble.length > 1) {
    throw new MaskwrightError('USAGE', `--scribble is given ${scribble.length} times`, {
      hint: 'draw all strokes into one file',
    });
  }
  const [strokes] = scribble;
  const [earlier] = maskPrompt;
  if (maskPrompt.length > 1) {
    throw new MaskwrightError('USAGE', `--mask-prompt is given ${maskPrompt.length} times`, {
      hint: 'all points and boxes are on one thing: name one mask',
    });
  }
  if (earlier !== undefined && points === undefined && boxes === undefined && strokes === undefined) {
    throw new MaskwrightError('USAGE', '--mask-prompt is a hint to points and boxes, and there are none', {
      hint: 'add --point x,y or --box x,y,width,height; -m selects what a mask selects',
    });
  }
  return [
    ...(points === undefined && boxes === undefined && strokes === undefined
      ? []
      : [
          {
            kind: 'seeds',
            points: points && [...points],
            boxes: boxes && [...boxes],
            scribble: strokes === undefined ? undefined : template(strokes),
            maskPrompt: earlier === undefined ? undefined : template(earlier),
          } as const,
        ]),
    ...(subject === true ? [{ kind: 'subject', model: subjectModel, acceptLicense } as const] : []),
    ...part.map((parts) => ({ kind: 'part', parts: partsOf(parts), model: partModel, acceptLicense }) as const),
    ...ground.map(
      (phrase) =>
        ({
          kind: 'ground',
          phrase: template(assertPhrase(phrase)),
          model: groundModel,
          boxThreshold: groundThreshold,
        }) as const,
    ),
    ...wand.map((value) => ({ kind: 'wand', ...parseWand(value), contiguous }) as const),
  ];
}

/** Names joined by commas. Throws `OPTION_RANGE`. */
function partsOf(value: string): string[] {
  const parts = value.split(',').map((name) => name.trim());
  if (parts.includes('')) {
    throw new MaskwrightError('OPTION_RANGE', `--part is ${JSON.stringify(value)}, which names no part`, {
      hint: 'name parts: --part hair or --part face,hair',
    });
  }
  return parts;
}

/** Throws `OPTION_RANGE` for a phrase without a letter. */
function assertPhrase(phrase: string): string {
  if (!/[\p{L}\p{N}]/u.test(phrase)) {
    throw new MaskwrightError('OPTION_RANGE', `--ground is ${JSON.stringify(phrase)}, which names nothing`, {
      hint: 'name a thing: --ground "red car"',
    });
  }
  return phrase;
}

function parseWand(value: string): { readonly point: string; readonly tolerance: number | undefined } {
  const [x, y, tolerance, ...rest] = value.split(',');
  const point = [x, y, ...rest].join(',');
  parsePoint(point);
  return { point, tolerance: numberInRange('the tolerance of --wand', 0, 100)(tolerance) };
}

/** A yargs `coerce` that checks each value and keeps its text. */
function checkEach(parse: (value: string) => unknown) {
  return (values: readonly string[] | undefined): readonly string[] | undefined => {
    for (const value of values ?? []) {
      parse(value);
    }
    return values;
  };
}
