import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import { PLAN_CROP_DEFAULTS } from '../../inpaint/crop/plan-crop.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import {
  type CropJobOptions,
  type CropJobResult,
  type CropReport,
  STITCH_SHAPE_DEFAULTS,
} from '../../outputs/crop-output.js';
import { namingFor } from '../../io/files/output-names.js';
import { filesOf } from '../../sources/source-labels.js';
import type { MaskSource } from '../../sources/sources.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { type CropArguments as WindowArguments, cropOptions } from '../options/crop.js';
import { type FindArguments, findOptions, sourceSettings } from '../options/detect.js';
import { type ModelArguments, modelOptions } from '../options/model.js';
import { numberInRange } from '../options/numbers.js';
import { printAsRecipe, type RecipeArguments, recipeOptions } from '../options/recipe.js';
import { type MaskOperationArguments, maskOperationsFrom, maskOperationOptions } from '../options/mask-operations.js';
import {
  type CombineArguments,
  combineOptions,
  type SourceArguments,
  sourceOptions,
  sourcesFrom,
} from '../options/source.js';
import { describeTarget, forOption, type TargetArguments } from '../options/target.js';
import { runCommandBatch } from '../run-batch.js';
import { withModels } from '../with-models.js';

interface CropArguments
  extends
    CommonArguments,
    BatchArguments,
    RecipeArguments,
    SourceArguments,
    CombineArguments,
    FindArguments,
    ModelArguments,
    MaskOperationArguments,
    WindowArguments,
    Pick<TargetArguments, 'for'> {
  readonly image?: string;
  readonly maskFile?: string;
  readonly each?: boolean;
  readonly samplerGrow: number;
  readonly stitchGrow: number;
  readonly stitchFeather: number;
  readonly outdir: string;
  readonly name: string;
}

const group = 'The two masks:';

export const command = defineCommand<CropArguments>({
  command: 'crop [image] [mask-file]',
  describe: 'cut the selection with its context out, at the size a model paints; stitch puts it back',
  builder: (argv) =>
    argv
      .positional('image', { type: 'string', describe: 'the image, a folder or a pattern; - for standard input' })
      .positional('mask-file', { type: 'string', describe: 'a mask file, white = selected' })
      .options({
        ...sourceOptions,
        ...combineOptions,
        ...findOptions,
        ...cropOptions,
        each: { type: 'boolean', describe: 'a crop for each part of the selection', group: 'The window:' },
        'sampler-grow': {
          type: 'string',
          default: 0,
          coerce: numberInRange('--sampler-grow', 0, 4096),
          describe: 'pixels by which the mask that is painted through is larger',
          group,
        },
        'stitch-grow': {
          type: 'string',
          default: 0,
          coerce: numberInRange('--stitch-grow', 0, 4096),
          describe: 'pixels by which the mask that the result goes back through is larger',
          group,
        },
        'stitch-feather': {
          type: 'string',
          default: STITCH_SHAPE_DEFAULTS.feather,
          coerce: numberInRange('--stitch-feather', 0, 4096),
          describe: 'pixels over which the seam fades, inside that mask',
          group,
        },
        ...forOption,
        ...maskOperationOptions,
        outdir: { type: 'string', default: 'outputs', describe: 'folder for the results', group: 'Output:' },
        name: { type: 'string', default: '{stem}.{kind}.{ext}', describe: 'how results are named', group: 'Output:' },
        ...modelOptions,
        ...batchOptions,
        ...recipeOptions,
        ...commonOptions,
      })
      .example(
        '$0 crop photo.png mask.png --size 1024',
        'outputs/photo.crop.png, .crop.mask.png, .crop.stitch.png, .crop.json',
      )
      .example(
        '$0 crop photo.jpg -tm face --for diffusers --size 1024 --aspect 1:1',
        'in the form that diffusers takes',
      )
      .example('$0 crop products -r -tm shoe --size 1024 --outdir shoes', 'a folder of images')
      .example('$0 stitch painted.png --job outputs/photo.crop.json -o final.png', 'and back'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<CropArguments>): Promise<void> {
  const sources: MaskSource[] = [
    ...(argv.maskFile === undefined ? [] : [{ kind: 'file', path: argv.maskFile } as const]),
    ...sourcesFrom(argv),
  ];
  if (sources.length === 0) {
    throw new MaskwrightError('USAGE', 'nothing to crop to was named', {
      hint: 'maskwright crop photo.png mask.png, or -tm face',
    });
  }
  const shape = maskOperationsFrom(argv);
  if (argv.printRecipe === true) {
    const { image, outdir, name, context, size, multipleOf, aspect, each, samplerGrow, stitchGrow, stitchFeather } =
      argv;
    const crop = { kind: 'crop', name, for: argv.for?.name, context, size, multipleOf, each } as const;
    const masks = { aspects: aspect === undefined ? undefined : [...aspect], samplerGrow, stitchGrow, stitchFeather };
    await printAsRecipe(argv, {
      images: image === undefined ? [] : [image],
      sources,
      shape,
      outputs: [{ ...crop, ...masks }],
      outdir,
    });
    return;
  }
  const inputs = await inputsFrom(argv, argv.image === undefined ? [] : [argv.image], { outdir: argv.outdir });
  const { cropJob, cropPaths } = await import('../../outputs/crop-output.js');
  await withContext(argv, (context) =>
    withModels(argv, context, async (models) => {
      const settings = sourceSettings(argv, models, context);
      const optionsFor = (input: InputFile, index: number): CropJobOptions => ({
        sources,
        settings,
        combine: argv.combine,
        shape,
        samplerShape: { grow: argv.samplerGrow },
        stitchShape: { ...STITCH_SHAPE_DEFAULTS, grow: argv.stitchGrow, feather: argv.stitchFeather },
        context: argv.context,
        size: argv.size,
        multipleOf: argv.multipleOf ?? argv.for?.multipleOf ?? PLAN_CROP_DEFAULTS.multipleOf,
        aspects: argv.aspect ?? (argv.for?.limits.square === true ? [1] : undefined),
        each: argv.each === true,
        target: argv.for === undefined ? undefined : { target: argv.for, fit: 'pad', fitTarget: false },
        naming: namingFor(argv, input, index, inputs.length),
        provenance: { command: 'crop' },
      });
      await runCommandBatch(argv, context, {
        command: 'crop',
        inputs,
        outdir: argv.outdir,
        plan: (input, index) => ({
          reads: [input.path, ...filesOf(sources)],
          writes: Object.values(cropPaths(input.path, optionsFor(input, index))),
        }),
        job: (input, index) => cropJob(input.path, optionsFor(input, index)),
        written: ({ crops }) => crops.flatMap(({ files }) => Object.values(files)),
        describe: describeResult,
        warnings: ({ warnings }) => warnings,
      });
    }),
  );
}

function describeResult({ input, crops }: CropJobResult): string[] {
  return crops.flatMap((crop) => [
    `${input}  ${describeWindow(crop)}`,
    ...(crop.target === undefined ? describeFiles(crop) : describeTarget(crop.target)),
  ]);
}

function describeWindow({ window, size }: CropReport): string {
  const scale = size.width / window.width;
  const scaled = scale === 1 ? 'at its own scale' : `scaled ${scale.toFixed(2)} times`;
  return `${window.width} x ${window.height} at ${window.x},${window.y} as ${size.width} x ${size.height}, ${scaled}`;
}

function describeFiles({ files, restoreStep }: CropReport): string[] {
  return [
    `  ${files.image}`,
    `  ${files.mask}  white = paint`,
    `  ${files.stitch}  what the way back may change`,
    `  then: ${restoreStep}`,
  ];
}
