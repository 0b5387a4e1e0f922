import type { ArgumentsCamelCase } from 'yargs';
import { EXIT_CODES } from '../../errors.js';
import type { Target } from '../../inpaint/target.js';
import type { CheckReport } from '../../jobs/check-job.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { forOption } from '../options/target.js';

interface CheckArguments extends CommonArguments {
  readonly image: string;
  readonly mask?: string;
  readonly for?: Target;
}

export const command = defineCommand<CheckArguments>({
  command: 'check <image> [mask]',
  describe: 'is this picture, with this mask, fit for inpainting? Finds erased colour, wrong polarity, wrong size',
  builder: (argv) =>
    argv
      .positional('image', { type: 'string', describe: 'the picture; - for standard input' })
      .positional('mask', { type: 'string', describe: 'its mask, where that is a file of its own' })
      .options({ ...forOption, ...commonOptions })
      .example('$0 check holes.png', 'is the colour under the transparent pixels still there?')
      .example('$0 check photo.png mask.png --for recraft', 'exit code 3 where the pair is not fit')
      .example('$0 check photo.png mask.png --for openai --json', 'every finding, for a script'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<CheckArguments>): Promise<void> {
  const { checkJob } = await import('../../jobs/check-job.js');
  await withContext(argv, async (context) => {
    const report = await checkJob(argv.image, { mask: argv.mask, target: argv.for });
    for (const line of describeReport(report, argv.for)) {
      context.print(line);
    }
    context.emit({ command: 'check', ...report });
    if (!report.fit) {
      process.exitCode = EXIT_CODES.input;
    }
  });
}

function describeReport({ findings, fit, lostColor, input }: CheckReport, target: Target | undefined): string[] {
  const looked = lostColor.hidden + lostColor.faint;
  const lost = lostColor.erased + lostColor.coarse;
  return [
    ...findings.flatMap(({ severity, message, hint }) => [
      `${severity}: ${message}`,
      ...(hint === undefined ? [] : [`  ${hint}`]),
    ]),
    ...(looked === 0
      ? []
      : [`${looked} transparent pixels; the colour of ${looked - lost} is there, of ${lost} it is lost`]),
    `${input} is ${fit ? 'fit' : 'not fit'} for ${target?.title ?? 'inpainting'}`,
  ];
}
