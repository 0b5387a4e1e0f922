import type { ArgumentsCamelCase } from 'yargs';
import { EXIT_CODES } from '../../errors.js';
import type { Target } from '../../inpaint/targets/target.js';
import { findTarget } from '../../inpaint/targets/target-table.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { stemOf } from '../../io/files/output-names.js';
import type { CheckReport } from '../../run/check-files.js';
import { placesInShard } from '../../run/batch/shard.js';
import { withContext } from '../context.js';
import type { CommandBody } from '../command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch-options.js';
import { commonOptions, type CommonArguments } from '../options/common-options.js';
import { targetOption } from '../options/target-options.js';
import { runCommandBatch } from '../run/run-batch.js';

interface CheckArguments extends CommonArguments, BatchArguments {
  readonly image?: string;
  readonly mask?: string;
  readonly target?: string;
  readonly from?: string;
}

/** Nothing is written, for a program either. */
const target = {
  ...targetOption.target,
  describe: 'whether it is valid for this target: invokeai, a1111, comfyui, openai, ...',
};

/** Nothing is written, so there is nothing to resume. */
const { resume: _, ...withoutResume } = batchOptions;

export const command: CommandBody = {
  positionals: {
    image: { type: 'string', describe: 'the image, a folder or a pattern; - for standard input' },
    mask: {
      type: 'string',
      describe: 'its mask, where that is a file of its own; {stem} stands for the name of each image',
    },
  },
  options: {
    target,
    from: {
      type: 'string',
      requiresArg: true,
      describe: 'the untouched image, to compare hidden color with; {stem} stands for the name of each image',
      group: 'What it is checked for:',
    },
    ...withoutResume,
    ...commonOptions,
  },
  examples: [
    ['check holes.png', 'is the color under the transparent pixels still there?'],
    ['check ready --recursive --json-lines', 'a folder of images, a line each'],
    ['check photo.png mask.png --target recraft', 'exit code 3 where the pair is not valid'],
    ['check photo.png mask.png --target openai --json', 'every finding, for a script'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<CheckArguments>): Promise<void> {
  const all = await inputsFrom(argv, argv.image === undefined ? [] : [argv.image]);
  const inputs = placesInShard(all, argv.shard).map((place) => all[place]!);
  const target = argv.target === undefined ? undefined : findTarget(argv.target);
  const maskFor = (input: InputFile): string | undefined => argv.mask?.replaceAll('{stem}', () => stemOf(input.path));
  const originalFor = (input: InputFile): string | undefined =>
    argv.from?.replaceAll('{stem}', () => stemOf(input.path));
  const { checkJob } = await import('../../run/check-files.js');
  await withContext(argv, async (context) => {
    await runCommandBatch(argv, context, {
      command: 'check',
      inputs,
      outdir: undefined,
      plan: (input) => ({ reads: [input.path], writes: [] }),
      task: async (input) => {
        const report = await checkJob(input.path, { mask: maskFor(input), target, from: originalFor(input) });
        if (!report.valid) {
          process.exitCode = EXIT_CODES.input;
        }
        return report;
      },
      describe: (report) => describeReport(report, target),
      warnings: () => [],
    });
  });
}

function describeReport(
  { findings, valid, colorLoss, colorDifference, input }: CheckReport,
  target: Target | undefined,
): string[] {
  const looked = colorDifference?.hidden ?? colorLoss.hidden + colorLoss.faint;
  const lost = colorDifference?.changed ?? colorLoss.erased + colorLoss.coarse;
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
