import { Worker } from 'node:worker_threads';
import { MaskwrightError } from '../../errors.js';
import { programFile } from '../../version.js';
import type { ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelTask } from '../registry/model-task.js';
import { createFlags, requestStop, type SharedFlags, waitUntilIdle } from './stop-flag.js';
import type { ClientMessage, FailureMessage, ReadyMessage, WorkerMessage, WorkerSetup } from './worker-protocol.js';

/** A model in a worker thread. */
export interface WorkerClient {
  readonly info: unknown;
  readonly identity: ModelIdentity;
  /**
   * Calls a method of the model. Calls run one after the other. An aborted call is rejected with the signal's reason at
   * once; other callers are not concerned. Where the worker has it already its result is discarded.
   */
  readonly call: (method: string, argument: unknown, signal?: AbortSignal) => Promise<unknown>;
  /** Ends the thread after the native call under way; pending calls fail. Safe to call twice. */
  readonly close: () => Promise<void>;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls that the worker has: one runs, and the next is there when it ends, whatever this thread is busy with. */
const POSTED_CALLS = 2;
const WORKER_FILE = programFile('model-worker');
/** A native call takes seconds at most, loading of the largest models included. */
const EXIT_TIMEOUT_MS = 60_000;

/**
 * Starts a thread, which checks the files of a model on this machine and loads it. The thread keeps the process alive only
 * while calls are pending. Throws what `resolveModel` and loading throw, or the signal's reason after the thread has ended.
 */
export async function startWorker(choice: ModelChoice, task: ModelTask, signal?: AbortSignal): Promise<WorkerClient> {
  signal?.throwIfAborted();
  // Set here, as a thread's environment is a copy that native code does not see.
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
  const flags = createFlags();
  const worker = new Worker(WORKER_FILE, {
    workerData: { choice, task, flags } satisfies WorkerSetup,
    name: `maskwright ${task}`,
  });
  const forget = stopAtExit(flags);
  const pending = new Map<number, Pending>();
  const queue: { readonly id: number; readonly send: () => void }[] = [];
  /** Calls that the worker has not answered yet; loading is number 0. */
  const posted = new Set([0]);
  let closed: MaskwrightError | undefined;
  let nextId = 1;
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      forget();
      fail(new MaskwrightError('MODEL_RUN', "the model's thread ended unexpectedly"));
      resolve();
    });
  });

  const post = (message: ClientMessage): void => worker.postMessage(message);
  const fail = (error: MaskwrightError): void => {
    closed ??= error;
    queue.length = 0;
    for (const { reject } of pending.values()) {
      reject(error);
    }
    pending.clear();
  };
  const advance = (): void => {
    while (queue.length > 0 && !posted.has(0) && posted.size < POSTED_CALLS) {
      const { id, send } = queue.shift()!;
      posted.add(id);
      send();
    }
    if (posted.size === 0 && closed === undefined) {
      worker.unref();
    } else {
      worker.ref();
    }
  };
  const settle = (id: number, use: (entry: Pending) => void): void => {
    const entry = pending.get(id);
    pending.delete(id);
    posted.delete(id);
    advance();
    if (entry !== undefined) {
      use(entry);
    }
  };
  const wait = (id: number, signal: AbortSignal | undefined): Promise<unknown> => {
    const outcome = new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject });
    });
    const onAbort = (): void => {
      pending.get(id)?.reject(signal?.reason);
      pending.delete(id);
      const place = queue.findIndex((entry) => entry.id === id);
      if (place >= 0) {
        queue.splice(place, 1);
      }
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    return outcome.finally(() => signal?.removeEventListener('abort', onAbort));
  };
  const close = async (): Promise<void> => {
    fail(new MaskwrightError('MODEL_RUN', 'the model is closed'));
    requestStop(flags);
    worker.ref();
    post({ kind: 'close' });
    await ended;
  };

  worker.on('message', (message: WorkerMessage) => {
    switch (message.kind) {
      case 'ready':
        settle(0, ({ resolve }) => resolve(message));
        break;
      case 'result':
        settle(message.id, ({ resolve }) => resolve(message.value));
        break;
      case 'failure':
        settle(message.id, ({ reject }) => reject(errorOf(message)));
        break;
    }
  });
  worker.on('error', (cause) => {
    fail(
      new MaskwrightError('MODEL_RUN', `the model's thread failed: ${cause.message}`, {
        hint: 'if memory ran out, use a smaller --dtype or a lower --concurrency',
        cause,
      }),
    );
  });

  let ready: ReadyMessage;
  try {
    ready = (await wait(0, signal)) as ReadyMessage;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    info: ready.info,
    identity: ready.identity,
    call: async (method, argument, signal) => {
      signal?.throwIfAborted();
      if (closed !== undefined) {
        throw closed;
      }
      const id = nextId++;
      queue.push({ id, send: () => post({ kind: 'call', id, method, argument }) });
      const outcome = wait(id, signal);
      advance();
      return outcome;
    },
    close,
  };
}

const running = new Set<SharedFlags>();

/** `process.exit` terminates threads: it first waits for their native calls. */
function stopAtExit(flags: SharedFlags): () => void {
  if (running.size === 0) {
    process.on('exit', stopAll);
  }
  running.add(flags);
  return () => {
    running.delete(flags);
    if (running.size === 0) {
      process.off('exit', stopAll);
    }
  };
}

function stopAll(): void {
  running.forEach(requestStop);
  running.forEach((flags) => waitUntilIdle(flags, EXIT_TIMEOUT_MS));
}

function errorOf({ message, code, hint, stack }: FailureMessage): Error {
  if (code !== undefined) {
    return new MaskwrightError(code, message, { hint });
  }
  const error = new Error(message);
  error.stack = stack;
  return error;
}
