import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import { MaskwrightError } from '../../errors.js';
import type { PlacedInput } from '../../recipe/plan-run.js';
import { connectQueue, type QueueConnection } from './queue-connection.js';
import {
  type Chunk,
  type ChunkInput,
  type ChunkResult,
  type DeadInput,
  type StoredRecipe,
  type StoredRun,
  storeRecipe,
  toChunkInput,
} from './queue-records.js';
import type { RecipeChoice } from './recipe-runner.js';

export const QUEUE_DEFAULTS = { name: 'maskwright', chunk: 100, attempts: 3, lockSeconds: 30 } as const;

export interface QueuePlace {
  /** `redis://...` or `postgres://...`. */
  readonly address: string;
  readonly name?: string | undefined;
}

export interface SubmitOptions {
  /** Inputs of one job. */
  readonly chunk?: number | undefined;
  /** How often an input is tried. */
  readonly attempts?: number | undefined;
  readonly onProgress?: ((submitted: number) => void) | undefined;
}

/** How far a queue is. */
export interface QueueStatus {
  /** `pending`: all that are not done, what autoscaling goes by. */
  readonly chunks: {
    readonly pending: number;
    readonly waiting: number;
    readonly active: number;
    readonly delayed: number;
    readonly done: number;
  };
  readonly images: {
    readonly submitted: number;
    readonly done: number;
    readonly skipped: number;
    readonly failed: number;
  };
  readonly runs: readonly {
    readonly id: string;
    readonly images: number;
    readonly submitted: string;
    readonly cancelled: boolean;
  }[];
}

/** An input that failed for good. */
export interface QueueFailure {
  readonly input: string;
  readonly run: string;
  readonly attempts: number;
  readonly error: DeadInput['error'];
}

/** The queues that a queue is kept in: chunks, failed inputs, and what is stored once. */
export interface QueueParts {
  readonly connection: QueueConnection;
  readonly name: string;
  readonly chunks: Queue<Chunk>;
  readonly dead: Queue<DeadInput>;
  readonly recipes: Queue<StoredRecipe>;
  readonly runs: Queue<StoredRun>;
}

/** A queue of images, in Redis or PostgreSQL. */
export interface TaskQueue {
  readonly parts: QueueParts;
  /** Stores a recipe and its `count` inputs, which are drawn as they are stored; the id of the run. */
  readonly submit: (
    choice: RecipeChoice,
    inputs: Iterable<PlacedInput>,
    count: number,
    options?: SubmitOptions,
  ) => Promise<string>;
  readonly status: () => Promise<QueueStatus>;
  readonly failures: () => AsyncGenerator<QueueFailure, void, undefined>;
  /** Puts failed inputs back; their number. */
  readonly retry: () => Promise<number>;
  /** Removes what waits of a run, or of all; workers leave it too. The number of removed images. */
  readonly cancel: (run?: string) => Promise<number>;
  /** Removes what waits and the records of what is done, and with `failed` the failed inputs. */
  readonly drain: (options: { readonly failed: boolean }) => Promise<void>;
  readonly close: () => Promise<void>;
}

const PAGE = 1000;
/** Inputs of one request, or one chunk of more. */
const BULK_INPUTS = 2000;

/** Opens a queue. Throws as `connectQueue`. */
export async function openTaskQueue({ address, name = QUEUE_DEFAULTS.name }: QueuePlace): Promise<TaskQueue> {
  const connection = await connectQueue(address);
  const parts: QueueParts = {
    connection,
    name,
    chunks: connection.openQueue<Chunk>(name),
    dead: connection.openQueue<DeadInput>(`${name}-failed`),
    recipes: connection.openQueue<StoredRecipe>(`${name}-recipes`),
    runs: connection.openQueue<StoredRun>(`${name}-runs`),
  };
  const { chunks, dead, recipes, runs } = parts;
  // PostgreSQL creates its tables now.
  for (const queue of [chunks, dead, recipes, runs]) {
    await queue.waitUntilReady().catch((error: unknown) => {
      throw connection.describe(error);
    });
  }
  const counted = { jobs: 0, done: 0, skipped: 0 };

  const queue: TaskQueue = {
    parts,
    submit: async (
      choice,
      inputs,
      count,
      { chunk = QUEUE_DEFAULTS.chunk, attempts = QUEUE_DEFAULTS.attempts, onProgress } = {},
    ) => {
      const run = randomUUID();
      const { id: recipe, stored } = storeRecipe(choice);
      await recipes.add('recipe', stored, { jobId: `recipe-${recipe}` });
      await runs.add('run', { recipe, count, submitted: new Date().toISOString() }, { jobId: `run-${run}` });
      const common = { run, recipe, count, attempt: 0, attempts };
      let submitted = 0;
      for (const bulk of inGroups(inGroups(inputs, chunk), Math.max(1, Math.floor(BULK_INPUTS / chunk)))) {
        await chunks.addBulk(
          bulk.map((part, i) => ({
            name: 'chunk',
            data: { ...common, inputs: part.map(toChunkInput) },
            opts: { jobId: `${run}-${submitted + i * chunk}-0-0`, ...CHUNK_OPTIONS },
          })),
        );
        submitted += bulk.reduce((sum, part) => sum + part.length, 0);
        onProgress?.(submitted);
      }
      return run;
    },
    status: async () => {
      const {
        waiting = 0,
        active = 0,
        delayed = 0,
        completed = 0,
        prioritized = 0,
      } = await chunks.getJobCounts('waiting', 'active', 'delayed', 'completed', 'prioritized');
      if (completed < counted.jobs) {
        Object.assign(counted, { jobs: 0, done: 0, skipped: 0 });
      }
      while (counted.jobs < completed) {
        const jobs = await chunks.getJobs(['completed'], counted.jobs, counted.jobs + PAGE - 1, true);
        if (jobs.length === 0) {
          break;
        }
        for (const { returnvalue } of jobs) {
          const result = (returnvalue ?? {}) as Partial<ChunkResult>;
          counted.done += result.done ?? 0;
          counted.skipped += result.skipped ?? 0;
        }
        counted.jobs += jobs.length;
      }
      const stored = await allJobs(runs);
      const kept = stored.filter(({ data }) => data.cancelled !== true);
      return {
        chunks: {
          pending: waiting + prioritized + active + delayed,
          waiting: waiting + prioritized,
          active,
          delayed,
          done: completed,
        },
        images: {
          submitted: kept.reduce((sum, { data }) => sum + data.count, 0),
          done: counted.done,
          skipped: counted.skipped,
          failed: await dead.count(),
        },
        runs: stored.map(({ id, data }) => ({
          id: String(id).replace(/^run-/, ''),
          images: data.count,
          submitted: data.submitted,
          cancelled: data.cancelled === true,
        })),
      };
    },
    failures: async function* failures() {
      for (let start = 0; ; start += PAGE) {
        const jobs = await dead.getJobs(['waiting'], start, start + PAGE - 1, true);
        for (const { data } of jobs) {
          yield { input: data.input.p, run: data.run, attempts: data.attempt + 1, error: data.error };
        }
        if (jobs.length < PAGE) {
          return;
        }
      }
    },
    retry: async () => {
      let count = 0;
      for (;;) {
        const jobs = await dead.getJobs(['waiting'], 0, PAGE - 1, true);
        for (const job of jobs) {
          const { input, retries, error: _, ...chunk } = job.data;
          // The same name, however often this is interrupted and repeated.
          const jobId = `${chunk.run}-${input.i}-0-${retries + 1}`;
          await chunks.add('retry', { ...chunk, attempt: 0, inputs: [input] }, { jobId, ...CHUNK_OPTIONS });
          await job.remove();
          count++;
        }
        if (jobs.length === 0) {
          return count;
        }
      }
    },
    cancel: async (run) => {
      const stored = await allJobs(runs);
      const chosen = stored.filter(({ id }) => run === undefined || id === `run-${run}`);
      if (chosen.length === 0 && run !== undefined) {
        throw new MaskwrightError('USAGE', `the queue has no run ${JSON.stringify(run)}`, {
          hint: 'maskwright queue status lists them',
        });
      }
      for (const job of chosen) {
        await job.updateData({ ...job.data, cancelled: true });
      }
      const ids = new Set(chosen.map(({ id }) => String(id).replace(/^run-/, '')));
      let removed = 0;
      const waiting = await allJobs(chunks, ['waiting', 'delayed', 'prioritized']);
      for (const job of waiting.filter(({ data }) => ids.has(data.run))) {
        // One that a worker took meanwhile is left by the worker.
        await job.remove().then(
          () => (removed += job.data.inputs.length),
          () => undefined,
        );
      }
      return removed;
    },
    drain: async ({ failed }) => {
      await chunks.drain(true);
      for (let cleaned = PAGE; cleaned === PAGE;) {
        cleaned = (await chunks.clean(0, PAGE, 'completed')).length;
      }
      if (failed) {
        await dead.drain(true);
      }
      const { active = 0 } = await chunks.getJobCounts('active');
      if (active === 0) {
        await runs.drain(true);
        if ((await dead.count()) === 0) {
          await recipes.drain(true);
        }
      }
    },
    close: async () => {
      await Promise.allSettled([chunks, dead, recipes, runs].map((part) => part.close()));
    },
  };
  return withDescribedErrors(queue);
}

/** Errors of the store as one line, whichever method meets them. */
function withDescribedErrors(queue: TaskQueue): TaskQueue {
  const { describe } = queue.parts.connection;
  const described =
    <Args extends unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      method(...args).catch((error: unknown) => {
        throw describe(error);
      });
  return {
    ...queue,
    submit: described(queue.submit),
    status: described(queue.status),
    retry: described(queue.retry),
    cancel: described(queue.cancel),
    drain: described(queue.drain),
    failures: async function* failures() {
      try {
        yield* queue.failures();
      } catch (error) {
        throw describe(error);
      }
    },
  };
}

/** A chunk that a worker throws back is tried until it is done: its own inputs count their attempts. */
export const CHUNK_OPTIONS = { attempts: 1_000_000, backoff: { type: 'fixed', delay: 1000 } } as const;

/** The chunks of inputs that failed: tried again by themselves. */
export function retryChunk(chunk: Chunk, inputs: readonly ChunkInput[]): Chunk {
  return { ...chunk, inputs, attempt: chunk.attempt + 1 };
}

function* inGroups<Item>(items: Iterable<Item>, size: number): Generator<Item[], void, undefined> {
  let group: Item[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) {
    yield group;
  }
}

async function allJobs<Data>(
  queue: Queue<Data>,
  types: ('waiting' | 'delayed' | 'prioritized')[] = ['waiting'],
): Promise<{ id?: string; data: Data; updateData: (data: Data) => Promise<void>; remove: () => Promise<void> }[]> {
  const found = [];
  for (const type of types) {
    for (let start = 0; ; start += PAGE) {
      const jobs = await queue.getJobs([type], start, start + PAGE - 1, true);
      found.push(...jobs);
      if (jobs.length < PAGE) {
        break;
      }
    }
  }
  return found as never;
}
