import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** How the hub misbehaves, once, when a file or a range of it is asked for. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  /** Half of the bytes, then the connection is cut. */
  | { readonly kind: 'truncated' }
  /** Half of the bytes, without saying how many there should be. */
  | { readonly kind: 'short' }
  | { readonly kind: 'wrong-bytes' }
  /** Half of the bytes, then nothing for ever. */
  | { readonly kind: 'stalled' }
  /** A login page with status 200. */
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly to: string }
  /** Says that there are so many bytes, and sends those that there are. */
  | { readonly kind: 'promise'; readonly bytes: number }
  /** Bytes for ever, without saying how many there should be; `gzip`: a few that unpack to that. */
  | { readonly kind: 'endless'; readonly gzip?: boolean }
  /** A byte now and then, for ever. */
  | { readonly kind: 'drip'; readonly pauseMs: number }
  /** All of it, under the name of another file. */
  | { readonly kind: 'named'; readonly name: string }
  /** All of it, in pieces with pauses. */
  | { readonly kind: 'slow'; readonly pieces: number; readonly pauseMs: number };

export interface HubRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

export interface Hub {
  readonly url: string;
  readonly requests: readonly HubRequest[];
  /** What happens to the next requests of a file, one after the other; then all is well. */
  readonly fail: (file: string, ...faults: readonly Fault[]) => void;
  /** How often the bytes of a file were asked for. */
  readonly downloads: (file: string) => number;
  readonly close: () => Promise<void>;
}

export interface HubOptions {
  readonly id: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly revisions?: readonly string[];
  readonly commit?: string;
  /** Another name of this machine for the storage of large files, which is another host on the real hub. */
  readonly storageHost?: string;
  /** Only with this token. */
  readonly token?: string;
}

export const HUB_COMMIT = '0123456789abcdef0123456789abcdef01234567';

/**
 * A model hub on loopback, as the real one answers: small files themselves, large ones by a redirect to
 * a storage, each with its commit and hash.
 */
export async function startHub({
  id,
  files,
  revisions = ['main'],
  commit = HUB_COMMIT,
  storageHost,
  token,
}: HubOptions): Promise<Hub> {
  const requests: HubRequest[] = [];
  const faults = new Map<string, Fault[]>();
  const prefix = `/${id}/resolve/`;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? '';
    const path = decodeURIComponent(url);
    const { authorization, range } = request.headers;
    requests.push({ method: request.method ?? '', path, authorization, range });
    if (path.startsWith('/cdn/')) {
      const file = path.slice('/cdn/'.length).replace(/\?.*$/, '');
      await sendBytes(request, response, files[file]!, {}, takeFault(file, request));
      return;
    }
    const [revision = '', ...rest] = url.startsWith(prefix)
      ? url.slice(prefix.length).split('/').map(decodeURIComponent)
      : [];
    const file = rest.join('/');
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { 'x-error-message': 'Invalid username or password.' }).end();
      return;
    }
    const bytes = [...revisions, commit].includes(revision) ? files[file] : undefined;
    if (bytes === undefined) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound', 'x-error-message': 'Entry not found' }).end();
      return;
    }
    if (isLarge(file)) {
      const headers = {
        'x-repo-commit': commit,
        'x-linked-size': bytes.length,
        'x-linked-etag': `"${hash('sha256', bytes)}"`,
      };
      const port = (server.address() as AddressInfo).port;
      const storage = storageHost === undefined ? '' : `http://${storageHost}:${port}`;
      response.writeHead(302, { ...headers, location: `${storage}/cdn/${file}` }).end();
      return;
    }
    const etag = `"${hash('sha1', Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]))}"`;
    await sendBytes(request, response, bytes, { 'x-repo-commit': commit, etag }, takeFault(file, request));
  };
  const takeFault = (file: string, { method }: IncomingMessage): Fault | undefined =>
    method === 'GET' ? faults.get(file)?.shift() : undefined;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail: (file, ...next) => void faults.set(file, [...next]),
    downloads: (file) =>
      requests.filter(({ method, path }) => method === 'GET' && path.endsWith(`/${file}`) && isBytes(path)).length,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Files that the hub keeps as LFS objects. */
function isLarge(file: string): boolean {
  return /\.onnx(?:[._]data\w*)?$/.test(file);
}

function isBytes(path: string): boolean {
  return path.startsWith('/cdn/') || !isLarge(path);
}

async function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  all: Uint8Array,
  headers: Record<string, string>,
  fault: Fault | undefined,
): Promise<void> {
  const whole = { ...headers, 'content-length': all.length };
  if (request.method === 'HEAD') {
    response.writeHead(200, whole).end();
    return;
  }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(first ?? 0);
  if (start >= all.length && start > 0) {
    response.writeHead(416, { 'content-range': `bytes */${all.length}` }).end();
    return;
  }
  const bytes = all.subarray(start, last === undefined || last === '' ? undefined : Number(last) + 1);
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  const status = first === undefined ? 200 : 206;
  const range =
    first === undefined ? {} : { 'content-range': `bytes ${start}-${start + bytes.length - 1}/${all.length}` };
  const part = { ...headers, ...range, 'content-length': bytes.length };
  switch (fault?.kind) {
    case undefined:
      response.writeHead(status, part).end(bytes);
      break;
    case 'status':
      response.writeHead(fault.status).end();
      break;
    case 'truncated':
      response.writeHead(status, part);
      response.write(half, () => response.destroy());
      break;
    case 'short':
      response.writeHead(status, { ...headers, ...range }).end(half);
      break;
    case 'wrong-bytes':
      response.writeHead(status, part).end(bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)));
      break;
    case 'stalled':
      response.writeHead(status, part).write(half);
      break;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><html>Please log in</html>');
      break;
    case 'redirect':
      response.writeHead(302, { location: fault.to }).end();
      break;
    case 'promise':
      response.writeHead(200, { ...headers, 'content-length': fault.bytes });
      response.write(bytes);
      break;
    case 'endless': {
      if (fault.gzip === true) {
        response
          .writeHead(200, { ...headers, 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(256 * 1024 ** 2)));
        break;
      }
      response.writeHead(200, headers);
      for (const chunk = Buffer.alloc(1024 ** 2, ' '); !response.destroyed;) {
        response.write(chunk);
        await sleep(1);
      }
      break;
    }
    case 'drip':
      response.writeHead(status, part);
      for (let at = 0; at < bytes.length && !response.destroyed; at++) {
        response.write(bytes.subarray(at, at + 1));
        await sleep(fault.pauseMs);
      }
      response.end();
      break;
    case 'named':
      response.writeHead(status, { ...part, 'content-disposition': `attachment; filename="${fault.name}"` }).end(bytes);
      break;
    case 'slow': {
      response.writeHead(status, part);
      const size = Math.ceil(bytes.length / fault.pieces);
      for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
        response.write(bytes.subarray(at, at + size));
        await sleep(fault.pauseMs);
      }
      response.end();
      break;
    }
  }
}

function hash(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
