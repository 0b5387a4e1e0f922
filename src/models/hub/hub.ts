import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { VERSION } from '../../version.js';
import { MaskwrightError } from '../../errors.js';
import { failureOfException, failureOfStatus } from './http-errors.js';

const DEFAULT_ENDPOINT = 'https://huggingface.co';
const REDIRECTS = 5;

/** What the hub says of a file before its first byte. */
export interface RemoteFile {
  readonly url: string;
  readonly response: Response;
  readonly size: number | undefined;
  /** SHA-256 of the content, which the hub tells of large files. */
  readonly sha256: string | undefined;
  /** Git's SHA-1 of the content as a blob, which the hub tells of small files. */
  readonly gitBlob: string | undefined;
  /** The commit that the revision stood for. */
  readonly commit: string | undefined;
}

/** Where models come from: `HF_ENDPOINT`, else the Hugging Face hub. */
export function hubEndpoint(): string {
  const chosen = process.env['HF_ENDPOINT'];
  const endpoint = chosen === undefined || chosen === '' ? DEFAULT_ENDPOINT : chosen.replace(/\/+$/, '');
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw new MaskwrightError('MODEL_DOWNLOAD', `HF_ENDPOINT is ${JSON.stringify(chosen)}, which is no web address`);
  }
  return endpoint;
}

export function fileUrl(id: string, revision: string, file: string): string {
  return `${hubEndpoint()}/${id}/resolve/${encodeURIComponent(revision)}/${file}`;
}

let dispatcher: Dispatcher | undefined;

/** Proxies are taken from the environment, which Node's own fetch does not look at. */
function dispatcherOf(): Dispatcher {
  return (dispatcher ??= Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name))
    ? new EnvHttpProxyAgent()
    : new Agent());
}

/**
 * Asks the hub for a file and follows its redirects; the body is the caller's to read. The token goes to
 * the hub alone, not to where it redirects. Throws `MODEL_ACCESS`, `TransientFailure` or `AbsentFile`.
 */
export async function requestFile(url: string, method: 'GET' | 'HEAD', signal: AbortSignal): Promise<RemoteFile> {
  const origin = new URL(url).origin;
  const token = process.env['HF_TOKEN'];
  const told = new Map<string, string>();
  let target = url;
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const response = await fetch(target, {
      method,
      redirect: 'manual',
      dispatcher: dispatcherOf(),
      signal,
      headers: {
        'user-agent': `maskwright/${VERSION}`,
        'accept-encoding': 'identity',
        ...(token !== undefined && token !== '' && new URL(target).origin === origin
          ? { authorization: `Bearer ${token}` }
          : {}),
      },
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw failureOfException(error, target);
    });
    remember(told, response);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      target = redirected(target, location);
    } else if (response.ok) {
      return describe(url, response, told);
    } else {
      await response.body?.cancel();
      throw failureOfStatus(response.status, url, response.headers.get('x-error-message') ?? undefined);
    }
  }
  throw new MaskwrightError('MODEL_DOWNLOAD', `${url} redirects more than ${REDIRECTS} times`);
}

function redirected(from: string, location: string): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const allowed = new URL(from).protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (target === undefined || !allowed.includes(target.protocol)) {
    throw new MaskwrightError('MODEL_DOWNLOAD', `${from} redirects to ${location}, which is not followed`);
  }
  return target.href;
}

/** The hub's own answer tells of the file, the storage that it redirects to only has the bytes. */
function remember(told: Map<string, string>, response: Response): void {
  for (const name of ['x-repo-commit', 'x-linked-size', 'x-linked-etag', 'etag']) {
    const value = response.headers.get(name);
    if (value !== null && !told.has(name)) {
      told.set(name, value.replace(/^W\//, '').replaceAll('"', ''));
    }
  }
}

function describe(url: string, response: Response, told: ReadonlyMap<string, string>): RemoteFile {
  const size = told.get('x-linked-size') ?? response.headers.get('content-length');
  const tags = [told.get('x-linked-etag'), told.get('etag')];
  const commit = told.get('x-repo-commit');
  return {
    url,
    response,
    size: size === null || !/^\d+$/.test(size) ? undefined : Number(size),
    sha256: tags.find((tag) => tag !== undefined && /^[0-9a-f]{64}$/.test(tag)),
    gitBlob: tags.find((tag) => tag !== undefined && /^[0-9a-f]{40}$/.test(tag)),
    commit: commit !== undefined && /^[0-9a-f]{7,64}$/.test(commit) ? commit : undefined,
  };
}
