/**
 * Memory that a thread and its starter share. A native call cannot be interrupted, and a thread that is terminated
 * during one aborts the whole process (SIGABRT). So a thread is only asked to stop: it ends the native call under way,
 * starts no other, and leaves by itself. The starter can wait for that, even while the process exits.
 */
export type SharedFlags = Int32Array<SharedArrayBuffer>;

const STOP = 0;
const BUSY = 1;

let flags: SharedFlags | undefined;

/** Thrown in place of a native call in a thread that was asked to stop. */
export class WorkerStopped extends Error {
  override readonly name = 'WorkerStopped';
}

export function createFlags(): SharedFlags {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** In a thread: names the flags that `nativeCall` obeys. */
export function obeyFlags(shared: SharedFlags): void {
  flags = shared;
}

/** Does native work, which the process must outlive. Throws `WorkerStopped` where the thread was asked to stop. */
export async function nativeCall<Result>(work: () => Promise<Result>): Promise<Result> {
  if (flags === undefined) {
    return work();
  }
  Atomics.add(flags, BUSY, 1);
  try {
    if (Atomics.load(flags, STOP) !== 0) {
      throw new WorkerStopped('the model was closed');
    }
    return await work();
  } finally {
    Atomics.sub(flags, BUSY, 1);
    Atomics.notify(flags, BUSY);
  }
}

/** Asks a thread to start no other native call. */
export function requestStop(shared: SharedFlags): void {
  Atomics.store(shared, STOP, 1);
}

/** Blocks until a thread that was asked to stop is in no native call, at most for so long. */
export function waitUntilIdle(shared: SharedFlags, timeoutMs: number): void {
  const end = performance.now() + timeoutMs;
  for (let busy = Atomics.load(shared, BUSY); busy > 0; busy = Atomics.load(shared, BUSY)) {
    const left = end - performance.now();
    if (left <= 0 || Atomics.wait(shared, BUSY, busy, left) === 'timed-out') {
      return;
    }
  }
}
