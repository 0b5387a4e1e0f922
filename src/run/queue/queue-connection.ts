import type * as BullMq from 'bullmq';
import type { Job, Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import { MaskwrightError } from '../../errors.js';

/** A connection to the store of a queue: Redis or Valkey, or PostgreSQL. */
export interface QueueConnection {
  readonly bullmq: typeof BullMq;
  /** How messages name the store: without its password. */
  readonly name: string;
  readonly openQueue: <Data>(name: string) => Queue<Data>;
  readonly openWorker: <Data>(name: string, work: Processor<Data>, options: Partial<WorkerOptions>) => Worker<Data>;
}

/** A job as this program keeps it. */
export type StoredJob<Data> = Job<Data>;

const SCHEMA = 'maskwright';

/**
 * Connects to `redis://`, `rediss://`, `valkey://`, `postgres://` or `postgresql://`, once, so that a wrong address is
 * an error and no endless wait. Throws `USAGE` for another address or a package that is not installed, and
 * `QUEUE_UNAVAILABLE`.
 */
export async function connectQueue(address: string): Promise<QueueConnection> {
  const url = parseAddress(address);
  const name = `${url.protocol}//${url.host}${url.pathname}`;
  const bullmq = await importPackage(() => import('bullmq'), 'bullmq', 'a queue');
  const report = (): void => undefined;
  if (url.protocol.startsWith('postgres')) {
    const { default: pg } = await importPackage(() => import('pg'), 'pg', 'postgres://');
    const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 10_000 });
    client.on('error', report);
    try {
      await client.connect();
      await client.end();
    } catch (error) {
      throw unavailable(name, error);
    }
    const connection = { connectionString: address, schema: SCHEMA, migrate: true };
    return {
      bullmq,
      name,
      openQueue: (queue) => quiet(new bullmq.Queue(queue, { connection }, bullmq.createPostgresBackend) as never),
      openWorker: (queue, work, options) =>
        quiet(
          new bullmq.Worker(queue, work, { ...options, connection }, bullmq.createPostgresBackend as never) as never,
        ),
    };
  }
  const { Redis } = await importPackage(() => import('ioredis'), 'ioredis', 'redis://');
  const plain = address.replace(/^valkey/, 'redis');
  const probe = new Redis(plain, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let reason: unknown;
  probe.on('error', (error) => (reason = error));
  try {
    await probe.connect();
    await probe.ping();
  } catch (error) {
    throw unavailable(name, reason ?? error);
  } finally {
    probe.disconnect();
  }
  // Commands wait for a store that is restarted.
  const connection = {
    url: plain,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, 2000),
  };
  return {
    bullmq,
    name,
    openQueue: (queue) => quiet(new bullmq.Queue(queue, { connection })),
    openWorker: (queue, work, options) => quiet(new bullmq.Worker(queue, work, { ...options, connection })),
  };
}

/** Connections that are lost are opened again: what they say meanwhile is of no use. */
function quiet<Emitter extends { on: (event: 'error', listener: () => void) => unknown }>(emitter: Emitter): Emitter {
  emitter.on('error', () => undefined);
  return emitter;
}

function parseAddress(address: string): URL {
  try {
    const url = new URL(address);
    if (/^(rediss?|valkeys?|postgres(ql)?):$/.test(url.protocol) && url.host !== '') {
      return url;
    }
  } catch {
    // The message must not repeat it: it may hold a password.
  }
  throw new MaskwrightError('USAGE', 'the address of the queue is not one of Redis or PostgreSQL', {
    hint: 'for example --queue redis://localhost:6379, or postgres://user@localhost/database',
  });
}

async function importPackage<Module>(load: () => Promise<Module>, name: string, what: string): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    throw new MaskwrightError('USAGE', `${what} needs the package ${name}, which is not installed`, {
      hint: 'npm install bullmq ioredis (Redis, Valkey), or bullmq pg (PostgreSQL), next to maskwright',
      cause: error,
    });
  }
}

/** What Redis and PostgreSQL say of a name or password that they do not take. */
const REFUSED = /WRONGPASS|NOAUTH|invalid password|password authentication|no password|role .* does not exist|^28/i;

/** An error of a store as one line. */
export function unavailable(name: string, error: unknown): MaskwrightError {
  const { message, code = '' } = error as Error & { code?: string };
  const inner = (error as { errors?: readonly (Error & { code?: string })[] }).errors?.[0]?.code;
  if (REFUSED.test(message) || REFUSED.test(code)) {
    return new MaskwrightError('QUEUE_UNAVAILABLE', `the queue ${name} refuses the name or password`, {
      hint: 'write them into the address: redis://:password@host, postgres://user:password@host/database',
      cause: error,
    });
  }
  const why = (inner ?? code) || 'it does not answer';
  return new MaskwrightError('QUEUE_UNAVAILABLE', `the queue ${name} cannot be reached: ${why}`, {
    hint: 'check the address, and that the server runs',
    cause: error,
  });
}
