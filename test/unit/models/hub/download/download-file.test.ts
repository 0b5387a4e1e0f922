import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import {
  downloadFile,
  type ExpectedFile,
  storageFailure,
} from '../../../../../src/models/hub/download/download-file.js';
import { temporaryFolder } from '../../../../support/folder.js';

const MIB = 1024 ** 2;
/** Four ranges of 2 MiB. */
const RANGE = 2 * MIB;
const SIZE = 4 * RANGE;
const BYTES = bytesOf(1);
const SHA256 = sha256(BYTES);
const KNOWN: ExpectedFile = { size: SIZE, sha256: SHA256 };

/** What a server does with a request that is not as it should be: it sends the reply itself, and returns true. */
type Behavior = (
  request: { readonly range: string | undefined; readonly count: number },
  response: ServerResponse,
) => boolean;

const folder = temporaryFolder();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function bytesOf(seed: number): Buffer {
  let state = seed;
  const words = Uint32Array.from({ length: SIZE / 4 }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0));
  return Buffer.from(words.buffer);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface FileServer {
  readonly url: string;
  /** The `Range` headers, in their order. */
  readonly ranges: (string | undefined)[];
  behave: Behavior | undefined;
}

/** A server of one file, which sends ranges and has a strong ETag. */
async function serve(behave?: Behavior, bytes = BYTES): Promise<FileServer> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    if (state.behave?.({ range, count: ranges.length }, response) !== true) {
      sendRange(response, range, bytes);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => void (server.closeAllConnections(), server.close()));
  const state: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.bin`,
    ranges,
    behave,
  };
  return state;
}

function boundsOf(range: string | undefined, size = SIZE): [start: number, end: number] {
  const [, start = 0, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  return [Number(start), last === '' ? size : Number(last) + 1];
}

/** Sends a range, or its first bytes only, and then closes the connection. */
function sendRange(
  response: ServerResponse,
  range: string | undefined,
  bytes: Buffer,
  limit = Infinity,
  etag = '"1"',
): void {
  const [start, end] = boundsOf(range, bytes.length);
  const headers = { etag, 'content-length': end - start, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` };
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (limit < end - start) {
    response.write(bytes.subarray(start, start + limit), () => response.socket?.end());
  } else {
    response.end(bytes.subarray(start, end));
  }
}

const target = (): string => join(folder(), 'blobs', 'weights');
const kept = (): string[] => readdirSync(join(folder(), 'blobs'));

function download(server: FileServer, expected = KNOWN, signal?: AbortSignal): Promise<unknown> {
  return downloadFile(server.url, target(), { file: 'weights.bin', expected, signal });
}

/** Downloads from a server that stops after so many bytes, and is interrupted then. */
async function interrupt(server: FileServer, bytes: number, expected = KNOWN): Promise<void> {
  const controller = new AbortController();
  const reason = new Error('enough');
  const options = {
    file: 'weights.bin',
    expected,
    signal: controller.signal,
    onProgress: (progress: { readonly bytes: number }) => void (progress.bytes >= bytes && controller.abort(reason)),
  };
  await expect(downloadFile(server.url, target(), options)).rejects.toBe(reason);
}

const isWhole = (): boolean => readFileSync(target()).equals(BYTES);

it('a large file comes in four ranges at once, each byte once', async () => {
  // Nobody gets the second half of a range before all four were asked for.
  const halves: (() => void)[] = [];
  const server = await serve(({ range }, response) => {
    const [start, end] = boundsOf(range);
    response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${SIZE}` });
    response.write(BYTES.subarray(start, start + RANGE / 2));
    halves.push(() => void response.end(BYTES.subarray(start + RANGE / 2, end)));
    if (halves.length === 4) {
      halves.forEach((send) => send());
    }
    return true;
  });
  expect(await download(server)).toEqual({ size: SIZE, sha256: SHA256 });
  const bounds = server.ranges.map((range) => boundsOf(range)).sort(([a], [b]) => a - b);
  expect(bounds).toEqual([0, 1, 2, 3].map((i) => [i * RANGE, (i + 1) * RANGE]));
  expect(isWhole()).toBe(true);
  expect(kept()).toEqual(['weights']);
});

it('after an interruption each range goes on at its byte', async () => {
  // The ranges stop after 1, 2, 3 and 4 parts of 1000.
  const server = await serve(({ range }, response) => {
    const index = boundsOf(range)[0] / RANGE;
    sendRange(response, range, BYTES, (index + 1) * 1000);
    return true;
  });
  await interrupt(server, 10_000);
  server.ranges.length = 0;
  server.behave = undefined;
  await download(server);
  const starts = server.ranges.map((range) => boundsOf(range)[0]).sort((a, b) => a - b);
  expect(starts).toEqual([0, 1, 2, 3].map((i) => i * RANGE + (i + 1) * 1000));
  expect(isWhole()).toBe(true);
});

it('the beginning of a file that another program left is continued, the rest in ranges', async () => {
  const server = await serve();
  mkdirSync(join(folder(), 'blobs'));
  writeFileSync(`${target()}.incomplete`, BYTES.subarray(0, RANGE));
  await download(server);
  expect(server.ranges.map((range) => boundsOf(range)[0]).sort((a, b) => a - b)).toEqual(
    [1, 2, 3].map((i) => i * RANGE),
  );
  expect(isWhole()).toBe(true);
  expect(kept()).toEqual(['weights']);
});

it('a part that is complete is verified without a request', async () => {
  const server = await serve();
  mkdirSync(join(folder(), 'blobs'));
  writeFileSync(`${target()}.incomplete`, BYTES);
  await download(server);
  expect(server.ranges).toEqual([]);
  expect(isWhole()).toBe(true);
});

it('a record of ranges that cannot be is not believed', async () => {
  const server = await serve();
  mkdirSync(join(folder(), 'blobs'));
  for (const record of [
    `[[0,${SIZE},${SIZE + 1}]]`,
    '[[0,5,5]]',
    `[[1,${SIZE},1]]`,
    `[[0,${SIZE},"1"]]`,
    '{"a":1}',
    'x',
  ]) {
    writeFileSync(
      `${target()}.ranges.incomplete`,
      Buffer.concat([Buffer.alloc(SIZE), Buffer.from(record.padEnd(512))]),
    );
    server.ranges.length = 0;
    await download(server);
    expect([record, server.ranges.length, isWhole()]).toEqual([record, 4, true]);
  }
});

it('a server without ranges sends the file once, over one connection; a part is begun anew', async () => {
  const server = await serve();
  server.behave = (_, response) => {
    response.writeHead(200, { 'content-length': SIZE }).end(BYTES);
    return true;
  };
  await download(server);
  expect(server.ranges).toHaveLength(1);
  expect(isWhole()).toBe(true);
  writeFileSync(`${target()}.incomplete`, Buffer.alloc(MIB, 7));
  await download(server);
  expect(isWhole()).toBe(true);
  expect(kept()).toEqual(['weights']);
});

it('a server that answers other ranges than it was asked for is asked for the whole file', async () => {
  const server = await serve(({ range }, response) => {
    if (range !== undefined) {
      sendRange(response, 'bytes=5-', BYTES);
    }
    return range !== undefined;
  });
  await download(server);
  expect(server.ranges).toEqual(['bytes=0-2097151', undefined]);
  expect(isWhole()).toBe(true);
});

it.each<[string, Behavior]>([
  ['refused', (_, response) => (response.writeHead(503).end(), true)],
  ['answered with another range', (_, response) => (sendRange(response, 'bytes=7-99', BYTES), true)],
  ['answered with the whole file', (_, response) => (sendRange(response, undefined, BYTES), true)],
  ['cut', ({ range }, response) => (sendRange(response, range, BYTES, MIB), true)],
])('where one connection is %s, the others go on, and its range alone is asked for again', async (_, behavior) => {
  let failed = 0;
  const server = await serve(
    (request, response) => request.range === 'bytes=4194304-6291455' && failed++ === 0 && behavior(request, response),
  );
  await download(server);
  expect(server.ranges).toHaveLength(5);
  const [start, end] = boundsOf(server.ranges.at(-1));
  expect(start).toBeGreaterThanOrEqual(2 * RANGE);
  expect(end).toBe(3 * RANGE);
  expect(isWhole()).toBe(true);
});

it('a server that takes one connection at a time still serves the file', async () => {
  let busy = 0;
  const server = await serve(({ range }, response) => {
    if (busy > 0) {
      response.writeHead(429).end();
      return true;
    }
    busy++;
    response.on('close', () => busy--);
    setTimeout(() => sendRange(response, range, BYTES), 20);
    return true;
  });
  await download(server);
  expect(isWhole()).toBe(true);
});

it('a connection that breaks again and again after some progress still completes the file', async () => {
  const server = await serve(({ range }, response) => {
    sendRange(response, range, BYTES, 400_000);
    return true;
  });
  await download(server);
  // Six rounds: 2 MiB in steps of 400,000 bytes.
  expect(server.ranges).toHaveLength(24);
  expect(isWhole()).toBe(true);
});

it('bytes of two files are never put together: by SHA-256', async () => {
  const other = bytesOf(2);
  const server = await serve(({ range, count }, response) => {
    sendRange(response, range, count > 2 && count <= 4 ? other : BYTES);
    return true;
  });
  await download(server);
  expect(server.ranges).toHaveLength(8);
  expect(isWhole()).toBe(true);
});

it('bytes of two files are never put together: by the tag of a server that has no hashes', async () => {
  const other = bytesOf(2);
  const before: ExpectedFile = { size: SIZE, validator: '"1"' };
  const server = await serve(({ range, count }, response) => {
    const isNew = count > 2;
    sendRange(response, range, isNew ? other : BYTES, Infinity, isNew ? '"2"' : '"1"');
    return true;
  });
  await expect(download(server, before)).rejects.toMatchObject({
    code: 'MODEL_DOWNLOAD',
    message: expect.stringMatching(/has changed during the download/),
  });
  expect(existsSync(target())).toBe(false);
  // The next command asks for the tag, and gets the new file; nothing of the old one is continued.
  await download(server, { size: SIZE, validator: '"2"' });
  expect(readFileSync(target()).equals(other)).toBe(true);
});

it('without hash and tag nothing is continued', async () => {
  const server = await serve();
  mkdirSync(join(folder(), 'blobs'));
  writeFileSync(`${target()}.incomplete`, Buffer.alloc(MIB, 7));
  await download(server, { size: SIZE });
  expect(server.ranges).toEqual([undefined]);
  expect(isWhole()).toBe(true);
});

it('a login page in the place of a range leaves the part as it is', async () => {
  const server = await serve(({ range }, response) => {
    sendRange(response, range, BYTES, 1000);
    return true;
  });
  await interrupt(server, 4000);
  server.behave = (_, response) => (
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>'),
    true
  );
  await expect(download(server)).rejects.toMatchObject({ message: expect.stringMatching(/web page/) });
  server.behave = undefined;
  server.ranges.length = 0;
  await download(server);
  expect(server.ranges.every((range) => boundsOf(range)[0] % RANGE === 1000)).toBe(true);
  expect(isWhole()).toBe(true);
});

// /proc takes no folders (ENOENT), a network drive may go away (ESTALE, EIO).
it.each([
  ['ENOSPC', 'OUTPUT_DISK_FULL'],
  ['ENOENT', 'OUTPUT_UNWRITABLE'],
  ['ENOTDIR', 'OUTPUT_UNWRITABLE'],
  ['ESTALE', 'OUTPUT_UNWRITABLE'],
  ['EIO', 'OUTPUT_UNWRITABLE'],
])('a cache folder that fails with %s is %s', (code, expected) => {
  const failure = storageFailure(Object.assign(new Error('mkdir'), { code }), '/proc/x/hub');
  expect(failure).toMatchObject({ code: expected, exitCode: 5, message: expect.stringContaining('/proc/x/hub') });
});
