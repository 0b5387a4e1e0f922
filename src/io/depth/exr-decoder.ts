import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MaskwrightError } from '../../errors.js';
import { programFile } from '../../version.js';

export interface ExrRequest {
  readonly bytes: Uint8Array;
  /** Names of all parts, and which of them is read. */
  readonly parts: readonly (string | undefined)[];
  readonly part: number;
  /** Full names of channels of the part. */
  readonly channels: readonly string[];
}

export type ExrReply =
  | { readonly planes: readonly Float32Array[] }
  | { readonly error: string; /** The decoder's state cannot be trusted any more. */ readonly trapped?: boolean };

export interface ExrDecoder {
  /** The planes of channels over the data window, `pixels` samples each. Throws `INPUT_DAMAGED`. One at a time. */
  readonly decode: (name: string, request: ExrRequest, pixels: number) => Promise<readonly Float32Array[]>;
  /** Ends the thread, and with it gives back its memory. */
  readonly close: () => Promise<void>;
}

/**
 * Time for a file until its decoder is killed: a fixed part, and some for each million samples. It is the clock's and
 * the processor's: on a machine that is busy with other things, a sound file takes its time.
 */
export interface ExrTimeout {
  readonly baseMilliseconds: number;
  readonly millisecondsPerMegasample: number;
}

/** Ten times what decoding takes. */
const EXR_TIMEOUT: ExrTimeout = { baseMilliseconds: 5000, millisecondsPerMegasample: 1000 };

const WORKER_FILE = programFile('exr-worker');

/** A decoder in a thread of its own, started when it is first used and again after it had to be killed. */
export function openExrDecoder(timeout: ExrTimeout = EXR_TIMEOUT): ExrDecoder {
  let worker: Worker | undefined;
  const close = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };
  return {
    close,
    decode: async (name, request, pixels) => {
      worker ??= startWorker();
      const samples = pixels * request.channels.length;
      const limit = timeout.baseMilliseconds + (samples / 1e6) * timeout.millisecondsPerMegasample;
      const reply = await ask(worker, request, limit);
      if ('error' in reply) {
        if (reply.trapped === true) {
          await close();
        }
        throw damaged(name, reply.error);
      }
      const wrong = reply.planes.find((plane) => plane.length !== pixels);
      if (wrong !== undefined) {
        throw damaged(name, `a channel has ${wrong.length} samples where the header says ${pixels}`);
      }
      return reply.planes;
    },
  };
}

function startWorker(): Worker {
  // A panic in WebAssembly prints its stack; what is wrong is in the reply.
  const worker = new Worker(WORKER_FILE, { stdout: true, stderr: true });
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

async function ask(worker: Worker, request: ExrRequest, milliseconds: number): Promise<ExrReply> {
  const answered = new AbortController();
  const { signal } = answered;
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(request);
    return await Promise.race([
      once(worker, 'message', { signal }).then(([reply]: ExrReply[]) => reply!),
      once(worker, 'exit', { signal }).then((): ExrReply => ({ error: 'the decoder ended', trapped: true })),
      timeoutEnds(milliseconds, signal).then((): ExrReply => ({
        error: 'decoding it does not come to an end',
        trapped: true,
      })),
    ]);
  } catch (error) {
    // `once` rejects where the thread dies of an error.
    return { error: (error as Error).message, trapped: true };
  } finally {
    answered.abort();
  }
}

/** Where even this many times the clock's time has passed, it is over. */
const LONGEST = 20;

/** Resolves once so much time has passed, and this process has been computing for so long of it. */
async function timeoutEnds(milliseconds: number, signal: AbortSignal): Promise<void> {
  const before = process.cpuUsage();
  const end = performance.now() + LONGEST * milliseconds;
  let left = milliseconds;
  while (left > 0 && performance.now() < end) {
    await setTimeout(Math.max(left, 20), undefined, { signal });
    const { user, system } = process.cpuUsage(before);
    left = milliseconds - (user + system) / 1000;
  }
}

function damaged(name: string, why: string): MaskwrightError {
  return new MaskwrightError('INPUT_DAMAGED', `${name} is a damaged EXR file: ${why}`, {
    hint: 'render or save it again',
  });
}
