import type { DownloadProgress } from '../../models/registry/model-choice.js';
import { eventStream, type SendEvent, wantsEvents } from '../http/event-stream.js';
import { CLIENT_CLOSED } from '../http/http-error.js';
import type { WorkQueue } from '../http/work-queue.js';

/** One request's work: what it reads, and what it does when it is its turn. */
export interface Work<Input, Result> {
  readonly read: () => Promise<Input>;
  readonly run: (input: Input, signal: AbortSignal, send: SendEvent) => Promise<Result>;
  /** The answer, where no events were asked for. */
  readonly answer: (result: Result) => Response | Promise<Response>;
  /** The result as data, where events were. */
  readonly event: (result: Result) => unknown;
}

/** What all work shares. */
export interface WorkContext {
  readonly queue: WorkQueue;
  /** Calls a listener with the progress of downloads, until the returned function is called. */
  readonly onDownload: (listener: (progress: DownloadProgress) => void) => () => void;
}

/**
 * Takes a place in the queue, reads the request, waits for its turn, and answers. The work ends when the client
 * closes the connection. With `Accept: text/event-stream` the answer is its progress, and then its result.
 */
export async function doWork<Input, Result>(
  request: Request,
  { queue, onDownload }: WorkContext,
  { read, run, answer, event }: Work<Input, Result>,
): Promise<Response> {
  const place = queue.enter();
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const work = async (input: Input, send: SendEvent): Promise<Result> => {
    const unsubscribe = onDownload((progress) => send('progress', { stage: 'download', ...progress }));
    try {
      await place.turn(signal, (position) => send('progress', { stage: 'waiting', position }));
      send('progress', { stage: 'running' });
      return await run(input, signal, send);
    } finally {
      unsubscribe();
      place.leave();
    }
  };
  let input: Input;
  try {
    input = await read();
  } catch (error) {
    place.leave();
    throw error;
  }
  if (wantsEvents(request)) {
    return eventStream(
      async (send) => event(await work(input, send)),
      () => gone.abort(),
    );
  }
  try {
    return await answer(await work(input, () => undefined));
  } catch (error) {
    if (signal.aborted) {
      return new Response(null, { status: CLIENT_CLOSED });
    }
    throw error;
  }
}
