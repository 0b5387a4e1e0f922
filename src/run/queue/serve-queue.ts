import { hostname, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { MaskwrightError } from '../../errors.js';
import type { Runtime } from '../../models/registry/model-choice.js';
import { recipeFromData } from '../../recipe/recipe-document.js';
import { VERSION } from '../../version.js';
import { BATCH_DEFAULTS } from '../batch.js';
import { type ChunkState, processChunk } from './process-chunk.js';
import { type Chunk, type ChunkResult, fromChunkInput } from './queue-records.js';
import { openRecipe, type RecipeRunner } from './recipe-runner.js';
import { CHUNK_OPTIONS, QUEUE_DEFAULTS, retryChunk, type TaskQueue } from './task-queue.js';

export interface WorkQueueOptions {
  readonly concurrency?: number | undefined;
  /** End when nothing waits, is delayed, or is in work anywhere. */
  readonly untilEmpty?: boolean | undefined;
  /** A worker that does not renew its locks for so long is taken for dead. */
  readonly lockSeconds?: number | undefined;
  readonly cache?: boolean | undefined;
  /** What runs the models where the recipe does not say. */
  readonly runtime?: Runtime | undefined;
  /** Ends the work: images in work are finished, and the rest of their chunk is handed back. */
  readonly signal?: AbortSignal | undefined;
  readonly onImage?: ((failed: boolean) => void) | undefined;
  readonly onChunk?: ((result: ChunkResult) => void) | undefined;
  /** The store fails meanwhile, for example because it is restarted: the worker waits for it. Reported once for each reason. */
  readonly onTrouble?: ((error: MaskwrightError) => void) | undefined;
}

/** Memory that an image in work may need: 24 megapixels as several planes, and a model. */
const BYTES_PER_IMAGE = 512 * 1024 * 1024;

/** The images that a machine has memory for at the same time. A container's limit counts. */
export function memoryLimit(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  const available = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(1, Math.floor(available / BYTES_PER_IMAGE));
}

const EMPTY_POLL_MS = 500;
const CANCEL_POLL_MS = 2000;
/** Seconds until an input that failed is tried again: 5, 20, 80 ... */
const BACKOFF_MS = 5000;

/** Takes chunks from a queue until its signal aborts, or until the queue is empty. Throws what every image would meet. */
export async function workQueue(queue: TaskQueue, options: WorkQueueOptions = {}): Promise<void> {
  const { untilEmpty = false, lockSeconds = QUEUE_DEFAULTS.lockSeconds, cache, signal, onImage, onChunk } = options;
  const { connection, name, chunks, dead, recipes, runs } = queue.parts;
  const { WaitingError } = connection.bullmq;
  const concurrency = Math.min(options.concurrency ?? BATCH_DEFAULTS.concurrency, memoryLimit());
  const runners = new Map<string, Promise<RecipeRunner>>();
  let fatal: unknown;
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  signal?.addEventListener('abort', stop, { once: true });

  const runnerOf = ({ recipe: id, inputs }: Chunk): Promise<RecipeRunner> => {
    const opening =
      runners.get(id) ??
      recipes.getJob(`recipe-${id}`).then((job) => {
        if (job === undefined) {
          throw new MaskwrightError('USAGE', `the queue ${connection.name} has lost the recipe of a chunk`, {
            hint: 'submit the images again',
          });
        }
        if (job.data.version !== VERSION) {
          throw new MaskwrightError(
            'USAGE',
            `the recipe was submitted by maskwright ${job.data.version}, and this worker is ${VERSION}`,
            { hint: 'use one version for submitting and working' },
          );
        }
        const { data, folder, set, outdir, model } = job.data;
        const choice = { document: recipeFromData(data, folder), set, outdir, model };
        return openRecipe(choice, { row: inputs[0]?.r, runtime: options.runtime });
      });
    runners.set(id, opening);
    return opening;
  };

  const work = async (job: Job<Chunk>, token?: string): Promise<ChunkResult> => {
    const chunk = job.data;
    const { inputs, result } = chunk;
    if (result !== undefined) {
      return result;
    }
    let cancelled = await isCancelled(chunk.run);
    let asked = Date.now();
    const check = (): boolean => {
      if (Date.now() - asked > CANCEL_POLL_MS) {
        asked = Date.now();
        void isCancelled(chunk.run).then((is) => (cancelled ||= is));
      }
      return cancelled || stopped.signal.aborted;
    };
    let state: ChunkState;
    try {
      const runner = cancelled ? undefined : await runnerOf(chunk);
      state = await processChunk(inputs.length, asState(job.progress), {
        concurrency,
        run: async (place) =>
          (await runner!.run(fromChunkInput(inputs[place]!, chunk.count), { resume: true, once: true, cache })) ===
          undefined,
        save: (now) => job.updateProgress(now),
        isStopped: check,
        onDone: onImage,
      });
    } catch (error) {
      fatal ??= error;
      stop();
      // A store that fails keeps the chunk as one in work: it is taken over as if this worker had died.
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (!cancelled && state.next < inputs.length) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    await storeFailures(job, state);
    const ended: ChunkResult = {
      done: state.next + state.ahead.length - state.failed.length - state.skipped,
      skipped: state.skipped,
      failed: state.failed.length,
    };
    // What is done needs no names any more: the memory of Redis is small.
    await job.updateData({ ...chunk, inputs: [], result: ended });
    onChunk?.(ended);
    return ended;
  };

  const isCancelled = async (run: string): Promise<boolean> =>
    (await runs.getJob(`run-${run}`))?.data.cancelled === true;

  /** Inputs that failed are tried again by themselves, and listed in the end. Names of jobs make it happen once. */
  const storeFailures = async (job: Job<Chunk>, { failed }: ChunkState): Promise<void> => {
    const chunk = job.data;
    const again = failed.filter(({ final }) => final !== true && chunk.attempt + 1 < chunk.attempts);
    if (again.length > 0) {
      const next = retryChunk(
        chunk,
        again.map(({ at }) => chunk.inputs[at]!),
      );
      const delay = BACKOFF_MS * 4 ** chunk.attempt;
      await chunks.add('retry', next, { jobId: `${job.id}-again`, delay, ...CHUNK_OPTIONS });
    }
    for (const { at, error } of failed.filter((one) => !again.includes(one))) {
      const { inputs, ...rest } = chunk;
      const input = inputs[at]!;
      const retries = Number(/-(\d+)(?:-again)*$/.exec(String(job.id))?.[1] ?? 0);
      const jobId = `${chunk.run}-${input.i}-failed-${retries}`;
      await dead.add('failed', { ...rest, input, error, retries }, { jobId });
    }
  };

  const worker = connection.openWorker<Chunk>(name, (job, token) => work(job, token), {
    name: `${hostname()}-${process.pid}`,
    concurrency: 1,
    lockDuration: lockSeconds * 1000,
    stalledInterval: lockSeconds * 1000,
    // A chunk is never given up: its inputs count how often a worker died of them.
    maxStalledCount: 1_000_000,
    drainDelay: 1,
  });
  let trouble = '';
  worker.on('error', (error) => {
    const described = connection.describe(error);
    if (described instanceof MaskwrightError && described.message !== trouble) {
      trouble = described.message;
      options.onTrouble?.(described);
    }
  });
  try {
    while (!stopped.signal.aborted) {
      await sleep(EMPTY_POLL_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (untilEmpty && !stopped.signal.aborted && (await isEmpty(queue))) {
        stop();
      }
    }
  } catch (error) {
    fatal ??= error;
  } finally {
    await worker.close();
    await Promise.allSettled([...runners.values()].map(async (runner) => (await runner).close()));
    signal?.removeEventListener('abort', stop);
  }
  if (fatal !== undefined) {
    throw connection.describe(fatal);
  }
}

async function isEmpty({ parts: { chunks } }: TaskQueue): Promise<boolean> {
  const counts = await chunks.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).every((count) => count === 0);
}

function asState(progress: unknown): Partial<ChunkState> | undefined {
  return typeof progress === 'object' && progress !== null ? progress : undefined;
}
