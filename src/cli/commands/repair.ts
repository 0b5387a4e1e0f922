import type { ArgumentsCamelCase } from 'yargs';
import { STDIO } from '../../io/read-input.js';
import type { RepairReport } from '../../jobs/repair-job.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { warnAll } from '../options/target.js';

interface RepairArguments extends CommonArguments {
  readonly image: string;
  readonly from?: string;
  readonly out: string;
}

export const command = defineCommand<RepairArguments>({
  command: 'repair <image>',
  describe: 'put erased colour back under transparent pixels: the exact one from the original, or bled from the edge',
  builder: (argv) =>
    argv
      .positional('image', { type: 'string', describe: 'the picture with holes; - for standard input' })
      .options({
        from: {
          type: 'string',
          requiresArg: true,
          describe: 'the untouched picture: its colours come back exactly',
          group: 'Output:',
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
      .example('$0 repair holes.png --from photo.jpg -o repaired.png', 'every byte of colour under the holes is back')
      .example('$0 repair holes.png -o bled.png', 'no original: edge colours, bled inward'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<RepairArguments>): Promise<void> {
  const { repairJob } = await import('../../jobs/repair-job.js');
  await withContext(
    argv,
    async (context) => {
      const report = await repairJob(argv.image, { from: argv.from, output: argv.out, story: { command: 'repair' } });
      context.print(describeReport(report));
      warnAll(context, report.warnings);
      context.emit({ command: 'repair', ...report });
    },
    { stdoutIsData: argv.out === STDIO },
  );
}

function describeReport({ output, lostColor, match }: RepairReport): string {
  const { hidden, faint } = lostColor;
  const what = match === undefined ? 'edge colours, bled inward' : "the original's own colours";
  return `${output}  ${what} under ${hidden + faint} transparent pixels; ${lostColor.erased + lostColor.coarse} had lost theirs`;
}
