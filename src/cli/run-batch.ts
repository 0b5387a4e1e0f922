import { EXIT_CODES } from '../errors.js';
import { type BatchOutcome, runBatch } from '../jobs/batch.js';
import type { CommandContext } from './context.js';
import { formatDuration } from './progress.js';

/**
 * Runs a job for each input, printing each result as it comes; failures are printed when they happen
 * and again at the end, with exit code 3.
 */
export async function runBatchWithReport<Result>(
  context: CommandContext,
  inputs: readonly string[],
  job: (input: string, index: number) => Promise<Result>,
  options: {
    readonly jobs?: number | undefined;
    readonly describe: (result: Result) => readonly string[];
  },
): Promise<BatchOutcome<Result>> {
  const started = performance.now();
  const showProgress = (done: number): void => {
    if (inputs.length > 1) {
      const elapsed = (performance.now() - started) / 1000;
      const left = (elapsed / done) * (inputs.length - done);
      context.progress.show(
        `${done} of ${inputs.length} · ${(done / elapsed).toFixed(1)} a second · ${formatDuration(left)} left`,
      );
    }
  };
  const outcome = await runBatch(inputs, job, {
    jobs: options.jobs,
    signal: context.signal,
    onResult: (result, done) => {
      for (const line of options.describe(result)) {
        context.print(line);
      }
      showProgress(done);
    },
    onFailure: ({ error }, done) => {
      context.warn(error.message);
      showProgress(done);
    },
  });
  if (outcome.failures.length > 0) {
    context.warn(`${outcome.failures.length} of ${inputs.length} failed:`);
    for (const { error } of outcome.failures) {
      context.warn(`  ${error.message}`);
    }
    process.exitCode = EXIT_CODES.input;
  }
  return outcome;
}

/** Failures as they stand in JSON. */
export function failuresForJson(outcome: BatchOutcome<unknown>): object[] {
  return outcome.failures.map(({ input, error }) => ({
    input,
    code: error.code,
    message: error.message,
    hint: error.hint,
  }));
}
