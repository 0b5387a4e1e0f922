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
  describe: 'put erased colour back under transparent pixels: the exact one from the original, or bled from the edge',
  builder: (argv) =>
    argv
      .positional('images', {
        type: 'string',
        array: true,
        describe: 'the pictures with holes: files, folders, patterns; - for standard input',
      })
      .options({
        from: {
          type: 'string',
          requiresArg: true,
          describe: 'the untouched picture: its colours come back exactly; {stem} stands for the name of each picture',
          group: 'Output:',
        },
        out: {
          alias: 'o',
          type: 'string',
          describe: 'the picture to write; - for standard output',
          group: 'Output:',
        },
        ...outputOptions,
        ...batchOptions,
        ...commonOptions,
      })
      .example('$0 repair holes.png --from photo.jpg -o repaired.png', 'every byte of colour under the holes is back')
      .example('$0 repair edited --from "originals/{stem}.jpg" --outdir repaired', 'a folder of pictures')
      .example('$0 repair holes.png -o bled.png', 'no original: edge colours, bled inward'),
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
            story: { command: 'repair' },
          }),
        describe: (report) => [describeReport(report)],
        warnings: ({ warnings }) => warnings,
      });
    },
    { stdoutIsData: argv.out === STDIO },
  );
}

function describeReport({ output, lostColor, match }: RepairReport): string {
  const { hidden, faint } = lostColor;
  const what = match === undefined ? 'edge colours, bled inward' : "the original's own colours";
  return `${output}  ${what} under ${hidden + faint} transparent pixels; ${lostColor.erased + lostColor.coarse} had lost theirs`;
}
