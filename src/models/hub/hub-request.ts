import type * as Undici from 'undici';
import type { Dispatcher, Response } from 'undici';
import { MaskwrightError } from '../../errors.js';
import { VERSION } from '../../version.js';
import { AbsentFile, failureOfException, failureOfStatus, TransientFailure } from './http-errors.js';
import { hubEndpoint, hubToken } from './hub-endpoint.js';
import { redactSecrets } from './redact-secrets.js';

const REDIRECTS = 5;
const STALL_SECONDS = 30;
const METADATA_SECONDS = 10;

/** A file on the hub, by the headers of its response. */
export interface RemoteFile {
  readonly url: string;
  readonly size: number | undefined;
  /** SHA-256 of the content, which the hub states for large files. */
  readonly sha256: string | undefined;
  /** Git's SHA-1 of the content as a blob, which the hub states for small files. */
  readonly gitBlob: string | undefined;
  /** The name of the content in the hub's cache. */
  readonly etag: string | undefined;
  /** The tag of the server that sends the bytes, which differs where they do: a strong ETag. */
  readonly validator: string | undefined;
  /** The commit that the revision stands for. */
  readonly commit: string | undefined;
}

/** A response whose body the caller reads. */
export interface OpenedFile extends RemoteFile {
  readonly response: Response;
  /** The range that the server says it sends; undefined where it sends the whole file. */
  readonly range: ByteRange | undefined;
}

/** Bytes of a file from `start` up to `end`, which is undefined for its end. */
export interface ByteRange {
  readonly start: number;
  readonly end: number | undefined;
}

let dispatcher: Dispatcher | undefined;

/** Proxies come from the environment, which Node's own `fetch` ignores. */
function dispatcherOf({ EnvHttpProxyAgent, Agent }: typeof Undici): Dispatcher {
  return (dispatcher ??= Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name))
    ? new EnvHttpProxyAgent()
    : new Agent());
}

/** Seconds of silence after which a connection counts as dead: `MASKWRIGHT_TIMEOUT`. */
export function stallSeconds(): number {
  const seconds = Number(process.env['MASKWRIGHT_TIMEOUT']);
  return seconds > 0 && seconds < 86_400 ? seconds : STALL_SECONDS;
}

/** Asks for a file's metadata. Throws as `openFile`, and `TransientFailure` where the server is silent. */
export async function requestMetadata(url: string, signal: AbortSignal | undefined): Promise<RemoteFile> {
  const seconds = Math.min(METADATA_SECONDS, stallSeconds());
  const timeout = AbortSignal.timeout(seconds * 1000);
  try {
    const { response, metadata } = await request(url, 'HEAD', {}, anyOf(signal, timeout));
    return describe(url, response, metadata);
  } catch (error) {
    signal?.throwIfAborted();
    throw timeout.aborted ? new TransientFailure(`${new URL(url).host} did not answer within ${seconds} s`) : error;
  }
}

/** The reason why the hub does not answer; undefined where it does, whatever its answer is. */
export async function reachHub(): Promise<string | undefined> {
  try {
    await requestMetadata(`${hubEndpoint()}/`, undefined);
    return undefined;
  } catch (error) {
    return error instanceof TransientFailure || !(error instanceof AbsentFile) ? (error as Error).message : undefined;
  }
}

/**
 * Asks for the content of a file or a range of it, following redirects. The server may send something else than was asked
 * for: compare `range` of the response.
 * Throws `MODEL_ACCESS`, `MODEL_DOWNLOAD`, `TransientFailure` (`UselessPart` where the range is not in the file) or `AbsentFile`.
 */
export async function openFile(url: string, range: ByteRange | undefined, signal: AbortSignal): Promise<OpenedFile> {
  const last = range?.end === undefined ? '' : range.end - 1;
  const headers: Record<string, string> = range === undefined ? {} : { range: `bytes=${range.start}-${last}` };
  const { response, metadata } = await request(url, 'GET', headers, signal);
  const sent = response.status === 206 ? contentRange(response) : undefined;
  return { ...describe(url, response, metadata), response, range: sent };
}

/** What a server sends that names no range is no range that anybody asked for. */
function contentRange(response: Response): ByteRange {
  const [, start, last] = /^bytes (\d{1,15})-(\d{1,15})\//.exec(response.headers.get('content-range') ?? '') ?? [];
  return { start: Number(start ?? -1), end: Number(last ?? -1) + 1 };
}

async function request(
  url: string,
  method: 'GET' | 'HEAD',
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ response: Response; metadata: ReadonlyMap<string, string> }> {
  // 750 KB: models that are in the cache need none of it.
  const undici = await import('undici');
  const origin = new URL(url).origin;
  const credentials = authorizationFor(url);
  const metadata = new Map<string, string>();
  let target = withoutCredentials(url);
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const response = await undici
      .fetch(target, {
        method,
        redirect: 'manual',
        dispatcher: dispatcherOf(undici),
        signal,
        headers: {
          'user-agent': `maskwright/${VERSION}`,
          'accept-encoding': 'identity',
          ...headers,
          // To the hub alone, not to the storage that it redirects to.
          ...(credentials !== undefined && new URL(target).origin === origin ? { authorization: credentials } : {}),
        },
      })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw failureOfException(error, target);
      });
    collectMetadata(metadata, response);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      target = redirectTarget(target, location);
    } else if (response.ok) {
      return { response, metadata };
    } else {
      await response.body?.cancel();
      throw failureOfStatus(response.status, target, response.headers.get('x-error-message') ?? undefined);
    }
  }
  throw new MaskwrightError('MODEL_DOWNLOAD', redactSecrets(`${url} redirects more than ${REDIRECTS} times`), {
    hint: 'check HF_ENDPOINT and the proxy settings',
  });
}

/** A password in the URL comes first: a mirror that wants one does not know the token. */
function authorizationFor(url: string): string | undefined {
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  const token = hubToken();
  return token === undefined ? undefined : `Bearer ${token}`;
}

function withoutCredentials(url: string): string {
  const target = new URL(url);
  target.username = '';
  target.password = '';
  return target.href;
}

function redirectTarget(from: string, location: string): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const allowed = new URL(from).protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (target === undefined || !allowed.includes(target.protocol)) {
    throw new MaskwrightError(
      'MODEL_DOWNLOAD',
      redactSecrets(`${from} redirects to ${location.slice(0, 200)}, which is not followed`),
      { hint: 'only http and https addresses are, and no redirect from https to http' },
    );
  }
  return withoutCredentials(target.href);
}

/** The hub's own response describes the file; the storage that it redirects to only has the bytes. */
function collectMetadata(metadata: Map<string, string>, response: Response): void {
  for (const name of ['x-repo-commit', 'x-linked-size', 'x-linked-etag', 'etag']) {
    const value = response.headers.get(name);
    if (value !== null && !metadata.has(name)) {
      metadata.set(name, value.replace(/^W\//, '').replaceAll('"', ''));
    }
  }
}

function describe(url: string, response: Response, metadata: ReadonlyMap<string, string>): RemoteFile {
  const range = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const size = metadata.get('x-linked-size') ?? range ?? response.headers.get('content-length');
  const tags = [metadata.get('x-linked-etag'), metadata.get('etag')];
  const commit = metadata.get('x-repo-commit');
  const validator = response.headers.get('etag');
  const sha256 = tags.find((tag) => tag !== undefined && /^[0-9a-f]{64}$/.test(tag));
  const gitBlob = tags.find((tag) => tag !== undefined && /^[0-9a-f]{40}$/.test(tag));
  return {
    url,
    size: size === null || !/^\d{1,18}$/.test(size) ? undefined : Number(size),
    sha256,
    gitBlob: sha256 === undefined ? gitBlob : undefined,
    etag: sha256 ?? gitBlob,
    validator: validator === null || validator.startsWith('W/') ? undefined : validator,
    commit: commit !== undefined && /^[0-9a-f]{40}$/.test(commit) ? commit : undefined,
  };
}

function anyOf(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal === undefined ? other : AbortSignal.any([signal, other]);
}
