import { createServer, type Server } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../../../src/errors.js';
import { connectQueue } from '../../../../src/run/queue/queue-connection.js';
import { describeStoreError, describeTlsMismatch } from '../../../../src/run/queue/queue-errors.js';

const STORE = { name: 'redis://host', password: 'secret' };

function storeError(message: string, more: Readonly<Record<string, unknown>> = {}): Error {
  return Object.assign(new Error(message), more);
}

describe('describeStoreError', () => {
  // Messages of Redis 7.0, PostgreSQL 15, ioredis 6 and pg 8, as the servers gave them.
  it.each([
    [storeError('WRONGPASS invalid username-password pair or user is disabled.'), 'refuses the name or password'],
    [storeError('NOAUTH Authentication required.', { name: 'ReplyError' }), 'refuses the name or password'],
    [
      storeError('password authentication failed for user "test"', { code: '28P01', severity: 'FATAL' }),
      'refuses the name or password',
    ],
    [storeError('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'refuses the name or password'],
    [
      storeError("NOPERM this user has no permissions to run the 'eval' command", { name: 'ReplyError' }),
      'does not permit it: NOPERM',
    ],
    [
      storeError('permission denied for database lowdb', { code: '42501', severity: 'ERROR' }),
      'does not permit it: permission denied',
    ],
    [
      storeError("OOM command not allowed when used memory > 'maxmemory'. script: 5ab4", { name: 'ReplyError' }),
      'has no memory left',
    ],
    [storeError('database "none" does not exist', { code: '3D000', severity: 'FATAL' }), 'the database does not exist'],
    [storeError('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'is not trusted'],
    [storeError('The server does not support SSL connections'), 'cannot be used: The server does not support SSL'],
    [storeError('connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED' }), 'cannot be reached: ECONNREFUSED'],
    [storeError('Connection is closed.'), 'cannot be reached: Connection is closed.'],
    [
      storeError("READONLY You can't write against a read only replica.", { name: 'ReplyError' }),
      'cannot be used: READONLY',
    ],
    [
      storeError("ERR unknown command 'AUTH', with args beginning with: 'secret'", { name: 'ReplyError' }),
      "with args beginning with: '***'",
    ],
  ])('%s', (error, line) => {
    const described = describeStoreError(STORE, error) as MaskwrightError;
    expect(described).toBeInstanceOf(MaskwrightError);
    expect(described).toMatchObject({ code: 'QUEUE_UNAVAILABLE', exitCode: 3 });
    expect(described.message).toContain(`the queue redis://host ${line}`.slice(0, 15));
    expect(described.message).toContain(line);
    expect(`${described.message}${described.hint}`).not.toMatch(/secret|\n/);
  });

  it('an error of the program stays what it is', () => {
    const bug = new TypeError('x is undefined');
    expect(describeStoreError(STORE, bug)).toBe(bug);
    const usage = new MaskwrightError('USAGE', 'no');
    expect(describeStoreError(STORE, usage)).toBe(usage);
  });
});

describe('describeTlsMismatch', () => {
  const servers: Server[] = [];
  /** A server that answers every connection with some bytes, as it gets the first ones. */
  const serve = (answer: Buffer | string): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => socket.end(answer));
      });
      servers.push(server);
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
  afterAll(() => servers.forEach((server) => server.close()));

  it('a Redis that answers without TLS is said to speak none', async () => {
    for (const answer of ['+PONG\r\n', '-NOAUTH Authentication required.\r\n']) {
      const url = new URL(`rediss://127.0.0.1:${await serve(answer)}`);
      const error = await describeTlsMismatch(STORE, url);
      expect(error).toMatchObject({
        code: 'QUEUE_UNAVAILABLE',
        message: 'the queue redis://host speaks no TLS',
        hint: 'write redis:// into the address',
      });
    }
  });

  it('a server of something else is no mismatch', async () => {
    // A TLS alert, and a greeting of SSH.
    for (const answer of [Buffer.from([0x15, 3, 3, 0, 2, 2, 40]), 'SSH-2.0-x\r\n']) {
      const port = await serve(answer);
      expect(await describeTlsMismatch(STORE, new URL(`rediss://127.0.0.1:${port}`))).toBeUndefined();
      expect(await describeTlsMismatch(STORE, new URL(`redis://127.0.0.1:${port}`))).toBeUndefined();
    }
  });
});

describe('connectQueue', () => {
  it.each([
    ['http://:secret@host', 'the address of the queue is not one of Redis or PostgreSQL'],
    ['redis://', 'the address of the queue is not one of Redis or PostgreSQL'],
    ['redis://:secret@host:99999', 'the address of the queue is not one of Redis or PostgreSQL'],
    ['redis://:sec%ret@host', 'the name or password in the address of the queue has a % that stands alone'],
    ['redis://:secret@host/abc', 'the database of a Redis is a number, not "abc"'],
  ])('refuses %s', async (address, message) => {
    await expect(connectQueue(address)).rejects.toMatchObject({ code: 'USAGE', message });
  });

  it('a server that is not there is one line without the password', async () => {
    for (const protocol of ['redis', 'postgres']) {
      await expect(connectQueue(`${protocol}://me:secret@127.0.0.1:1/1`)).rejects.toMatchObject({
        code: 'QUEUE_UNAVAILABLE',
        message: `the queue ${protocol}://127.0.0.1:1/1 cannot be reached: ECONNREFUSED`,
      });
    }
  });
});
