import type { ArgumentsCamelCase } from 'yargs';
import { EXTEND_CANVAS_DEFAULTS } from '../../inpaint/extend-canvas.js';
import type { EdgeFill } from '../../inpaint/window.js';
import type { OutpaintReport } from '../../jobs/outpaint-job.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { integerInRange } from '../options/numbers.js';
import { describeTarget, type TargetArguments, targetFrom, targetOptions, warnAll } from '../options/target.js';

interface OutpaintArguments extends CommonArguments, TargetArguments {
  readonly image: string;
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
  command: 'outpaint <image>',
  describe: 'a larger canvas to be painted: edges continued, and the mask of what is new',
  builder: (argv) =>
    argv
      .positional('image', { type: 'string', describe: 'the picture; - for standard input' })
      .options({
        left: { ...side, describe: 'how much to add: 256 (pixels) or 10% (of that side)' },
        top: { ...side, describe: 'at the top' },
        right: { ...side, describe: 'at the right' },
        bottom: { ...side, describe: 'at the bottom' },
        all: { ...side, default: '0', describe: 'on every side not named' },
        fill: {
          choices: ['bleed', 'mirror'],
          default: EXTEND_CANVAS_DEFAULTS.fill,
          describe: 'what the new area starts from: the nearest edge pixel, or the picture mirrored',
          group,
        },
        overlap: {
          type: 'string',
          default: EXTEND_CANVAS_DEFAULTS.overlapPx,
          coerce: integerInRange('--overlap', 0, 4096),
          describe: 'pixels of the picture that are painted over too, ever less inward',
          group,
        },
        ...targetOptions,
        outdir: { type: 'string', default: 'outputs', describe: 'folder for the results', group: 'Output:' },
        name: { type: 'string', default: '{stem}.{kind}.{ext}', describe: 'how results are named', group: 'Output:' },
        ...commonOptions,
      })
      .example('$0 outpaint photo.jpg --left 256 --top 10%', 'outputs/photo.extended.png and .mask.png')
      .example('$0 outpaint photo.jpg --all 25% --fill mirror --for diffusers', 'and what diffusers takes of it'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<OutpaintArguments>): Promise<void> {
  const { outpaintJob } = await import('../../jobs/outpaint-job.js');
  await withContext(argv, async (context) => {
    const report = await outpaintJob(argv.image, {
      margins: {
        left: argv.left ?? argv.all,
        top: argv.top ?? argv.all,
        right: argv.right ?? argv.all,
        bottom: argv.bottom ?? argv.all,
      },
      fill: argv.fill,
      overlapPx: argv.overlap,
      target: targetFrom(argv),
      naming: { outdir: argv.outdir, name: argv.name },
      story: { command: 'outpaint' },
    });
    for (const line of describeReport(report)) {
      context.print(line);
    }
    warnAll(context, [...report.warnings, ...(report.target?.warnings ?? [])]);
    context.emit({ command: 'outpaint', ...report });
  });
}

function describeReport({ files, width, height, target }: OutpaintReport): string[] {
  return [
    `${files.image}  ${width} x ${height}`,
    `${files.mask}  white = paint`,
    ...(target === undefined ? [] : describeTarget(target)),
  ];
}
