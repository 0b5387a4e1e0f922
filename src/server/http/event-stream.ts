import { describeError } from './http-error.js';

/** Sends one event of a stream. */
export type SendEvent = (event: string, data: unknown) => void;

/** Whether a request asks for server-sent events. */
export function wantsEvents(request: Request): boolean {
  return (request.headers.get('accept') ?? '').includes('text/event-stream');
}

/**
 * An answer of server-sent events: what `work` sends, then `result` with what it returns, or `error`.
 *
 * @param onClose called when the client has gone away
 */
export function eventStream(work: (send: SendEvent) => Promise<unknown>, onClose: () => void): Response {
  const encoder = new TextEncoder();
  let closed = false;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const send: SendEvent = (event, data) => {
        if (!closed) {
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        }
      };
      void work(send)
        .then(
          (result) => send('result', result),
          (error: unknown) => send('error', describeError(error).body),
        )
        .finally(() => {
          if (!closed) {
            closed = true;
            controller.close();
          }
        });
    },
    cancel: () => {
      closed = true;
      onClose();
    },
  });
  return new Response(stream, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
}
