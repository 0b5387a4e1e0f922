import { relative } from 'node:path';
import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { STDIO } from '../../io/files/read-input.js';
import type { InpaintJobOptions, InpaintResult } from '../../outputs/inpaint-output.js';
import { NAMING_DEFAULTS, namingFor, outputPath, stemOf } from '../../io/files/output-names.js';
import { filesOf, labelOf } from '../../sources/source-labels.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { runCommandBatch } from '../run-batch.js';
import { withModels } from '../with-models.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { findOptions, sourceSettings, type FindArguments } from '../options/detect.js';
import { modelOptions, type ModelArguments } from '../options/model.js';
import { integerInRange } from '../options/numbers.js';
import { printAsRecipe, type RecipeArguments, recipeName, recipeOptions } from '../options/recipe.js';
import { maskOperationsFrom, maskOperationOptions, type MaskOperationArguments } from '../options/mask-operations.js';
import { describeTarget, type TargetArguments, targetFrom, targetOptions } from '../options/target.js';
import {
  combineOptions,
  type CombineArguments,
  sourceOptions,
  sourcesFrom,
  type SourceArguments,
} from '../options/source.js';

interface InpaintArguments
  extends
    CommonArguments,
    BatchArguments,
    RecipeArguments,
    SourceArguments,
    CombineArguments,
    FindArguments,
    ModelArguments,
    MaskOperationArguments,
    TargetArguments {
  readonly images?: readonly string[];
  readonly out?: string;
  readonly outdir?: string;
  readonly name: string;
  readonly original?: string;
  readonly holes?: string;
  readonly opacity: number;
  readonly saveMask?: string;
  readonly failEmpty?: boolean;
}

export const command = defineCommand<InpaintArguments>({
  command: 'inpaint [images..]',
  describe: 'an image ready to inpaint: the selected pixels transparent, every color kept',
  builder: (argv) =>
    argv
      .positional('images', {
        type: 'string',
        array: true,
        describe: 'the images: files, folders, patterns; - for standard input',
      })
      .options({
        ...sourceOptions,
        ...combineOptions,
        original: { alias: 'I', type: 'string', describe: 'the untouched image, with -M', group: 'What to find:' },
        holes: {
          alias: 'M',
          type: 'string',
          describe: 'an edited copy whose transparency counts; colors come from -I',
          group: 'What to find:',
        },
        ...findOptions,
        out: { alias: 'o', type: 'string', describe: 'the image to write; - for standard output', group: 'Output:' },
        outdir: { type: 'string', describe: 'folder for the results of several images', group: 'Output:' },
        name: {
          type: 'string',
          default: '{stem}.{kind}.{ext}',
          describe: 'how results in --outdir are named; also {text} {parent} {index}',
          group: 'Output:',
        },
        opacity: {
          type: 'string',
          default: 0,
          coerce: integerInRange('--opacity', 0, 99),
          describe: 'percent of visibility left to the selected pixels, 0 to 99',
          group: 'Output:',
        },
        'save-mask': {
          type: 'string',
          describe: 'also write the mask, white = selected; with --outdir a name as {stem}.mask.png',
          group: 'Output:',
        },
        'fail-empty': { type: 'boolean', describe: 'exit with 6 when nothing is selected', group: 'Output:' },
        ...targetOptions,
        ...maskOperationOptions,
        ...modelOptions,
        ...batchOptions,
        ...recipeOptions,
        ...commonOptions,
      })
      .example('$0 inpaint photo.jpg -tm hair -o ready.png', 'hair becomes transparent, its colors stay in the file')
      .example('$0 inpaint photo.png -m mask.png -o ready.png --feather 8', 'the holes come from a mask file')
      .example('$0 inpaint photo.jpg -tm hair --for comfyui', 'the files that this program takes, with the next step')
      .example('$0 inpaint photos -r -tm sky --outdir ready', 'a folder of images, its folders kept')
      .example('$0 inpaint -I photo.png -M edited.png -o ready.png', 'colors of the one, transparency of the other')
      .example('cat a.png | $0 inpaint - -tm hair -o - > b.png', 'in a pipe'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<InpaintArguments>): Promise<void> {
  if (argv.original !== undefined || argv.holes !== undefined) {
    await runJoin(argv);
    return;
  }
  const sources = sourcesFrom(argv);
  if (sources.length === 0) {
    throw new MaskwrightError('USAGE', 'nothing to select was named', {
      hint: 'maskwright inpaint photo.png -tm hair -o ready.png, or -m mask.png',
    });
  }
  const shape = maskOperationsFrom(argv);
  if (argv.printRecipe === true) {
    const { outdir, name } = recipeName(argv);
    const { for: program, sizeFit, fitTarget, saveMask, opacity, images } = argv;
    const outputs = [
      ...(program === undefined
        ? []
        : [{ kind: 'target', for: program.name, name: argv.name, sizeFit, fitTarget } as const]),
      ...(program === undefined || argv.out !== undefined ? [{ kind: 'inpaint', name, opacity } as const] : []),
      ...(saveMask === undefined
        ? []
        : [{ kind: 'mask', name: argv.outdir === undefined ? relative(outdir, saveMask) : saveMask } as const]),
    ];
    await printAsRecipe(argv, { images, sources, shape, outputs, outdir });
    return;
  }
  const inputs = await inputsFrom(argv, argv.images, { outdir: argv.outdir });
  const outputsFor = outputNames(argv, inputs, sources.map(labelOf).join(' + '));
  const { inpaintJob, pathsOfTarget } = await import('../../outputs/inpaint-output.js');
  await withContext(
    argv,
    (context) =>
      withModels(argv, context, async (models) => {
        const settings = sourceSettings(argv, models, context);
        let nothing = false;
        await runCommandBatch(argv, context, {
          command: 'inpaint',
          inputs,
          outdir: argv.outdir,
          plan: (input, index) => {
            const { output, saveMask, target } = outputsFor(input, index);
            const targetFiles = target === undefined ? [] : Object.values(pathsOfTarget(input.path, target));
            return {
              reads: [input.path, ...filesOf(sources)],
              writes: [output, saveMask, ...targetFiles].filter((path) => path !== undefined),
            };
          },
          job: async (input, index) => {
            const result = await inpaintJob(input.path, {
              ...outputsFor(input, index),
              sources,
              settings,
              combine: argv.combine,
              shape,
              opacity: argv.opacity,
              provenance: { command: 'inpaint' },
            });
            nothing ||= result.share === 0;
            return result;
          },
          describe: describeResult,
          warnings: ({ warnings }) => warnings,
        });
        failIfEmpty(argv, nothing);
      }),
    { stdoutIsData: argv.out === STDIO },
  );
}

/** `-I` and `-M`: the colors of the one with the transparency of the other. */
async function runJoin(argv: ArgumentsCamelCase<InpaintArguments>): Promise<void> {
  const { original, holes, out } = argv;
  if (original === undefined || holes === undefined || out === undefined || (argv.images?.length ?? 0) > 0) {
    throw new MaskwrightError('USAGE', '-I and -M go together with --out, and without another image', {
      hint: 'maskwright inpaint -I original.png -M edited.png -o ready.png',
    });
  }
  const { transferAlphaJob } = await import('../../outputs/inpaint-output.js');
  await withContext(
    argv,
    async (context) => {
      const result = await transferAlphaJob(original, {
        holes,
        output: out,
        saveMask: argv.saveMask,
        provenance: { command: 'inpaint' },
      });
      for (const line of describeResult(result)) {
        context.print(line);
      }
      for (const warning of result.warnings) {
        context.warn(warning);
      }
      context.emit({ command: 'inpaint', results: [result], failures: [] });
      failIfEmpty(argv, result.share === 0);
    },
    { stdoutIsData: out === STDIO },
  );
}

/** What each input's results are called: one named file, or names made in the folder of the results. */
function outputNames(
  argv: InpaintArguments,
  inputs: readonly InputFile[],
  text: string,
): (input: InputFile, index: number) => Pick<InpaintJobOptions, 'output' | 'saveMask' | 'target'> {
  const { out, saveMask } = argv;
  const choice = targetFrom(argv);
  if (choice !== undefined) {
    if (out !== undefined && inputs.length > 1) {
      throw new MaskwrightError('USAGE', `${inputs.length} images cannot go to one --out`, {
        hint: 'name a folder with --outdir',
      });
    }
    const naming = { outdir: argv.outdir ?? NAMING_DEFAULTS.outdir, name: argv.name };
    return (input, index) => ({
      output: out,
      saveMask:
        saveMask === undefined || argv.outdir === undefined
          ? saveMask
          : outputPath(namingFor({ ...naming, name: saveMask }, input, index, inputs.length), {
              stem: stemOf(input.path),
              text,
              kind: 'mask',
              ext: 'png',
            }),
      target: { choice, naming: namingFor(naming, input, index, inputs.length), text },
    });
  }
  const { outdir } = argv;
  if (out !== undefined && outdir === undefined && inputs.length === 1) {
    return () => ({ output: out, saveMask });
  }
  if (out !== undefined || outdir === undefined) {
    const what = inputs.length === 1 ? 'one image needs --out or --outdir' : `${inputs.length} images need --outdir`;
    throw new MaskwrightError('USAGE', `${what}${out === undefined ? '' : ', and not --out'}`, {
      hint: 'for example --outdir ready',
    });
  }
  return (input, index) => {
    const pathOf = (name: string, kind: string): string =>
      outputPath(namingFor({ outdir, name }, input, index, inputs.length), {
        stem: stemOf(input.path),
        text,
        kind,
        ext: 'png',
      });
    return {
      output: pathOf(argv.name, 'inpaint'),
      saveMask: saveMask === undefined ? undefined : pathOf(saveMask, 'mask'),
    };
  };
}

function describeResult({ input, output, share, mask, target }: InpaintResult): string[] {
  return [
    `${output ?? input}  ${(share * 100).toFixed(2)} % of the image is to be painted; every color is kept`,
    ...(mask === undefined ? [] : [`${mask}  the mask, white = paint`]),
    ...(target === undefined ? [] : describeTarget(target)),
  ];
}

function failIfEmpty(argv: InpaintArguments, nothing: boolean): void {
  if (argv.failEmpty === true && nothing) {
    throw new MaskwrightError('NOTHING_SELECTED', 'nothing was selected', { hint: 'see the lines above' });
  }
}
