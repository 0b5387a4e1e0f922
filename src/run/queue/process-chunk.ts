import { MaskwrightError } from '../../errors.js';
import { concernsOneInput, runBatch } from '../batch.js';
import type { StoredError } from './queue-records.js';

/** How far a chunk is. It is stored before each input, so that whoever takes the chunk over goes on from there. */
export interface ChunkState {
  /** All inputs before this one are done. */
  readonly next: number;
  /** Those done behind it. */
  readonly ahead: readonly number[];
  readonly working: readonly number[];
  /** How often a worker died while an input was in work. */
  readonly crashes: Readonly<Record<string, number>>;
  readonly failed: readonly { readonly at: number; readonly error: StoredError; readonly final?: boolean }[];
  readonly skipped: number;
}

const INITIAL: ChunkState = { next: 0, ahead: [], working: [], crashes: {}, failed: [], skipped: 0 };

/** An input in work when a worker dies for the third time is not tried again. */
const MAX_CRASHES = 3;

export interface ProcessChunkOptions {
  readonly concurrency: number;
  /** Runs one input; true where its results were there already. */
  readonly run: (place: number) => Promise<boolean>;
  readonly save: (state: ChunkState) => Promise<void>;
  /** Asked before each input: whether to leave the others. */
  readonly isStopped: () => boolean;
  readonly onDone?: ((failed: boolean) => void) | undefined;
}

/**
 * Runs the inputs of a chunk that are not done yet. Errors of single inputs are kept in the state; what every input
 * would meet is thrown, after the inputs in work have ended and the state is saved. Inputs in work when an earlier
 * worker died run first, and each alone: if it happens again, it is known which one it was.
 */
export async function processChunk(
  size: number,
  stored: Partial<ChunkState> | undefined,
  { concurrency, run, save, isStopped, onDone }: ProcessChunkOptions,
): Promise<ChunkState> {
  const before = { ...INITIAL, ...stored };
  const done = new Set<number>([...Array.from({ length: before.next }, (_, i) => i), ...before.ahead]);
  const working = new Set<number>();
  const crashes = new Map(Object.entries(before.crashes).map(([place, times]) => [Number(place), times]));
  const failed = [...before.failed];
  let { skipped } = before;
  let next = before.next;

  for (const place of before.working) {
    const times = (crashes.get(place) ?? 0) + 1;
    crashes.set(place, times);
    if (times >= MAX_CRASHES && !done.has(place)) {
      done.add(place);
      const message = `${times} workers died while it was in work`;
      failed.push({ at: place, error: { code: 'INPUT_QUARANTINED', message }, final: true });
    }
  }
  const stateNow = (): ChunkState => {
    while (done.has(next)) {
      next++;
    }
    return {
      next,
      ahead: [...done].filter((place) => place > next),
      working: [...working],
      crashes: Object.fromEntries([...crashes].filter(([place]) => !done.has(place))),
      failed,
      skipped,
    };
  };
  // One after the other: what is stored last is newest.
  let saving = Promise.resolve();
  const saveNow = (): Promise<void> => (saving = saving.then(() => save(stateNow())));
  const work = async (place: number): Promise<void> => {
    working.add(place);
    try {
      await saveNow();
      if (await run(place)) {
        skipped++;
      }
      done.add(place);
      onDone?.(false);
    } catch (error) {
      if (error instanceof MaskwrightError && !concernsOneInput(error)) {
        throw error;
      }
      failed.push({ at: place, error: storedError(error) });
      done.add(place);
      onDone?.(true);
    } finally {
      working.delete(place);
    }
  };

  const left = Array.from({ length: size }, (_, place) => place).filter((place) => !done.has(place));
  const untilStopped = function* untilStopped(places: readonly number[]): Generator<number> {
    for (const place of places) {
      if (isStopped()) {
        return;
      }
      yield place;
    }
  };
  try {
    const suspects = left.filter((place) => crashes.has(place));
    for (const place of untilStopped(suspects)) {
      await work(place);
    }
    const others = left.filter((place) => !crashes.has(place));
    for await (const outcome of runBatch(untilStopped(others), work, { concurrency })) {
      if (outcome.kind === 'failed') {
        throw outcome.error;
      }
    }
  } finally {
    await saveNow();
  }
  return stateNow();
}

function storedError(error: unknown): StoredError {
  return error instanceof MaskwrightError
    ? { code: error.code, message: error.message, hint: error.hint }
    : { code: 'BUG', message: error instanceof Error ? error.message : String(error) };
}
