import { join, relative } from 'node:path';
import type { ArgumentsCamelCase } from 'yargs';
import type { MaskOperations } from '../../engine/index.js';
import { MaskwrightError } from '../../errors.js';
import type { EditResult } from '../../outputs/edit-output.js';
import { STDIO } from '../../io/files/read-input.js';
import { NAMING_DEFAULTS } from '../../io/files/output-names.js';
import type { MaskSource } from '../../sources/sources.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { outputNames, outputOptions } from '../options/output.js';
import { maskOperationsFrom, maskOperationOptions, type MaskOperationArguments } from '../options/mask-operations.js';
import { describeTarget, type TargetArguments, targetFrom, targetOptions, warnAll } from '../options/target.js';
import {
  combineOptions,
  type CombineArguments,
  type PixelSourceArguments,
  pixelSourceOptions,
  pixelSourcesFrom,
} from '../options/source.js';
import { printAsRecipe, type RecipeArguments, recipeName, recipeOptions } from '../options/recipe.js';
import { runCommandBatch } from '../run-batch.js';

interface EditArguments
  extends
    BatchArguments,
    CommonArguments,
    RecipeArguments,
    CombineArguments,
    PixelSourceArguments,
    MaskOperationArguments,
    TargetArguments {
  readonly masks?: readonly string[];
  readonly out?: string;
  readonly image?: string;
  readonly outdir: string;
  readonly resizeMasks?: boolean;
  readonly name: string;
  readonly each?: boolean;
  readonly failEmpty?: boolean;
}

export const command = defineCommand<EditArguments>({
  command: 'edit [masks..]',
  describe: 'shape mask files: grow, feather, fill holes, drop small components, combine',
  builder: (argv) =>
    argv
      .positional('masks', {
        type: 'string',
        array: true,
        describe: 'mask files, white = selected; - for standard input; several become one',
      })
      .options({
        out: {
          alias: 'o',
          type: 'string',
          describe: 'the mask to write; - for standard output',
          group: 'Output:',
        },
        image: {
          type: 'string',
          requiresArg: true,
          describe:
            'the image of the mask: for channels, colors and depths of it; with --for, all that the program takes',
          group: 'Masks:',
        },
        ...pixelSourceOptions,
        ...targetOptions,
        outdir: {
          type: 'string',
          default: NAMING_DEFAULTS.outdir,
          describe: "folder for a program's files",
          group: 'Output:',
        },
        'fail-empty': { type: 'boolean', describe: 'exit with 6 when nothing is selected', group: 'Output:' },
        combine: { ...combineOptions.combine, group: 'Masks:' },
        'resize-masks': { type: 'boolean', describe: 'bring all to the size of the first', group: 'Masks:' },
        ...maskOperationOptions,
        each: {
          type: 'boolean',
          describe: 'each mask by itself into --outdir, instead of one of all; folders and patterns may be named',
          group: 'Many images:',
        },
        name: { ...outputOptions.name, group: 'Many images:' },
        ...batchOptions,
        ...recipeOptions,
        ...commonOptions,
      })
      .example('$0 edit mask.png -o grown.png --grow 12 --feather 8', 'wider by 12 pixels, then faded')
      .example(
        '$0 edit mask.png -o clean.png --threshold-mask otsu --fill-holes --drop-small components 0.5%',
        'cleaned up',
      )
      .example('$0 edit mask.png --for openai -o for-openai.png', 'the mask as this program takes it')
      .example('$0 edit mask.png --for comfyui --image photo.png', 'with its image: all the files')
      .example('$0 edit masks --each --grow 8 --outdir wider', 'a folder of masks, each by itself')
      .example('$0 edit person.png face.png -o body.png --combine subtract', 'the first without the second')
      .example('$0 edit --image photo.png --from-channel hsv.s -o strong.png --threshold-mask otsu', 'from a channel'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<EditArguments>): Promise<void> {
  const shape = maskOperationsFrom(argv);
  const choice = targetFrom(argv);
  if (argv.each !== true && argv.out === undefined && (choice === undefined || argv.image === undefined)) {
    throw new MaskwrightError('USAGE', 'no file to write was named', {
      hint: 'name it with -o mask.png, or a program and the image: --for comfyui --image photo.png',
    });
  }
  const { masks = [] } = argv;
  const sources = pixelSourcesFrom(argv);
  if (argv.image !== undefined && choice === undefined && sources.length === 0) {
    throw new MaskwrightError('USAGE', '--image goes with --for, or with what is made of it', {
      hint: 'see maskwright targets; or --from-channel, --key, --from-depth',
    });
  }
  if (masks.length === 0 && sources.length === 0) {
    throw new MaskwrightError('USAGE', 'no mask was named', {
      hint: 'maskwright edit mask.png -o wider.png --grow 12',
    });
  }
  if (argv.each === true && (sources.length > 0 || argv.image !== undefined)) {
    throw new MaskwrightError('USAGE', '--each takes each mask by itself: --image and what is made of it do not go', {
      hint: 'leave --each out, or them',
    });
  }
  if (argv.printRecipe === true) {
    await printEdit(argv, sources, shape);
    return;
  }
  if (argv.each === true) {
    await editEach(argv, shape);
    return;
  }
  const { editJob } = await import('../../outputs/edit-output.js');
  await withContext(
    argv,
    async (context) => {
      const result = await editJob({
        masks,
        sources,
        image: argv.image,
        combine: argv.combine,
        shape,
        resizeMasks: argv.resizeMasks,
        output: argv.out,
        target:
          choice === undefined ? undefined : { choice, naming: { outdir: argv.outdir, name: '{stem}.{kind}.{ext}' } },
        provenance: { command: 'edit' },
      });
      for (const line of describeResult(result)) {
        context.print(line);
      }
      warnAll(context, result.warnings);
      context.emit({ command: 'edit', results: [result], failures: [] });
      if (argv.failEmpty === true && result.share === 0) {
        throw new MaskwrightError('NOTHING_SELECTED', 'nothing was selected', { hint: 'see the lines above' });
      }
    },
    { stdoutIsData: argv.out === STDIO },
  );
}

async function printEdit(
  argv: ArgumentsCamelCase<EditArguments>,
  sources: readonly MaskSource[],
  shape: MaskOperations,
): Promise<void> {
  const { masks = [], image, out, outdir, each, sizeFit, fitTarget } = argv;
  const program = argv.for?.name;
  const files = each === true ? ['{path}'] : masks;
  const first = image ?? masks[0];
  if (masks.includes(STDIO) || first === undefined) {
    const what = first === undefined ? 'channels of no image' : 'a mask from standard input';
    throw new MaskwrightError('USAGE', `a recipe has nothing like ${what}`, { hint: 'name a file' });
  }
  const whole =
    image === undefined || program === undefined
      ? []
      : [{ kind: 'target', name: '{stem}.{kind}.{ext}', for: program, sizeFit, fitTarget } as const];
  const naming = each === true ? { outdir, name: argv.name.replaceAll(/\{(kind|text)\}/g, 'edited') } : nameOf(argv);
  const mask = { kind: 'mask', name: naming.name, for: image === undefined ? program : undefined } as const;
  await printAsRecipe(argv, {
    images: each === true ? masks : [first],
    sources: [...files.map((path) => ({ kind: 'file', path }) as const), ...sources],
    shape,
    outputs: [...whole, ...(each === true || out !== undefined ? [mask] : [])],
    outdir: naming.outdir,
  });
}

/** A program's files go to `--outdir`, and the mask where it is told. */
function nameOf({ out, outdir, image, for: program }: EditArguments): { outdir: string; name: string } {
  const own = recipeName({ out, name: '{stem}.mask.{ext}' });
  return image === undefined || program === undefined
    ? own
    : { outdir, name: relative(outdir, join(own.outdir, own.name)) };
}

/** `--each`: every mask file by itself. */
async function editEach(argv: ArgumentsCamelCase<EditArguments>, shape: MaskOperations): Promise<void> {
  const choice = targetFrom(argv);
  if (argv.out !== undefined) {
    throw new MaskwrightError('USAGE', '--each writes into --outdir, and not to --out', { hint: '--outdir masks' });
  }
  const inputs = await inputsFrom(argv, argv.masks, { outdir: argv.outdir });
  const outputFor = outputNames({ outdir: argv.outdir, name: argv.name }, inputs, 'edited');
  const { editJob } = await import('../../outputs/edit-output.js');
  await withContext(argv, async (context) => {
    await runCommandBatch(argv, context, {
      command: 'edit',
      inputs,
      outdir: argv.outdir,
      plan: (input, index) => ({ reads: [input.path], writes: [outputFor(input, index)] }),
      job: (input, index) =>
        editJob({
          masks: [input.path],
          combine: argv.combine,
          shape,
          output: outputFor(input, index),
          target: choice === undefined ? undefined : { choice, naming: { outdir: argv.outdir, name: argv.name } },
          provenance: { command: 'edit' },
        }),
      describe: describeResult,
      warnings: ({ warnings }) => warnings,
    });
  });
}

function describeResult({ output, width, height, share, bounds, target }: EditResult): string[] {
  const where = bounds === undefined ? '' : `, ${bounds.width} x ${bounds.height} at ${bounds.x},${bounds.y}`;
  return [
    `${output ?? 'the mask'}  ${width} x ${height}, ${(share * 100).toFixed(2)} % selected${where}`,
    ...(target === undefined ? [] : describeTarget(target)),
  ];
}
