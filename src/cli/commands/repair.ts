import type { ArgumentsCamelCase } from 'yargs';
import { STDIO } from '../../io/files/read-input.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { stemOf } from '../../io/files/output-names.js';
import type { RepairReport } from '../../outputs/repair-output.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { outputNames, outputOptions } from '../options/output.js';
import { runCommandBatch } from '../run-batch.js';

interface RepairArguments extends CommonArguments, BatchArguments {
  readonly images?: readonly string[];
  readonly from?: string;
  readonly out?: string;
  readonly outdir?: string;
  readonly name: string;
}

export const command = defineCommand<RepairArguments>({
  command: 'repair [images..]',
  describe: 'put erased color back under transparent pixels: the exact one from the original, or bled from the edge',
  builder: (argv) =>
    argv
      .positional('images', {
        type: 'string',
        array: true,
        describe: 'the images with holes: files, folders, patterns; - for standard input',
      })
      .options({
        from: {
          type: 'string',
          requiresArg: true,
          describe: 'the untouched image: its colors come back exactly; {stem} stands for the name of each image',
          group: 'Output:',
        },
        out: {
          alias: 'o',
          type: 'string',
          describe: 'the image to write; - for standard output',
          group: 'Output:',
        },
        ...outputOptions,
        ...batchOptions,
        ...commonOptions,
      })
      .example('$0 repair holes.png --from photo.jpg -o repaired.png', 'every byte of color under the holes is back')
      .example('$0 repair edited --from "originals/{stem}.jpg" --outdir repaired', 'a folder of images')
      .example('$0 repair holes.png -o bled.png', 'no original: edge colors, bled inward'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<RepairArguments>): Promise<void> {
  const inputs = await inputsFrom(argv, argv.images, { outdir: argv.outdir });
  const outputFor = outputNames(argv, inputs, 'repaired');
  const originalFor = (input: InputFile): string | undefined =>
    argv.from?.replaceAll('{stem}', () => stemOf(input.path));
  const { repairJob } = await import('../../outputs/repair-output.js');
  await withContext(
    argv,
    async (context) => {
      await runCommandBatch(argv, context, {
        command: 'repair',
        inputs,
        outdir: argv.outdir,
        plan: (input, index) => {
          const original = originalFor(input);
          return {
            reads: [input.path, ...(original === undefined ? [] : [original])],
            writes: [outputFor(input, index)],
          };
        },
        job: (input, index) =>
          repairJob(input.path, {
            from: originalFor(input),
            output: outputFor(input, index),
            provenance: { command: 'repair' },
          }),
        describe: (report) => [describeReport(report)],
        warnings: ({ warnings }) => warnings,
      });
    },
    { stdoutIsData: argv.out === STDIO },
  );
}

function describeReport({ output, colorLoss, match }: RepairReport): string {
  const { hidden, faint } = colorLoss;
  const what = match === undefined ? 'edge colors, bled inward' : "the original's own colors";
  return `${output}  ${what} under ${hidden + faint} transparent pixels; ${colorLoss.erased + colorLoss.coarse} had lost theirs`;
}
