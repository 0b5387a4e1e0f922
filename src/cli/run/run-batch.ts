import { EXIT_CODES, MaskwrightError } from '../../errors.js';
import type { InputFile } from '../../io/files/expand-inputs.js';
import { type BatchOutcome, runBatch } from '../../run/batch.js';
import { isRemote } from '../../io/storage/storage-path.js';
import { assertDistinctOutputs } from '../../io/files/output-names.js';
import { openBatchRecord, type TaskPlan } from '../../run/resume.js';
import { shardName } from '../../run/batch/shard.js';
import { assertWritable } from '../../io/files/write-files.js';
import type { CommandContext } from '../context.js';
import type { BatchArguments } from '../options/batch-options.js';
import { createRate, formatDuration } from '../progress.js';

/** What a command does with each of its inputs. */
export interface CommandBatch<Result> {
  /** The command's name, in JSON. */
  readonly command: string;
  readonly inputs: readonly InputFile[];
  /** The folder of the results; undefined where they go to one named file. */
  readonly outdir: string | undefined;
  /** What else decides about the results of all, for `--resume`; the arguments where left out. */
  readonly options?: unknown;
  /** Every file that an input's task reads and writes; nothing is read for it. */
  readonly plan: (input: InputFile, index: number) => Omit<TaskPlan, 'input'>;
  /** Undefined where it was done already. */
  readonly task: (input: InputFile, index: number) => Promise<Result | undefined>;
  /** The files that were written, where that is known only afterwards; the first planned one is among them. */
  readonly written?: (result: Result) => readonly string[];
  /** The result in plain data, for `--json`; the result itself where left out. */
  readonly report?: (result: Result) => object;
  /** Lines for people. */
  readonly describe: (result: Result) => readonly string[];
  readonly warnings: (result: Result) => readonly string[];
}

export interface BatchSummary {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
}

/** Arguments that do not change what is written. */
const WITHOUT_EFFECT = new Set([
  '_',
  '$0',
  'json',
  'jsonLines',
  'quiet',
  'verbose',
  'recursive',
  'filesFrom',
  'concurrency',
  'jobs',
  'resume',
  'shard',
  'outdir',
  'outputDir',
  'recipe',
  'set',
  'image',
  'images',
  'input',
  'failEmpty',
  'printRecipe',
  'dryRun',
]);

/**
 * Runs a command's task for each of its inputs and reports the outcomes. Collisions of names are found before any
 * work; a bad input among several is reported at once and again at the end, and makes the exit code 3. What is done
 * is recorded in the folder of the results, where `--resume` finds it.
 */
export async function runCommandBatch<Result>(
  argv: BatchArguments,
  context: CommandContext,
  batch: CommandBatch<Result>,
): Promise<BatchSummary> {
  const { inputs, outdir } = batch;
  const plans = inputs.map((input, index): TaskPlan => ({ input: input.path, ...batch.plan(input, index) }));
  assertDistinctOutputs(plans);
  if (inputs.length > 1) {
    await assertWritable(
      plans.flatMap(({ writes }) => writes),
      { inputs: plans.flatMap(({ reads }) => reads) },
    );
  }
  const { shard, resume = false } = argv;
  const remote = outdir !== undefined && isRemote(outdir);
  if (remote && resume) {
    throw new MaskwrightError('USAGE', `${batch.command} keeps no list of what is done in S3`, {
      hint: 'leave --resume out, or write to a local folder',
    });
  }
  const recorded = outdir !== undefined && !remote && (inputs.length > 1 || resume || shard !== undefined);
  const options = batch.options ?? { command: batch.command, ...effectiveArguments(argv) };
  const record = recorded
    ? await openBatchRecord(plans, { outdir, options, resume, part: shard && shardName(shard) })
    : undefined;

  const task = async (input: InputFile, index: number): Promise<Result | undefined> => {
    const plan = plans[index]!;
    if (resume && (await record?.isDone(plan)) === true) {
      return undefined;
    }
    const result = await batch.task(input, index);
    if (result !== undefined) {
      await record?.markDone(plan, batch.written?.(result));
    }
    return result;
  };

  const rate = createRate(inputs.length);
  const results: { readonly index: number; readonly result: object }[] = [];
  const failures: { readonly input: string; readonly error: MaskwrightError }[] = [];
  const reportOf = (result: Result): object => batch.report?.(result) ?? (result as object);
  let done = 0;
  let skipped = 0;
  const take = (outcome: BatchOutcome<InputFile, Result | undefined>): void => {
    const { path } = outcome.input;
    if (outcome.kind === 'failed') {
      if (inputs.length === 1) {
        throw outcome.error;
      }
      failures.push({ input: path, error: outcome.error });
      context.warn(describeFailure(path, outcome.error));
      context.emitLine({ command: batch.command, input: path, error: errorForJson(outcome.error) });
    } else if (outcome.result === undefined) {
      skipped++;
      if (context.verbose) {
        context.print(`${path}  done already`);
      }
      context.emitLine({ command: batch.command, input: path, skipped: true });
    } else {
      done++;
      for (const line of batch.describe(outcome.result)) {
        context.print(line);
      }
      for (const warning of batch.warnings(outcome.result)) {
        context.warn(warning);
      }
      if (context.json) {
        results.push({ index: outcome.index, result: reportOf(outcome.result) });
      }
      context.emitLine({ command: batch.command, ...reportOf(outcome.result) });
    }
    if (inputs.length > 1) {
      context.progress.report(rate.count(outcome.kind === 'done' && outcome.result === undefined));
    }
  };

  try {
    for await (const outcome of runBatch(inputs, task, { concurrency: argv.concurrency, signal: context.signal })) {
      take(outcome);
    }
  } catch (error) {
    if (context.signal.aborted && inputs.length > 1) {
      const way = recorded ? '; the same command with --resume goes on from there' : '';
      context.warn(`stopped with ${done + skipped} of ${inputs.length} done${way}`);
    }
    throw error;
  }
  await record?.finish();

  const summary = { done, skipped, failed: failures.length };
  context.emit({
    command: batch.command,
    results: results.sort((a, b) => a.index - b.index).map(({ result }) => result),
    failures: failures.map(({ input, error }) => ({ input, ...errorForJson(error) })),
    skipped,
  });
  if (inputs.length !== 1 || skipped > 0) {
    context.emitLine({ command: batch.command, summary });
    context.print(describeSummary(summary, rate.seconds()));
  }
  if (failures.length > 0) {
    context.warn(`${failures.length} of ${inputs.length} failed:`);
    for (const { input, error } of failures) {
      context.warn(`  ${describeFailure(input, error)}`);
    }
    process.exitCode = EXIT_CODES.input;
  }
  return summary;
}

function effectiveArguments(argv: object): Record<string, unknown> {
  // yargs gives each option under its aliases too: one letter, or words with hyphens.
  const entries = Object.entries(argv).filter(
    ([name]) => name.length > 1 && !name.includes('-') && !WITHOUT_EFFECT.has(name),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function errorForJson({ code, message, hint }: MaskwrightError): object {
  return { code, message, hint };
}

/** The message, with the input's name where it does not say it. */
function describeFailure(input: string, { message }: MaskwrightError): string {
  return message.includes(input) ? message : `${input}: ${message}`;
}

function describeSummary({ done, skipped, failed }: BatchSummary, seconds: number): string {
  const parts = [
    `${done} done`,
    ...(skipped > 0 ? [`${skipped} done already`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return `${parts.join(', ')} in ${formatDuration(seconds)}`;
}
