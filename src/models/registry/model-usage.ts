import type { ModelIdentity } from './model-choice.js';

/** Counts of what a model computed, and the time that took, in its thread. */
export interface Computed {
  readonly images: number;
  readonly imageMs: number;
  readonly phrases: number;
  readonly phraseMs: number;
}

/** How a model ran. */
export interface ModelUsage extends Computed {
  readonly identity: ModelIdentity;
  /** What ran it, in words: `partitioned`, `monolithic, one phrase a run` ... */
  readonly path: string;
  /** Reading, checking and loading the files, without their download. */
  readonly loadMs: number;
}

/** Adds up calls of one kind in a thread that runs one call at a time. */
export interface Stopwatch {
  readonly run: <Result>(count: number, work: () => Promise<Result>) => Promise<Result>;
  readonly count: () => number;
  readonly ms: () => number;
}

export function createStopwatch(): Stopwatch {
  let count = 0;
  let ms = 0;
  return {
    count: () => count,
    ms: () => ms,
    run: async (added, work) => {
      const started = performance.now();
      const result = await work();
      ms += performance.now() - started;
      count += added;
      return result;
    },
  };
}
