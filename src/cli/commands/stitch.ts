import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import { STITCH_DEFAULTS } from '../../inpaint/stitch.js';
import { STDIO } from '../../io/read-input.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { warnAll } from '../options/target.js';

interface StitchArguments extends CommonArguments {
  readonly painted: readonly string[];
  readonly job: readonly string[];
  readonly out: string;
  readonly original?: string;
  readonly mask?: string;
  readonly matchColor: boolean;
}

const group = 'What goes where:';

export const command = defineCommand<StitchArguments>({
  command: 'stitch <painted..>',
  describe: 'put a painted crop back: outside the stitch mask every byte stays',
  builder: (argv) =>
    argv
      .positional('painted', { type: 'string', array: true, describe: 'what came back from the painter' })
      .options({
        job: {
          type: 'string',
          array: true,
          nargs: 1,
          demandOption: true,
          describe: 'the .json written beside the crop; once for each painted picture, in their order',
          group,
        },
        original: {
          type: 'string',
          requiresArg: true,
          describe: 'the picture to put it into, where it is not the one that the job names',
          group,
        },
        mask: {
          alias: 'm',
          type: 'string',
          requiresArg: true,
          describe: "another stitch mask, of the window's size; white = take what was painted",
          group,
        },
        'match-color': {
          type: 'boolean',
          default: STITCH_DEFAULTS.matchColor,
          describe: 'bring drifted colours back first, measured where nothing was painted',
          group,
        },
        out: {
          alias: 'o',
          type: 'string',
          demandOption: true,
          describe: 'the picture to write; - for standard output',
          group: 'Output:',
        },
        ...commonOptions,
      })
      .example('$0 stitch painted.png --job outputs/photo.crop.json -o final.png', 'one crop')
      .example('$0 stitch a.png b.png --job 1.json --job 2.json -o final.png', 'several, as crop --each makes them'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<StitchArguments>): Promise<void> {
  const { painted, job: jobs } = argv;
  if (painted.length !== jobs.length) {
    throw new MaskwrightError('USAGE', `${painted.length} painted pictures and ${jobs.length} jobs were named`, {
      hint: 'give --job once for each picture, in the same order',
    });
  }
  if (argv.mask !== undefined && jobs.length > 1) {
    throw new MaskwrightError('USAGE', '--mask goes with one picture only');
  }
  const { stitchJob } = await import('../../jobs/stitch-job.js');
  await withContext(
    argv,
    async (context) => {
      const report = await stitchJob(painted, {
        jobs,
        output: argv.out,
        original: argv.original,
        mask: argv.mask,
        matchColor: argv.matchColor,
        story: { command: 'stitch' },
      });
      context.print(
        `${report.output}  ${report.stitched} pixels painted; all others are those of ${report.original}, byte for byte`,
      );
      warnAll(context, report.warnings);
      context.emit({ command: 'stitch', ...report });
    },
    { stdoutIsData: argv.out === STDIO },
  );
}
