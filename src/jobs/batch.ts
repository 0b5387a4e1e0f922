import pLimit from 'p-limit';
import { MaskwrightError } from '../errors.js';

export interface BatchFailure {
  readonly input: string;
  readonly error: MaskwrightError;
}

export interface BatchOutcome<Result> {
  /** In the order of the inputs. */
  readonly results: readonly Result[];
  readonly failures: readonly BatchFailure[];
}

export interface BatchOptions<Result> {
  /** Inputs in work at the same time. Default 1. */
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onResult?: ((result: Result, done: number) => void) | undefined;
  readonly onFailure?: ((failure: BatchFailure, done: number) => void) | undefined;
}

/**
 * Runs one job an input. An input or output that is bad does not stop the others: it is kept as a failure.
 * Errors that every input would meet (usage, model) and bugs end the batch; so does the only input's error.
 */
export async function runBatch<Result>(
  inputs: readonly string[],
  job: (input: string, index: number) => Promise<Result>,
  options: BatchOptions<Result> = {},
): Promise<BatchOutcome<Result>> {
  const limit = pLimit(options.jobs ?? 1);
  const results: (Result | undefined)[] = inputs.map(() => undefined);
  const failures: BatchFailure[] = [];
  let done = 0;
  let fatal: unknown;
  let ended = false;
  await limit.map(inputs, async (input, index) => {
    if (ended || (options.signal?.aborted ?? false)) {
      return;
    }
    try {
      const result = await job(input, index);
      results[index] = result;
      options.onResult?.(result, ++done);
    } catch (error) {
      if (inputs.length > 1 && concernsOneInput(error) && !(options.signal?.aborted ?? false)) {
        const failure = { input, error };
        failures.push(failure);
        options.onFailure?.(failure, ++done);
      } else if (!ended) {
        ended = true;
        fatal = error;
      }
    }
  });
  options.signal?.throwIfAborted();
  if (ended) {
    throw fatal;
  }
  return { results: results.filter((result) => result !== undefined), failures };
}

function concernsOneInput(error: unknown): error is MaskwrightError {
  return error instanceof MaskwrightError && (error.category === 'input' || error.category === 'output');
}
