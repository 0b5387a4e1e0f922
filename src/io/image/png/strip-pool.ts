import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { programFile } from '../../../version.js';
import type { EncodedStrip, StripTask } from './encode-strip.js';

/** Threads that encode strips: as many as there are cores, for all images together. */
export const POOL_SIZE = availableParallelism();

/** Threads end after so long without work: each holds about 10 MB. */
const IDLE_MILLISECONDS = 5000;

const WORKER_FILE = programFile('png-strip-worker');

interface PendingStrip {
  readonly task: StripTask;
  readonly resolve: (strip: EncodedStrip) => void;
  readonly reject: (error: Error) => void;
}

/** What a thread answers: the strip, and the memory of its rows. */
export interface PoolAnswer {
  readonly strip: EncodedStrip;
  readonly rows: ArrayBuffer;
}

/** Memory of rows that came back. Of one image all strips are about as large. */
const spare: ArrayBuffer[] = [];
const waiting: PendingStrip[] = [];
const idle: Worker[] = [];
let running = 0;
let idleTimer: NodeJS.Timeout | undefined;

/** So many bytes for the rows of a strip: memory that a thread gave back, where there is enough of it. Not cleared. */
export function takeRows(bytes: number): Uint8Array {
  const buffer = spare.pop();
  return buffer === undefined || buffer.byteLength < bytes ? new Uint8Array(bytes) : new Uint8Array(buffer, 0, bytes);
}

/**
 * Encodes a strip in one of the pool's threads. Images that are encoded at the same time share the threads: their strips take turns.
 * The task's rows are transferred: they cannot be used afterwards.
 */
export function encodeStripInPool(task: StripTask): Promise<EncodedStrip> {
  return new Promise((resolve, reject) => {
    waiting.push({ task, resolve, reject });
    startNext(idle.pop());
  });
}

/** Starts as many threads as so many strips need: meanwhile the first strip is prepared. */
export function startThreads(strips: number): void {
  while (running < Math.min(strips, POOL_SIZE)) {
    rest(startWorker());
  }
}

/** Gives the next strip to a thread: this one, or a new one while there are fewer than cores. */
function startNext(free: Worker | undefined): void {
  const pending = waiting[0];
  if (pending === undefined) {
    if (free !== undefined) {
      rest(free);
    }
    return;
  }
  const worker = free ?? (running < POOL_SIZE ? startWorker() : undefined);
  if (worker === undefined) {
    return;
  }
  waiting.shift();
  run(worker, pending);
}

function startWorker(): Worker {
  running++;
  const worker = new Worker(WORKER_FILE, { name: 'maskwright PNG' });
  worker.once('exit', () => {
    running--;
    // Strips that came while all threads were ending found none, and none is there to take them.
    startNext(undefined);
  });
  // A thread that fails while it has no strip is only missing; with one, its strip is rejected as well.
  worker.on('error', () => {
    const at = idle.indexOf(worker);
    if (at >= 0) {
      idle.splice(at, 1);
    }
  });
  return worker;
}

function run(worker: Worker, { task, resolve, reject }: PendingStrip): void {
  const settle = (): void => {
    worker.off('message', succeed);
    worker.off('error', fail);
  };
  const succeed = ({ strip, rows }: PoolAnswer): void => {
    settle();
    spare.push(rows);
    resolve(strip);
    startNext(worker);
  };
  const fail = (error: Error): void => {
    settle();
    reject(error);
    startNext(undefined);
  };
  worker.on('message', succeed);
  worker.on('error', fail);
  worker.ref();
  worker.postMessage(task, [task.rows.buffer as ArrayBuffer]);
}

/** A thread without work does not keep the process alive. */
function rest(worker: Worker): void {
  worker.unref();
  idle.push(worker);
  idleTimer ??= setTimeout(endIdle, IDLE_MILLISECONDS).unref();
  idleTimer.refresh();
}

function endIdle(): void {
  spare.length = 0;
  for (const worker of idle.splice(0)) {
    void worker.terminate();
  }
}
