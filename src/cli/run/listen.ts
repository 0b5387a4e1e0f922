import type { Server } from 'node:http';
import { MaskwrightError } from '../../errors.js';
import type { MaskwrightServer } from '../../server/create-server.js';

/** Where a server listens. */
export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly signal: AbortSignal;
  /** Called with the address once requests are answered. */
  readonly onListening: (address: string) => void;
}

/**
 * A connection may rest for so long, as behind nginx. With Node's 5 s, a client that computes between its requests meets a connection
 * that is being closed.
 */
const KEEP_ALIVE_MS = 75_000;

/**
 * Listens until the signal is aborted, ends the requests under way, closes the server, and throws the signal's reason: the program
 * was interrupted. Throws `USAGE` where the port is taken.
 */
export async function listen(server: MaskwrightServer, options: ListenOptions): Promise<void> {
  try {
    await answerUntilAborted(server, options);
  } finally {
    await server.close();
  }
  options.signal.throwIfAborted();
}

async function answerUntilAborted(
  server: MaskwrightServer,
  { port, host, signal, onListening }: ListenOptions,
): Promise<void> {
  const { serve } = await import('@hono/node-server');
  await new Promise<void>((resolve, reject) => {
    const listening = serve({ fetch: server.fetch, port, hostname: host }, (address) => {
      const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
      onListening(`http://${name.includes(':') ? `[${name}]` : name}:${address.port}/`);
    }) as Server;
    listening.keepAliveTimeout = KEEP_ALIVE_MS;
    listening.on('error', (error: NodeJS.ErrnoException) => reject(describe(error, host, port)));
    const stop = (): void => {
      listening.close(() => resolve());
      listening.closeAllConnections();
    };
    if (signal.aborted) {
      stop();
    }
    signal.addEventListener('abort', stop, { once: true });
  });
}

function describe(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another program listens there',
    EACCES: 'this user may not listen there',
    EADDRNOTAVAIL: 'this machine does not have the address',
    ENOTFOUND: 'there is no such name',
  };
  const reason = reasons[error.code ?? ''];
  return reason === undefined
    ? error
    : new MaskwrightError('USAGE', `${host}:${port} cannot be listened at: ${reason}`, {
        hint: 'choose another with --port and --host; without --port a free one is taken',
      });
}
