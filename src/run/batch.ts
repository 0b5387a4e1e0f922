import pLimit from 'p-limit';
import { MaskwrightError } from '../errors.js';

/** One input's end: its result, or the error that concerns it alone. */
export type BatchOutcome<Input, Result> =
  | { readonly kind: 'done'; readonly input: Input; readonly index: number; readonly result: Result }
  | { readonly kind: 'failed'; readonly input: Input; readonly index: number; readonly error: MaskwrightError };

export interface BatchOptions {
  /** Inputs in work at the same time. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Two: while one is decoded or encoded the other is looked at by the network. */
export const BATCH_DEFAULTS = { concurrency: 2 } as const;

/**
 * Runs one task an input and gives the outcomes as they come. Inputs are drawn only when there is a place for one, and
 * outcomes wait to be taken, so that memory does not grow with the number of inputs.
 *
 * An input or output that is bad does not stop the others. Errors that every input would meet (model, full
 * disk) and bugs are thrown, after the jobs in work have ended; so is the signal's reason.
 */
export async function* runBatch<Input, Result>(
  inputs: Iterable<Input> | AsyncIterable<Input>,
  task: (input: Input, index: number) => Promise<Result>,
  options: BatchOptions = {},
): AsyncGenerator<BatchOutcome<Input, Result>, void, undefined> {
  const { concurrency = BATCH_DEFAULTS.concurrency, signal } = options;
  const limit = pLimit(concurrency);
  const source = iteratorOf(inputs);
  const working = new Map<number, Promise<BatchOutcome<Input, Result>>>();
  let drawn: Promise<IteratorResult<Input>> | undefined;
  let exhausted = false;
  let count = 0;
  try {
    while (!exhausted || working.size > 0) {
      signal?.throwIfAborted();
      if (!exhausted && working.size < limit.concurrency) {
        drawn ??= Promise.resolve(source.next());
      }
      const next = await Promise.race([...(drawn === undefined ? [] : [drawn]), ...working.values()]);
      if ('kind' in next) {
        working.delete(next.index);
        if (next.kind === 'failed') {
          // It may have failed because it was stopped.
          signal?.throwIfAborted();
        }
        yield next;
      } else {
        drawn = undefined;
        exhausted = next.done === true;
        if (next.done !== true) {
          const index = count++;
          working.set(index, limit(runOne<Input, Result>, next.value, index, task));
        }
      }
    }
  } finally {
    await Promise.allSettled(working.values());
    await source.return?.();
  }
}

async function runOne<Input, Result>(
  input: Input,
  index: number,
  task: (input: Input, index: number) => Promise<Result>,
): Promise<BatchOutcome<Input, Result>> {
  try {
    return { kind: 'done', input, index, result: await task(input, index) };
  } catch (error) {
    if (concernsOneInput(error)) {
      return { kind: 'failed', input, index, error };
    }
    throw error;
  }
}

const CONCERNS_ALL: ReadonlySet<string> = new Set(['OUTPUT_DISK_FULL', 'STORAGE_READ', 'STORAGE_WRITE']);

/** Usage may: what is out of range for one image's size may be right for another's. */
export function concernsOneInput(error: unknown): error is MaskwrightError {
  return error instanceof MaskwrightError && error.category !== 'model' && !CONCERNS_ALL.has(error.code);
}

function iteratorOf<Input>(inputs: Iterable<Input> | AsyncIterable<Input>): Iterator<Input> | AsyncIterator<Input> {
  return Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]();
}
