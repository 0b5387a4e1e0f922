import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import { PLAN_CROP_DEFAULTS } from '../../inpaint/plan-crop.js';
import { type CropJobResult, type CropReport, STITCH_SHAPE_DEFAULTS } from '../../jobs/crop-job.js';
import type { MaskSource } from '../../jobs/sources.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { type CropArguments as WindowArguments, cropOptions } from '../options/crop.js';
import { type FindArguments, findOptions, sourceSettings } from '../options/find.js';
import { type ModelArguments, modelOptions } from '../options/model.js';
import { numberInRange } from '../options/numbers.js';
import { type ShapeArguments, shapeFrom, shapeOptions } from '../options/shape.js';
import {
  type CombineArguments,
  combineOptions,
  type SourceArguments,
  sourceOptions,
  sourcesFrom,
} from '../options/source.js';
import { describeTarget, forOption, type TargetArguments, warnAll } from '../options/target.js';
import { withNetworks } from '../with-networks.js';

interface CropArguments
  extends
    CommonArguments,
    SourceArguments,
    CombineArguments,
    FindArguments,
    ModelArguments,
    ShapeArguments,
    WindowArguments,
    Pick<TargetArguments, 'for'> {
  readonly image: string;
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
  command: 'crop <image> [mask-file]',
  describe: 'cut the selection with its context out, at the size a model paints; stitch puts it back',
  builder: (argv) =>
    argv
      .positional('image', { type: 'string', describe: 'the picture; - for standard input' })
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
        ...shapeOptions,
        outdir: { type: 'string', default: 'outputs', describe: 'folder for the results', group: 'Output:' },
        name: { type: 'string', default: '{stem}.{kind}.{ext}', describe: 'how results are named', group: 'Output:' },
        ...modelOptions,
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
  const shape = shapeFrom(argv);
  const { cropJob } = await import('../../jobs/crop-job.js');
  await withContext(argv, (context) =>
    withNetworks(argv, context, async (networks) => {
      const result = await cropJob(argv.image, {
        sources,
        settings: sourceSettings(argv, networks, context),
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
        naming: { outdir: argv.outdir, name: argv.name },
        story: { command: 'crop' },
      });
      for (const line of describeResult(result)) {
        context.print(line);
      }
      warnAll(context, result.warnings);
      context.emit({ command: 'crop', ...result });
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

function describeFiles({ files, wayBack }: CropReport): string[] {
  return [
    `  ${files.image}`,
    `  ${files.mask}  white = paint`,
    `  ${files.stitch}  what the way back may change`,
    `  then: ${wayBack}`,
  ];
}
