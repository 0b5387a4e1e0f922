import type { ArgumentsCamelCase } from 'yargs';
import { EXTEND_CANVAS_DEFAULTS } from '../../inpaint/crop/extend-canvas.js';
import type { EdgeFill } from '../../inpaint/crop/window.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { namingFor } from '../../io/files/output-names.js';
import type { OutpaintJobOptions, OutpaintReport } from '../../outputs/outpaint-output.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { integerInRange } from '../options/numbers.js';
import { describeTarget, type TargetArguments, targetFrom, targetOptions } from '../options/target.js';
import { runCommandBatch } from '../run-batch.js';

interface OutpaintArguments extends CommonArguments, BatchArguments, TargetArguments {
  readonly images?: readonly string[];
  readonly left?: string;
  readonly top?: string;
  readonly right?: string;
  readonly bottom?: string;
  readonly all: string;
  readonly fill: EdgeFill;
  readonly overlap: number;
  readonly outdir: string;
  readonly name: string;
}

const group = 'The canvas:';
const side = { type: 'string', requiresArg: true, group } as const;

export const command = defineCommand<OutpaintArguments>({
  command: 'outpaint [images..]',
  describe: 'a larger canvas to be painted: edges continued, and the mask of what is new',
  builder: (argv) =>
    argv
      .positional('images', {
        type: 'string',
        array: true,
        describe: 'the images: files, folders, patterns; - for standard input',
      })
      .options({
        left: { ...side, describe: 'how much to add: 256 (pixels) or 10% (of that side)' },
        top: { ...side, describe: 'at the top' },
        right: { ...side, describe: 'at the right' },
        bottom: { ...side, describe: 'at the bottom' },
        all: { ...side, default: '0', describe: 'on every side not named' },
        fill: {
          choices: ['bleed', 'mirror'],
          default: EXTEND_CANVAS_DEFAULTS.fill,
          describe: 'what the new area starts from: the nearest edge pixel, or the image mirrored',
          group,
        },
        overlap: {
          type: 'string',
          default: EXTEND_CANVAS_DEFAULTS.overlapPx,
          coerce: integerInRange('--overlap', 0, 4096),
          describe: 'pixels of the image that are painted over too, ever less inward',
          group,
        },
        ...targetOptions,
        outdir: { type: 'string', default: 'outputs', describe: 'folder for the results', group: 'Output:' },
        name: { type: 'string', default: '{stem}.{kind}.{ext}', describe: 'how results are named', group: 'Output:' },
        ...batchOptions,
        ...commonOptions,
      })
      .example('$0 outpaint photo.jpg --left 256 --top 10%', 'outputs/photo.extended.png and .mask.png')
      .example('$0 outpaint photo.jpg --all 25% --fill mirror --for diffusers', 'and what diffusers takes of it'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<OutpaintArguments>): Promise<void> {
  const inputs = await inputsFrom(argv, argv.images, { outdir: argv.outdir });
  const { outpaintJob, outpaintPaths } = await import('../../outputs/outpaint-output.js');
  const optionsFor = (input: InputFile, index: number): OutpaintJobOptions => ({
    margins: {
      left: argv.left ?? argv.all,
      top: argv.top ?? argv.all,
      right: argv.right ?? argv.all,
      bottom: argv.bottom ?? argv.all,
    },
    fill: argv.fill,
    overlapPx: argv.overlap,
    target: targetFrom(argv),
    naming: namingFor(argv, input, index, inputs.length),
    provenance: { command: 'outpaint' },
  });
  await withContext(argv, async (context) => {
    await runCommandBatch(argv, context, {
      command: 'outpaint',
      inputs,
      outdir: argv.outdir,
      plan: (input, index) => ({
        reads: [input.path],
        writes: Object.values(outpaintPaths(input.path, optionsFor(input, index))),
      }),
      job: (input, index) => outpaintJob(input.path, optionsFor(input, index)),
      written: ({ files, target }) => [...Object.values(files), ...Object.values(target?.files ?? {})],
      describe: describeReport,
      warnings: ({ warnings, target }) => [...warnings, ...(target?.warnings ?? [])],
    });
  });
}

function describeReport({ files, width, height, target }: OutpaintReport): string[] {
  return [
    `${files.image}  ${width} x ${height}`,
    `${files.mask}  white = paint`,
    ...(target === undefined ? [] : describeTarget(target)),
  ];
}
