import { MaskwrightError } from '../../errors.js';
import { STDIO } from '../../io/files/read-input.js';
import { isRemote } from '../../io/storage/storage-path.js';
import { planRun, type PlanRunOptions } from '../../recipe/plan-run.js';
import type { RecipeDocument } from '../../recipe/recipe-document.js';
import { assertDistinctOutputs, stemOf } from '../../io/files/output-names.js';
import { listedFolderOf } from '../../outputs/outputs.js';
import type { StartedSegmenter } from '../../models/clipseg/text-segmenter.js';
import { findShared } from '../../run/find-shared.js';
import { openListedFolders } from '../../run/listed-folders.js';
import type { TaskPlan } from '../../run/resume.js';
import { shardName, shardRun } from '../../run/batch/shard.js';
import { planRecipe, type RecipeResult } from '../../run/run-recipe.js';
import { runTask } from '../../run/batch/run-task.js';
import { withContext } from '../context.js';
import { describeResult } from './describe-result.js';
import { runtimeOfEnvironment } from '../options/model-options.js';
import { assertOneInput } from '../options/output-options.js';
import type { RunArguments } from '../options/recipe-options.js';
import { watchPhases } from './watch-phases.js';
import { runCommandBatch } from './run-batch.js';
import { withModels } from './with-models.js';

export interface RunDocumentOptions extends PlanRunOptions {
  /** The command's name, in JSON. */
  readonly command: string;
  /** Files that must not be overwritten: the recipe itself. */
  readonly protect?: readonly string[];
  /** A model instead of the recipe's own. */
  readonly model?: string | undefined;
  /** The segmenter that is loading already. */
  readonly started?: StartedSegmenter | undefined;
}

/** Runs a recipe over its images and reports the results. */
export async function runDocument(
  document: RecipeDocument,
  argv: RunArguments,
  { command, protect = [], model: chosen, started, ...options }: RunDocumentOptions,
): Promise<void> {
  const whole = await planRun(document, options);
  const wholePlans = whole.inputs.map(({ path }, index) => planRecipe({ input: path, ...whole.at(index) }));
  assertFileEach(wholePlans);
  if (argv.shard !== undefined) {
    // Two images that no shard has together may be written to one file as well.
    assertDistinctOutputs(wholePlans);
  }
  const run = shardRun(whole, argv.shard);
  const runtime = run.model.runtime ?? runtimeOfEnvironment();
  const model =
    chosen === undefined
      ? { ...run.model, model: run.model.model ?? process.env['MASKWRIGHT_MODEL'], runtime }
      : { model: chosen, runtime, offline: run.model.offline };
  const plans =
    argv.shard === undefined
      ? wholePlans
      : run.inputs.map(({ path }, index) => planRecipe({ input: path, ...run.at(index) }));
  const toStdout = plans.filter(({ writes }) => writes.includes(STDIO)).length;
  if (toStdout > 1) {
    throw new MaskwrightError('USAGE', `the results of ${toStdout} images cannot all go to standard output`, {
      hint: 'name a folder instead: --output-dir ready',
    });
  }
  const inputs = run.inputs.map(({ path }) => path);
  const folders = openListedFolders(inputs, argv.shard && shardName(argv.shard));
  for (const index of inputs.keys()) {
    const { recipe, naming } = run.at(index);
    for (const output of recipe.outputs) {
      const folder = listedFolderOf(output, naming);
      await (folder && folders.open(folder));
    }
  }
  // A command line whose results go beside its inputs, or to one named file, has no folder for a list of what is done.
  const hasFolder = command === 'run' || whole.at(0).recipe.outputs.some((output) => output.outdir === undefined);
  await withContext(
    argv,
    async (context) => {
      run.warnings.forEach(context.warn);
      await withModels(
        model,
        context,
        async (models) => {
          const { concurrency, cache } = argv;
          const { signal } = context;
          const shared = await findShared(whole, {
            models,
            concurrency,
            signal,
            onProgress: (done) => context.progress.show(`depth ${done} of ${whole.inputs.length}`),
          });
          let isEmpty = false;
          let through = 0;
          const { failed } = await runCommandBatch<RecipeResult>(argv, context, {
            command,
            inputs: run.inputs,
            // The metadata of objects in S3 says what they were made of: there is no manifest.
            outdir: hasFolder && !isRemote(run.outdir) ? run.outdir : undefined,
            options: { command, model, shared: [...shared] },
            plan: (_, index) => ({ ...plans[index]!, options: whatDecides(run.at(index).recipe) }),
            task: async ({ path, version }, index) => {
              const phases = watchPhases(path, context, () => through === 0);
              const result = await runTask(
                { input: path, version, ...run.at(index) },
                {
                  onPhase: (phase) => {
                    phases.onPhase(phase);
                    // Nothing of one image needs a model any more: its memory is free while the files are drawn and written.
                    if (phase === 'writing' && run.inputs.length === 1) {
                      models.close().catch(() => undefined);
                    }
                  },
                  models,
                  model,
                  resume: argv.resume,
                  cache,
                  shared,
                  folders,
                  signal,
                  protect: [...protect, ...(run.table === undefined ? [] : [run.table])],
                },
              );
              phases.finish();
              through++;
              isEmpty ||= result !== undefined && selectsNothing(result);
              return result;
            },
            written: ({ files }) => files.map(({ path }) => path),
            report: (result) => (command === 'run' ? result : reportOf(result)),
            describe: (result) => describeResult(result, { verbose: argv.verbose }),
            warnings: ({ warnings }) => warnings,
          });
          // What --resume skips was written by an earlier run, and what other shards write is theirs: it is kept.
          for (const { path, files } of await folders.finish({
            clear: failed === 0 && argv.resume !== true && argv.shard === undefined,
          })) {
            if (files.length > 0) {
              context.print(
                `${files.length} ${files.length === 1 ? 'file' : 'files'} of an earlier run cleared from ${path}`,
              );
            }
          }
          if (argv.failEmpty === true && isEmpty) {
            throw new MaskwrightError('NOTHING_SELECTED', 'nothing was selected', { hint: 'see the lines above' });
          }
        },
        started,
      );
    },
    { stdoutIsData: toStdout > 0 },
  );
}

/** Throws `USAGE` where one file is named for many inputs: those of different names share it. */
function assertFileEach(plans: readonly TaskPlan[]): void {
  const common = plans[0]?.writes.find((path) => path !== STDIO && plans.every(({ writes }) => writes.includes(path)));
  if (new Set(plans.map(({ input }) => stemOf(input))).size > 1) {
    assertOneInput(common, plans.length);
  }
}

/** What of a recipe decides about the files of one image, where they lie excepted. */
function whatDecides(recipe: object): object {
  const {
    inputs: _i,
    filesFrom: _f,
    recursive: _r,
    table: _t,
    variables: _v,
    about: _a,
    outdir: _o,
    ...rest
  } = recipe as Record<string, unknown>;
  return rest;
}

/** The report of a command: its outputs are known, so what they show stands at the top. */
function reportOf({ outputs, ...result }: RecipeResult): object {
  const exports = outputs.filter(({ kind }) => kind === 'export');
  return Object.assign(
    {},
    result,
    ...outputs.filter((output) => !exports.includes(output)),
    exports.length === 0 ? {} : { exports: exports.map((output) => ({ ...output, kind: undefined })) },
    { kind: undefined },
  ) as object;
}

function selectsNothing({ share, outputs }: RecipeResult): boolean {
  const masks = outputs.flatMap((output) => (output['masks'] ?? []) as { readonly share: number }[]);
  return share === 0 || masks.some((mask) => mask.share === 0);
}
