import type { ArgumentsCamelCase } from 'yargs';
import { STDIO } from '../../io/files/read-input.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { stemOf } from '../../io/files/output-names.js';
import type { RepairReport } from '../../run/repair-image.js';
import { placesInShard } from '../../run/batch/shard.js';
import { withContext } from '../context.js';
import type { CommandBody } from '../command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch-options.js';
import { commonOptions, type CommonArguments } from '../options/common-options.js';
import { outputNames, outputOptions } from '../options/output-options.js';
import { runCommandBatch } from '../run/run-batch.js';

interface RepairArguments extends CommonArguments, BatchArguments {
  readonly images?: readonly string[];
  readonly from?: string;
  readonly output?: string;
  readonly outputDir?: string;
  readonly name?: string;
}

export const command: CommandBody = {
  positionals: {
    images: {
      type: 'string',
      array: true,
      describe: 'the images with holes: files, folders, patterns; - for standard input',
    },
  },
  options: {
    from: {
      type: 'string',
      requiresArg: true,
      describe: 'the untouched image: its colors come back exactly; {stem} stands for the name of each image',
      group: 'Output:',
    },
    ...outputOptions,
    ...batchOptions,
    ...commonOptions,
  },
  examples: [
    ['repair holes.png --from photo.jpg -o repaired.png', 'every byte of color under the holes is back'],
    ['repair edited --from "originals/{stem}.jpg" --output-dir repaired', 'a folder of images'],
    ['repair holes.png -o bled.png', 'no original: edge colors, bled inward'],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<RepairArguments>): Promise<void> {
  const all = await inputsFrom(argv, argv.images, { outdir: argv.outputDir });
  const places = placesInShard(all, argv.shard);
  const inputs = places.map((place) => all[place]!);
  const nameFor = outputNames(argv, all, 'repaired');
  const outputFor = (input: InputFile, index: number): string => nameFor(input, places[index]!);
  const originalFor = (input: InputFile): string | undefined =>
    argv.from?.replaceAll('{stem}', () => stemOf(input.path));
  const { repairJob } = await import('../../run/repair-image.js');
  await withContext(
    argv,
    async (context) => {
      await runCommandBatch(argv, context, {
        command: 'repair',
        inputs,
        outdir: argv.outputDir,
        plan: (input, index) => {
          const original = originalFor(input);
          return {
            reads: [input.path, ...(original === undefined ? [] : [original])],
            writes: [outputFor(input, index)],
          };
        },
        task: (input, index) =>
          repairJob(input.path, {
            from: originalFor(input),
            output: outputFor(input, index),
            provenance: { command: 'repair' },
          }),
        describe: (report) => [describeReport(report)],
        warnings: ({ warnings }) => warnings,
      });
    },
    { stdoutIsData: argv.output === STDIO },
  );
}

function describeReport({ output, colorLoss, changed, match }: RepairReport): string {
  const what = match === undefined ? 'edge colors, bled inward' : 'the colors of the original';
  return `${output}  ${changed} pixels changed to ${what}; ${colorLoss.hidden + colorLoss.faint} are transparent`;
}
