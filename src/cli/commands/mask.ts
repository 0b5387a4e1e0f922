import type { ArgumentsCamelCase } from 'yargs';
import type { DetectionStats } from '../../engine/detection/detection-stats.js';
import { MaskwrightError } from '../../errors.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { filesOf } from '../../sources/source-labels.js';
import type { MaskJobOptions, MaskJobResult, MaskReport } from '../../outputs/mask-output.js';
import { NAMING_DEFAULTS, namingFor } from '../../io/files/output-names.js';
import { withContext } from '../context.js';
import { defineCommand } from '../define-command.js';
import { type BatchArguments, batchOptions, inputsFrom } from '../options/batch.js';
import { commonOptions, type CommonArguments } from '../options/common.js';
import { findOptions, sourceSettings, type FindArguments } from '../options/detect.js';
import { modelOptions, type ModelArguments } from '../options/model.js';
import { maskOperationsFrom, maskOperationOptions, type MaskOperationArguments } from '../options/mask-operations.js';
import { sourceOptions, sourcesFrom, type SourceArguments } from '../options/source.js';
import { describeTarget, type TargetArguments, targetFrom, targetOptions } from '../options/target.js';
import { printAsRecipe, type RecipeArguments, recipeOptions } from '../options/recipe.js';
import { runCommandBatch } from '../run-batch.js';
import { withModels } from '../with-models.js';

interface MaskArguments
  extends
    CommonArguments,
    BatchArguments,
    RecipeArguments,
    SourceArguments,
    FindArguments,
    ModelArguments,
    MaskOperationArguments,
    TargetArguments {
  readonly images?: readonly string[];
  readonly outdir: string;
  readonly name: string;
  readonly hard?: boolean;
  readonly overlay?: boolean;
  readonly heatmap?: boolean;
  readonly sweep?: boolean;
  readonly failEmpty?: boolean;
}

export const command = defineCommand<MaskArguments>({
  command: 'mask [images..]',
  describe: 'find things by words: cut-outs and a mask for each phrase',
  builder: (argv) =>
    argv
      .positional('images', {
        type: 'string',
        array: true,
        describe: 'images to look in: files, folders, patterns; - for standard input',
      })
      .options({
        ...sourceOptions,
        ...findOptions,
        hard: {
          type: 'boolean',
          describe: 'cut selected and deselected at the mask, without fading',
          group: 'Output:',
        },
        overlay: {
          type: 'boolean',
          describe: 'also an image with the selection tinted and outlined',
          group: 'Output:',
        },
        heatmap: { type: 'boolean', describe: 'also the probability as a gray image', group: 'Output:' },
        sweep: {
          type: 'boolean',
          describe: 'also a sheet of what thresholds from 0.1 to 0.9 would select',
          group: 'Output:',
        },
        outdir: {
          type: 'string',
          default: NAMING_DEFAULTS.outdir,
          describe: 'folder for the results',
          group: 'Output:',
        },
        name: {
          type: 'string',
          default: NAMING_DEFAULTS.name,
          describe: 'how results are named; also {parent} {index}',
          group: 'Output:',
        },
        'fail-empty': { type: 'boolean', describe: 'exit with 6 when nothing is selected', group: 'Output:' },
        ...targetOptions,
        ...maskOperationOptions,
        ...modelOptions,
        ...batchOptions,
        ...recipeOptions,
        ...commonOptions,
      })
      .example('$0 mask photo.jpg -tm hair', 'outputs/photo.hair.selected.png, .deselected.png and .masked.png')
      .example('$0 mask photo.jpg -tm hair 0.35 --overlay', 'a lower threshold, and an image to judge it by')
      .example('$0 mask photo.jpg -tm "face OR hair" --grow 12', 'two things as one mask, 12 pixels wider')
      .example('$0 mask photo.jpg -tm hair --for a1111', 'and the files that this program takes, with the next step')
      .example('$0 mask *.jpg -tm dog -tm cat --json', 'several images and phrases; the numbers as JSON'),
  handler: run,
});

async function run(argv: ArgumentsCamelCase<MaskArguments>): Promise<void> {
  const sources = sourcesFrom(argv);
  if (sources.length === 0) {
    throw new MaskwrightError('USAGE', 'nothing to look for was named', { hint: 'name it with words: -tm orange' });
  }
  const shape = maskOperationsFrom(argv);
  if (argv.printRecipe === true) {
    const { name, hard, overlay, heatmap, for: program, sizeFit, fitTarget, images, outdir } = argv;
    const debug = { kind: 'debug', name, hard, overlay, heatmap } as const;
    const target =
      program === undefined ? [] : [{ kind: 'target', for: program.name, name, sizeFit, fitTarget } as const];
    await printAsRecipe(argv, { images, sources, shape, outputs: [debug, ...target], outdir });
    return;
  }
  const inputs = await inputsFrom(argv, argv.images, { outdir: argv.outdir });
  const { maskJob, maskOutputs } = await import('../../outputs/mask-output.js');
  await withContext(argv, (context) =>
    withModels(argv, context, async (models) => {
      const settings = sourceSettings(argv, models, context);
      let nothing = false;
      const optionsFor = (input: InputFile, index: number): MaskJobOptions => ({
        sources,
        settings,
        shape,
        naming: namingFor(argv, input, index, inputs.length),
        hard: argv.hard,
        overlay: argv.overlay,
        heatmap: argv.heatmap,
        sweep: argv.sweep,
        target: targetFrom(argv),
        provenance: { command: 'mask' },
      });
      await runCommandBatch(argv, context, {
        command: 'mask',
        inputs,
        outdir: argv.outdir,
        plan: (input, index) => ({
          reads: [input.path, ...filesOf(sources)],
          writes: maskOutputs(input.path, optionsFor(input, index)),
        }),
        job: async (input, index) => {
          const result = await maskJob(input.path, optionsFor(input, index));
          nothing ||= result.masks.some(({ share }) => share === 0);
          return result;
        },
        describe: describeResult,
        warnings: ({ warnings, masks }) => [...warnings, ...masks.flatMap((report) => report.warnings)],
      });
      if (argv.failEmpty === true && nothing) {
        throw new MaskwrightError('NOTHING_SELECTED', 'nothing was selected', { hint: 'see the lines above' });
      }
    }),
  );
}

function describeResult({ input, masks }: MaskJobResult): string[] {
  return masks.flatMap((report) => [
    `${input}  ${describeMask(report)}`,
    ...formatDetection(report),
    ...Object.values(report.files).map((path) => `  ${path}`),
    ...(report.target === undefined ? [] : describeTarget(report.target).map((line) => `  ${line}`)),
  ]);
}

function describeMask(report: MaskReport): string {
  const { label, share, bounds } = report;
  const { peak, threshold } = report as { peak?: number; threshold?: number };
  if (bounds === undefined) {
    return `${label}: ${peak === undefined ? 'nothing is selected' : describeMiss(peak, threshold ?? 0)}`;
  }
  const percent = (share * 100).toFixed(share < 0.01 ? 2 : 1);
  const confidence = peak === undefined ? '' : `, peak ${peak.toFixed(2)}`;
  return `${label}: ${percent} % selected${confidence}, ${bounds.width} x ${bounds.height} at ${bounds.x},${bounds.y}`;
}

/** What each phrase found, where that is not the same as what the mask selects, and where it is doubtful. */
function formatDetection({
  evidence = {},
}: MaskReport & { evidence?: Readonly<Record<string, DetectionStats>> }): string[] {
  const entries = Object.entries(evidence);
  return entries.flatMap(([phrase, { presence, peak, mean, share, threshold, parts }]) =>
    entries.length === 1 && presence === 'present'
      ? []
      : [
          presence === 'absent'
            ? `  ${phrase}: absent (peak ${peak.toFixed(2)}, threshold ${threshold})`
            : `  ${phrase}: ${presence} (peak ${peak.toFixed(2)}, mean ${mean.toFixed(2)}, threshold ${threshold}), ${(share * 100).toFixed(share < 0.01 ? 2 : 1)} % in ${parts} ${parts === 1 ? 'part' : 'parts'}`,
        ],
  );
}

function describeMiss(peak: number, threshold: number): string {
  if (peak >= threshold) {
    return `nothing is left of what reaches ${threshold}`;
  }
  // Rounded down, so that the threshold that is named does select something.
  const enough = Math.floor(peak * 1000) / 1000;
  return enough > 0
    ? `nothing reaches ${threshold}; peak ${peak.toFixed(3)}, a threshold of ${enough} would select something`
    : `nothing reaches ${threshold}; peak 0.000, not even a threshold of 0.001 would select anything`;
}
