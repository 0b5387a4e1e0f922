import { createRequire } from 'node:module';
import type * as BullMq from 'bullmq';
import type { Job, Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import { MaskwrightError } from '../../errors.js';
import { describeConnectionError, describeStoreError, describeTlsMismatch, type StoreName } from './queue-errors.js';

/** A connection to the store of a queue: Redis or Valkey, or PostgreSQL. */
export interface QueueConnection {
  readonly bullmq: typeof BullMq;
  /** How messages name the store: without its password. */
  readonly name: string;
  /** An error of the store as one line; any other error as it is. */
  readonly describe: (error: unknown) => unknown;
  /** What the user should know of the store. */
  readonly warnings: readonly string[];
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
  const store = {
    name: `${url.protocol}//${url.host}${url.pathname}`,
    password: decodeURIComponent(url.password),
  };
  // Twice as fast as `import`, which searches all 250 files of the package for the names that they export.
  const bullmq = await importPackage<typeof BullMq>(
    () => createRequire(import.meta.url)('bullmq'),
    'bullmq',
    'a queue',
  );
  const common = { bullmq, name: store.name, describe: (error: unknown) => describeStoreError(store, error) };
  return url.protocol.startsWith('postgres')
    ? { ...common, ...(await connectPostgres(address, store, bullmq)) }
    : { ...common, ...(await connectRedis(address, url, store, bullmq)) };
}

type Opened = Pick<QueueConnection, 'warnings' | 'openQueue' | 'openWorker'>;

async function connectPostgres(address: string, store: StoreName, bullmq: typeof BullMq): Promise<Opened> {
  const { default: pg } = await importPackage(() => import('pg'), 'pg', 'postgres://');
  const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    // A connection that was refused by this side stays open, and would keep the program alive.
    (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
    throw describeConnectionError(store, error);
  }
  const connection = { connectionString: address, schema: SCHEMA, migrate: true };
  return {
    warnings: [],
    openQueue: (queue) => quiet(new bullmq.Queue(queue, { connection }, bullmq.createPostgresBackend) as never),
    openWorker: (queue, work, options) =>
      quiet(new bullmq.Worker(queue, work, { ...options, connection }, bullmq.createPostgresBackend as never) as never),
  };
}

async function connectRedis(address: string, url: URL, store: StoreName, bullmq: typeof BullMq): Promise<Opened> {
  const { Redis } = await importPackage(() => import('ioredis'), 'ioredis', 'redis://');
  const plain = address.replace(/^valkey/, 'redis');
  // The client goes on with database 0 where another one cannot be had: it is asked for by itself.
  const probe = new Redis(plain, { db: 0, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let reason: unknown;
  let warnings: string[] = [];
  probe.on('error', (error) => (reason = error));
  try {
    await probe.connect();
    await (url.pathname.length > 1 ? probe.select(Number(url.pathname.slice(1))) : probe.ping());
    warnings = await warningsOf(probe, store.name);
  } catch (error) {
    const described = describeConnectionError(store, reason ?? error);
    throw /cannot be reached/.test(described.message)
      ? ((await describeTlsMismatch(store, url)) ?? described)
      : described;
  } finally {
    probe.disconnect();
  }
  // Commands wait for a store that is restarted. The version and the memory policy were asked for above.
  const connection = {
    url: plain,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * 100, 2000),
  };
  return {
    warnings,
    openQueue: (queue) => quiet(new bullmq.Queue(queue, { connection, skipVersionCheck: true })),
    openWorker: (queue, work, options) =>
      quiet(new bullmq.Worker(queue, work, { ...options, connection, skipVersionCheck: true })),
  };
}

/** The first version that has all commands of the queue. */
const MIN_REDIS = 5;

/** Throws for a Redis that is too old; a Redis that forgets what it was given is a warning. */
async function warningsOf(redis: { info: () => Promise<string> }, name: string): Promise<string[]> {
  const info = await redis.info().catch(() => '');
  const [, version] = /^redis_version:(\d+)/m.exec(info) ?? [];
  if (Number(version ?? MIN_REDIS) < MIN_REDIS) {
    throw new Error(`its Redis version is ${version}, and a queue needs ${MIN_REDIS}`);
  }
  const [, policy = 'noeviction'] = /^maxmemory_policy:(\S+)/m.exec(info) ?? [];
  return policy === 'noeviction'
    ? []
    : [`the queue ${name} may forget images: its maxmemory-policy is ${policy}, and should be noeviction`];
}

/** Connections that are lost are opened again: what they say meanwhile is of no use. */
function quiet<Emitter extends { on: (event: 'error', listener: () => void) => unknown }>(emitter: Emitter): Emitter {
  emitter.on('error', () => undefined);
  return emitter;
}

const HINT = 'for example --queue redis://localhost:6379, or postgres://user@localhost/database';

/** The messages repeat nothing of the address: it may hold a password. */
function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^(rediss?|valkeys?|postgres(ql)?):$/.test(url.protocol) || url.host === '') {
    throw new MaskwrightError('USAGE', 'the address of the queue is not one of Redis or PostgreSQL', { hint: HINT });
  }
  try {
    decodeURIComponent(url.username + url.password);
  } catch {
    throw new MaskwrightError('USAGE', 'the name or password in the address of the queue has a % that stands alone', {
      hint: 'write %25 for %, %40 for @, %2F for /',
    });
  }
  if (!url.protocol.startsWith('postgres') && !/^\/?\d*$/.test(url.pathname)) {
    throw new MaskwrightError(
      'USAGE',
      `the database of a Redis is a number, not ${JSON.stringify(url.pathname.slice(1))}`,
      {
        hint: 'for example redis://localhost:6379/1',
      },
    );
  }
  return url;
}

async function importPackage<Module>(
  load: () => Promise<Module> | Module,
  name: string,
  what: string,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    throw new MaskwrightError('USAGE', `${what} needs the package ${name}, which is not installed`, {
      hint: 'npm install bullmq ioredis (Redis, Valkey), or bullmq pg (PostgreSQL), next to maskwright',
      cause: error,
    });
  }
}
