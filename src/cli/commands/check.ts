import type { ArgumentsCamelCase } from 'yargs';
import { EXIT_CODES } from '../../errors.js';
import type { Target } from '../../inpaint/targets/target.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { stemOf } from '../../io/files/output-names.js';
import type { CheckReport } from '../../outputs/check-output.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { forOption } from '../options/target.js';
import { runCommandBatch } from '../run-batch.js';

interface CheckArguments extends CommonArguments, BatchArguments {
  readonly image?: string;
  readonly mask?: string;
  readonly for?: Target;
}

/** Nothing is written, for a program either. */
const forProgram = {
  ...forOption.for,
  describe: 'whether it is fit for this program: invokeai, a1111, comfyui, openai, ...',
};

/** Nothing is written, so there is nothing to resume. */
const { resume: _, ...withoutResume } = batchOptions;

export const command = defineCommand<CheckArguments>({
  command: 'check [image] [mask]',
  describe: 'is this image, with this mask, fit for inpainting? Finds erased color, wrong polarity, wrong size',
  builder: (argv) =>
    argv
      .positional('image', { type: 'string', describe: 'the image, a folder or a pattern; - for standard input' })
      .positional('mask', {
        type: 'string',
        describe: 'its mask, where that is a file of its own; {stem} stands for the name of each image',
      })
      .options({ for: forProgram, ...withoutResume, ...commonOptions })
      .example('$0 check holes.png', 'is the color under the transparent pixels still there?')
      .example('$0 check ready --recursive --json-lines', 'a folder of images, a line each')
      .example('$0 check photo.png mask.png --for recraft', 'exit code 3 where the pair is not fit')
      .example('$0 check photo.png mask.png --for openai --json', 'every finding, for a script'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<CheckArguments>): Promise<void> {
  const inputs = await inputsFrom(argv, argv.image === undefined ? [] : [argv.image]);
  const maskFor = (input: InputFile): string | undefined => argv.mask?.replaceAll('{stem}', () => stemOf(input.path));
  const { checkJob } = await import('../../outputs/check-output.js');
  await withContext(argv, async (context) => {
    await runCommandBatch(argv, context, {
      command: 'check',
      inputs,
      outdir: undefined,
      plan: (input) => ({ reads: [input.path], writes: [] }),
      job: async (input) => {
        const report = await checkJob(input.path, { mask: maskFor(input), target: argv.for });
        if (!report.valid) {
          process.exitCode = EXIT_CODES.input;
        }
        return report;
      },
      describe: (report) => describeReport(report, argv.for),
      warnings: () => [],
    });
  });
}

function describeReport({ findings, valid, colorLoss, input }: CheckReport, target: Target | undefined): string[] {
  const looked = colorLoss.hidden + colorLoss.faint;
  const lost = colorLoss.erased + colorLoss.coarse;
  return [
    ...findings.flatMap(({ severity, message, hint }) => [
      `${severity}: ${message}`,
      ...(hint === undefined ? [] : [`  ${hint}`]),
    ]),
    ...(looked === 0
      ? []
      : [`${looked} transparent pixels; the color of ${looked - lost} is there, of ${lost} it is lost`]),
    `${input} is ${valid ? 'valid' : 'not valid'} for ${target?.title ?? 'inpainting'}`,
  ];
}
