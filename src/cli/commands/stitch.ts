import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import { STITCH_DEFAULTS } from '../../inpaint/crop/stitch.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { STDIO } from '../../io/files/read-input.js';
import { stemOf } from '../../io/files/output-names.js';
import type { StitchReport } from '../../outputs/stitch-output.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { outputNames, outputOptions } from '../options/output.js';
import { warnAll } from '../options/target.js';
import { runCommandBatch } from '../run-batch.js';

interface StitchArguments extends CommonArguments, BatchArguments {
  readonly painted?: readonly string[];
  readonly job: readonly string[];
  readonly out?: string;
  readonly outdir?: string;
  readonly name: string;
  readonly original?: string;
  readonly mask?: string;
  readonly matchColor: boolean;
}

const group = 'What goes where:';

export const command = defineCommand<StitchArguments>({
  command: 'stitch [painted..]',
  describe: 'put a painted crop back: outside the stitch mask every byte stays',
  builder: (argv) =>
    argv
      .positional('painted', {
        type: 'string',
        array: true,
        describe: 'what came back from the painter; with --outdir also folders and patterns',
      })
      .options({
        job: {
          type: 'string',
          array: true,
          nargs: 1,
          demandOption: true,
          describe:
            'the .json written beside the crop, once for each painted image; with --outdir {stem} is the name of each',
          group,
        },
        original: {
          type: 'string',
          requiresArg: true,
          describe: 'the image to put it into, where it is not the one that the job names',
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
          describe: 'bring drifted colors back first, measured where nothing was painted',
          group,
        },
        out: {
          alias: 'o',
          type: 'string',
          describe: 'the image to write; - for standard output',
          group: 'Output:',
        },
        outdir: { ...outputOptions.outdir, describe: 'folder for the results: each painted image has its own' },
        name: outputOptions.name,
        ...batchOptions,
        ...commonOptions,
      })
      .example('$0 stitch painted.png --job outputs/photo.crop.json -o final.png', 'one crop')
      .example('$0 stitch a.png b.png --job 1.json --job 2.json -o final.png', 'several, as crop --each makes them')
      .example(
        '$0 stitch painted --job "crops/{stem}.json" --outdir final',
        'a folder of painted crops, each into its image',
      ),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<StitchArguments>): Promise<void> {
  if (argv.outdir !== undefined) {
    await stitchEach(argv, argv.outdir);
    return;
  }
  const { painted = [], job: jobs, out } = argv;
  if (out === undefined) {
    throw new MaskwrightError('USAGE', 'no file to write was named', {
      hint: '-o final.png, or --outdir final for many images',
    });
  }
  if (painted.length !== jobs.length) {
    throw new MaskwrightError('USAGE', `${painted.length} painted images and ${jobs.length} jobs were named`, {
      hint: 'give --job once for each image, in the same order',
    });
  }
  if (argv.mask !== undefined && jobs.length > 1) {
    throw new MaskwrightError('USAGE', '--mask goes with one image only');
  }
  const { stitchJob } = await import('../../outputs/stitch-output.js');
  await withContext(
    argv,
    async (context) => {
      const report = await stitchJob(painted, {
        jobs,
        output: out,
        original: argv.original,
        mask: argv.mask,
        matchColor: argv.matchColor,
        provenance: { command: 'stitch' },
      });
      context.print(describeReport(report));
      warnAll(context, report.warnings);
      context.emit({ command: 'stitch', ...report });
    },
    { stdoutIsData: out === STDIO },
  );
}

/** `--outdir`: every painted image goes into an image of its own. */
async function stitchEach(argv: ArgumentsCamelCase<StitchArguments>, outdir: string): Promise<void> {
  const [job, ...more] = argv.job;
  if (argv.out !== undefined || more.length > 0) {
    throw new MaskwrightError('USAGE', '--outdir goes without --out, and with one --job for all', {
      hint: 'for example --job "crops/{stem}.json" --outdir final',
    });
  }
  const inputs = await inputsFrom(argv, argv.painted, { outdir });
  if (inputs.length > 1 && !job!.includes('{stem}')) {
    throw new MaskwrightError('USAGE', `${inputs.length} painted images need a job each, and --job names one`, {
      hint: 'for example --job "crops/{stem}.json"',
    });
  }
  const outputFor = outputNames({ outdir, name: argv.name }, inputs, 'stitched');
  const { filesOfStitchManifest, stitchJob } = await import('../../outputs/stitch-output.js');
  const own = (input: InputFile, path: string): string => path.replaceAll('{stem}', () => stemOf(input.path));
  const named = (input: InputFile): string[] =>
    [argv.original, argv.mask].flatMap((path) => (path === undefined ? [] : [own(input, path)]));
  const jobFiles = new Map<InputFile, string[]>();
  for (const input of inputs) {
    jobFiles.set(input, await filesOfStitchManifest(own(input, job!)));
  }
  await withContext(argv, async (context) => {
    await runCommandBatch(argv, context, {
      command: 'stitch',
      inputs,
      outdir,
      plan: (input, index) => ({
        reads: [input.path, own(input, job!), ...named(input), ...(jobFiles.get(input) ?? [])],
        writes: [outputFor(input, index)],
      }),
      job: (input, index) =>
        stitchJob([input.path], {
          jobs: [own(input, job!)],
          output: outputFor(input, index),
          original: argv.original === undefined ? undefined : own(input, argv.original),
          mask: argv.mask === undefined ? undefined : own(input, argv.mask),
          matchColor: argv.matchColor,
          provenance: { command: 'stitch' },
        }),
      describe: (report) => [describeReport(report)],
      warnings: ({ warnings }) => warnings,
    });
  });
}

function describeReport({ output, stitched, original }: StitchReport): string {
  return `${output}  ${stitched} pixels painted; all others are those of ${original}, byte for byte`;
}
