import { Worker } from 'node:worker_threads';
import { MaskwrightError } from '../../errors.js';
import type { CallMessage, FailureMessage, WorkerMessage, WorkerSetup } from './worker-protocol.js';

/** A network in a thread of its own, as seen from outside. */
export interface WorkerClient {
  readonly info: unknown;
  /** Aborting ends the thread: a native computation cannot be asked to stop. */
  readonly call: (method: string, argument: unknown, signal?: AbortSignal) => Promise<unknown>;
  /** Ends the thread; calls under way fail. Safe to call twice. */
  readonly close: () => Promise<void>;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

// Threads run built files: the same path from `dist/models`, and from `src/models` where tests run sources.
const WORKER_FILE = new URL('../../../dist/models/worker.js', import.meta.url);

/**
 * Starts a thread and waits until its network is loaded. The thread keeps the process alive only while
 * it is asked for something.
 */
export async function startWorker(setup: WorkerSetup, signal?: AbortSignal): Promise<WorkerClient> {
  signal?.throwIfAborted();
  // Set here, as a thread's environment is a copy that native code does not see.
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
  const worker = new Worker(WORKER_FILE, { workerData: setup, name: `maskwright ${setup.task}` });
  const pending = new Map<number, Pending>();
  let ended: Promise<unknown> | undefined;
  let nextId = 1;

  const failAll = (error: unknown): void => {
    for (const { reject } of pending.values()) {
      reject(error);
    }
    pending.clear();
  };
  const end = (reason: unknown): Promise<unknown> => {
    failAll(reason);
    return (ended ??= worker.terminate());
  };
  const settle = (id: number, use: (entry: Pending) => void): void => {
    const entry = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) {
      worker.unref();
    }
    if (entry !== undefined) {
      use(entry);
    }
  };
  const wait = async (id: number, start: () => void, signal: AbortSignal | undefined): Promise<unknown> => {
    signal?.throwIfAborted();
    const onAbort = (): void => void end(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        if (ended !== undefined) {
          throw new MaskwrightError('MODEL_RUN', 'the model was closed already');
        }
        pending.set(id, { resolve, reject });
        worker.ref();
        start();
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  };

  worker.on('message', (message: WorkerMessage) => {
    switch (message.kind) {
      case 'ready':
        settle(0, ({ resolve }) => resolve(message.info));
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
    ended ??= Promise.resolve();
    failAll(
      new MaskwrightError('MODEL_RUN', `the model's thread failed: ${cause.message}`, {
        hint: 'if memory ran out, use a smaller --dtype or fewer --jobs',
        cause,
      }),
    );
  });
  worker.on('exit', () => {
    ended ??= Promise.resolve();
    failAll(new MaskwrightError('MODEL_RUN', "the model's thread ended unexpectedly"));
  });

  let info: unknown;
  try {
    info = await wait(0, () => undefined, signal);
  } catch (error) {
    await end(error);
    throw error;
  }
  return {
    info,
    call: (method, argument, signal) => {
      const id = nextId++;
      return wait(id, () => worker.postMessage({ kind: 'call', id, method, argument } satisfies CallMessage), signal);
    },
    close: async () => {
      await end(new MaskwrightError('MODEL_RUN', 'the model was closed while it was running'));
    },
  };
}

function errorOf({ message, code, hint, stack }: FailureMessage): Error {
  if (code !== undefined) {
    return new MaskwrightError(code, message, { hint });
  }
  const error = new Error(message);
  error.stack = stack;
  return error;
}
