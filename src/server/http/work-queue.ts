import { HttpError } from './http-error.js';

/** How much is worked on and waits at one time. */
export interface WorkQueueOptions {
  /** Requests in work. */
  readonly concurrency: number;
  /** Requests that wait; one more is refused with 429. */
  readonly maxQueued: number;
}

/** A place in the queue. */
export interface QueuePlace {
  /** Resolves when it is this request's turn. Throws the signal's reason where it is aborted before. */
  readonly turn: (signal?: AbortSignal, onWait?: (position: number) => void) => Promise<void>;
  /** Gives the place back. Safe to call twice. */
  readonly leave: () => void;
}

/** A bounded first-in, first-out queue. */
export interface WorkQueue {
  /** Takes a place, before the body of a request is read. Throws 429 where there is none. */
  readonly enter: () => QueuePlace;
  readonly active: () => number;
  readonly waiting: () => number;
}

export function createWorkQueue({ concurrency, maxQueued }: WorkQueueOptions): WorkQueue {
  let places = 0;
  let active = 0;
  const waiting: { readonly start: () => void }[] = [];
  const startNext = (): void => {
    while (active < concurrency && waiting.length > 0) {
      active++;
      waiting.shift()!.start();
    }
  };
  return {
    active: () => active,
    waiting: () => places - active,
    enter: () => {
      if (places >= concurrency + maxQueued) {
        throw new HttpError(429, 'QUEUE_FULL', `${places} requests are in work or wait, which is the limit`, {
          hint: 'try again in a moment',
          headers: { 'retry-after': '1' },
        });
      }
      places++;
      let state: 'entered' | 'active' | 'left' = 'entered';
      return {
        turn: (signal, onWait) =>
          new Promise<void>((resolve, reject) => {
            const item = {
              start: () => {
                signal?.removeEventListener('abort', abort);
                state = 'active';
                resolve();
              },
            };
            const abort = (): void => {
              const at = waiting.indexOf(item);
              if (at >= 0) {
                waiting.splice(at, 1);
                reject(signal!.reason as Error);
              }
            };
            if (signal?.aborted === true) {
              reject(signal.reason as Error);
              return;
            }
            signal?.addEventListener('abort', abort, { once: true });
            waiting.push(item);
            startNext();
            if (state === 'entered') {
              onWait?.(waiting.indexOf(item) + 1);
            }
          }),
        leave: () => {
          if (state === 'left') {
            return;
          }
          active -= state === 'active' ? 1 : 0;
          state = 'left';
          places--;
          startNext();
        },
      };
    },
  };
}
