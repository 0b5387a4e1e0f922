import type { ArgumentsCamelCase } from 'yargs';
import { MaskwrightError } from '../../errors.js';
import { STITCH_DEFAULTS } from '../../inpaint/crop/stitch.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { STDIO } from '../../io/files/read-input.js';
import { stemOf } from '../../io/files/output-names.js';
import type { StitchReport } from '../../run/stitch-images.js';
import { placesInShard } from '../../run/batch/shard.js';
import { withContext } from '../context.js';
import type { CommandBody } from '../command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch-options.js';
import { commonOptions, type CommonArguments } from '../options/common-options.js';
import { outputNames, outputOptions } from '../options/output-options.js';
import { runCommandBatch } from '../run/run-batch.js';

interface StitchArguments extends CommonArguments, BatchArguments {
  readonly painted?: readonly string[];
  readonly manifest: readonly string[];
  readonly output?: string;
  readonly outputDir?: string;
  readonly name?: string;
  readonly original?: string;
  readonly mask?: string;
  readonly matchColor: boolean;
}

const group = 'What goes where:';

export const command: CommandBody = {
  positionals: {
    painted: {
      type: 'string',
      array: true,
      describe: 'what came back from the painter; with --output-dir also folders and patterns',
    },
  },
  options: {
    manifest: {
      synonyms: ['job'],
      type: 'string',
      array: true,
      nargs: 1,
      demandOption: true,
      describe:
        'the .json written with the crop, once for each painted image; with --output-dir {stem} is the name of each',
      group,
    },
    original: {
      type: 'string',
      requiresArg: true,
      describe: 'the image to put it into, where it is not the one that the manifest names',
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
    ...outputOptions,
    ...batchOptions,
    ...commonOptions,
  },
  examples: [
    ['stitch painted.png --manifest outputs/photo.crop.json -o final.png', 'one crop'],
    ['stitch a.png b.png --manifest 1.json --manifest 2.json -o final.png', 'several, as crop --each makes them'],
    [
      'stitch painted --manifest "crops/{stem}.json" --output-dir final',
      'a folder of painted crops, each into its image',
    ],
  ],
  run,
};

async function run(argv: ArgumentsCamelCase<StitchArguments>): Promise<void> {
  if (argv.outputDir !== undefined) {
    await stitchEach(argv, argv.outputDir);
    return;
  }
  const { painted = [], manifest: manifests, output: out } = argv;
  if (argv.shard !== undefined) {
    throw new MaskwrightError('USAGE', '--shard goes with --output-dir: one image is not divided', {
      hint: 'for example --manifest "crops/{stem}.json" --output-dir final --shard 2/8',
    });
  }
  if (out === undefined) {
    throw new MaskwrightError('USAGE', 'no file to write was named', {
      hint: '-o final.png, or --output-dir final for many images',
    });
  }
  if (painted.length !== manifests.length) {
    throw new MaskwrightError(
      'USAGE',
      `${painted.length} painted images and ${manifests.length} manifests were named`,
      {
        hint: 'give --manifest once for each image, in the same order',
      },
    );
  }
  if (argv.mask !== undefined && manifests.length > 1) {
    throw new MaskwrightError('USAGE', '--mask goes with one image only');
  }
  const { stitchImages } = await import('../../run/stitch-images.js');
  await withContext(
    argv,
    async (context) => {
      const report = await stitchImages(painted, {
        manifests,
        output: out,
        original: argv.original,
        mask: argv.mask,
        matchColor: argv.matchColor,
        provenance: { command: 'stitch' },
      });
      context.print(describeReport(report));
      for (const warning of report.warnings) {
        context.warn(warning);
      }
      context.emit({ command: 'stitch', ...report });
    },
    { stdoutIsData: out === STDIO },
  );
}

/** `--output-dir`: every painted image goes into an image of its own. */
async function stitchEach(argv: ArgumentsCamelCase<StitchArguments>, outdir: string): Promise<void> {
  const [manifest, ...more] = argv.manifest;
  if (argv.output !== undefined || more.length > 0) {
    throw new MaskwrightError('USAGE', '--output-dir goes without -o, and with one --manifest for all', {
      hint: 'for example --manifest "crops/{stem}.json" --output-dir final',
    });
  }
  const all = await inputsFrom(argv, argv.painted, { outdir });
  const places = placesInShard(all, argv.shard);
  const inputs = places.map((place) => all[place]!);
  if (all.length > 1 && !manifest!.includes('{stem}')) {
    throw new MaskwrightError('USAGE', `${all.length} painted images need a manifest each, and --manifest names one`, {
      hint: 'for example --manifest "crops/{stem}.json"',
    });
  }
  const nameFor = outputNames({ outputDir: outdir, name: argv.name }, all, 'stitched');
  const outputFor = (input: InputFile, index: number): string => nameFor(input, places[index]!);
  const { filesOfStitchManifest, stitchImages } = await import('../../run/stitch-images.js');
  const own = (input: InputFile, path: string): string => path.replaceAll('{stem}', () => stemOf(input.path));
  const named = (input: InputFile): string[] =>
    [argv.original, argv.mask].flatMap((path) => (path === undefined ? [] : [own(input, path)]));
  const manifestFiles = new Map<InputFile, string[]>();
  for (const input of inputs) {
    manifestFiles.set(input, await filesOfStitchManifest(own(input, manifest!)));
  }
  await withContext(argv, async (context) => {
    await runCommandBatch(argv, context, {
      command: 'stitch',
      inputs,
      outdir,
      plan: (input, index) => ({
        reads: [input.path, own(input, manifest!), ...named(input), ...(manifestFiles.get(input) ?? [])],
        writes: [outputFor(input, index)],
      }),
      task: (input, index) =>
        stitchImages([input.path], {
          manifests: [own(input, manifest!)],
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

function describeReport({ output, painted, blended, original }: StitchReport): string {
  const seam = blended === 0 ? '' : `, ${blended} at the seam blended`;
  return `${output}  ${painted} pixels painted${seam}; all others are those of ${original}, byte for byte`;
}
