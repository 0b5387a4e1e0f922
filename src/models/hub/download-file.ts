import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MaskwrightError } from '../../errors.js';
import type { KnownFile } from '../registry/known-models.js';
import type { DownloadProgress } from '../registry/model-choice.js';
import { findProblem, LARGEST_JSON } from '../registry/validate-model-file.js';
import { failureOfException, TransientFailure } from './http-errors.js';
import { type OpenedFile, openFile, stallSeconds } from './hub-request.js';
import { redactSecrets } from './redact-secrets.js';

export interface DownloadOptions {
  /** The name of the file in messages and for its form: JSON, ONNX. */
  readonly file: string;
  /** Expected size and hash, where they are known beforehand. */
  readonly known?: KnownFile | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DownloadedFile {
  readonly size: number;
  readonly sha256: string;
}

const ATTEMPTS = 4;
/** Waiting seldom helps where the server cannot be reached at all: the user is offline. */
const ATTEMPTS_UNREACHABLE = 2;
const FIRST_PAUSE_MS = 300;
const PROGRESS_INTERVAL_MS = 100;
/** Bytes that must come between two stalls: single bytes now and then are no download. */
const STALL_BYTES = 16 * 1024;
/** The largest sum of a model's files. */
export const LARGEST_MODEL = 16 * 1024 ** 3;

/**
 * Downloads a file to `path`, where it appears whole and verified or not at all. What has come is kept in
 * `<path>.incomplete`, and another call continues behind it. Size, hash and form are verified before the file takes its
 * name. Transient failures are retried.
 *
 * Throws `MODEL_DOWNLOAD`, `MODEL_ACCESS`, `AbsentFile`, `TransientFailure` where the server cannot be reached,
 * `OUTPUT_DISK_FULL`, `OUTPUT_UNWRITABLE`, or the signal's reason.
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions): Promise<DownloadedFile> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptDownload(url, path, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof TransientFailure)) {
        throw error;
      }
      if (attempt >= (error.unreachable ? ATTEMPTS_UNREACHABLE : ATTEMPTS)) {
        throw error.unreachable
          ? error
          : new MaskwrightError('MODEL_DOWNLOAD', `${options.file} could not be downloaded: ${error.message}`, {
              hint: `after ${attempt} attempts; run the command again to continue`,
              cause: error,
            });
      }
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
}

async function attemptDownload(url: string, path: string, options: DownloadOptions): Promise<DownloadedFile> {
  const { signal, known = {}, file } = options;
  const partial = `${path}.incomplete`;
  const stall = watchForStall();
  try {
    await mkdir(dirname(path), { recursive: true });
    const both = signal === undefined ? stall.signal : AbortSignal.any([signal, stall.signal]);
    const present = await sizeOf(partial);
    const remote = await openFile(url, present, both).catch(async (error: unknown) => {
      // A part that does not fit the file any more: 416, or longer than the file is.
      if (present > 0 && /answered 416/.test((error as Error).message)) {
        await rm(partial, { force: true });
        throw new TransientFailure(`${url} has no more than ${present} bytes`, { cause: error });
      }
      throw error;
    });
    assertNoPage(remote);
    const received = await receive(remote, partial, both, stall.alive, options);
    const problem =
      differs('bytes', known.size ?? remote.size, received.size) ??
      differs('SHA-256', known.sha256 ?? remote.sha256, received.sha256) ??
      differs('git hash', remote.gitBlob, received.gitBlob);
    if (problem !== undefined) {
      // A body cut short can be continued; wrong bytes cannot.
      if (received.size >= (known.size ?? remote.size ?? 0)) {
        await rm(partial, { force: true });
      }
      throw new TransientFailure(problem);
    }
    await assertForm(partial, file, url);
    await rename(partial, path);
    return { size: received.size, sha256: received.sha256 };
  } catch (error) {
    signal?.throwIfAborted();
    if (stall.signal.aborted) {
      throw new TransientFailure(`${new URL(url).host} was silent for ${stallSeconds()} s`, { cause: error });
    }
    throw storageFailure(error, dirname(path));
  } finally {
    stall.stop();
  }
}

function differs(what: string, expected: number | string | undefined, found: number | string): string | undefined {
  return expected === undefined || expected === found
    ? undefined
    : `the file has ${what} ${found} instead of ${expected}`;
}

interface Received extends DownloadedFile {
  readonly gitBlob: string;
}

/** Appends the body to the part, and hashes all of it. */
async function receive(
  { response, size: total, url, offset }: OpenedFile,
  partial: string,
  signal: AbortSignal,
  onAlive: () => void,
  { file, onProgress }: DownloadOptions,
): Promise<Received> {
  const limit = file.endsWith('.json') ? LARGEST_JSON : LARGEST_MODEL;
  if (total !== undefined && total > limit) {
    throw tooLarge(url, total, limit);
  }
  const sha256 = createHash('sha256');
  const gitBlob = createHash('sha1').update(`blob ${total ?? 0}\0`);
  const handle = await open(partial, offset > 0 ? 'r+' : 'w');
  try {
    if (offset > 0) {
      await handle.truncate(offset);
      for await (const chunk of createReadStream(partial, { end: offset - 1, signal })) {
        sha256.update(chunk as Buffer);
        gitBlob.update(chunk as Buffer);
      }
    }
    const started = performance.now();
    let reported = 0;
    let size = offset;
    let alive = size;
    const report = (): void => {
      const seconds = (performance.now() - started) / 1000;
      onProgress?.({ file, bytes: size, total, bytesPerSecond: seconds > 0 ? (size - offset) / seconds : 0 });
    };
    for await (const chunk of chunksOf(response, url, signal)) {
      if (total !== undefined && size + chunk.length > total) {
        throw new TransientFailure(`${url} sends more than the ${total} bytes that it announced`);
      }
      if (size + chunk.length > limit) {
        throw tooLarge(url, size + chunk.length, limit);
      }
      sha256.update(chunk);
      gitBlob.update(chunk);
      await writeChunk(handle, chunk, size);
      size += chunk.length;
      if (size - alive >= STALL_BYTES) {
        alive = size;
        onAlive();
      }
      if (performance.now() - reported >= PROGRESS_INTERVAL_MS) {
        reported = performance.now();
        report();
      }
    }
    report();
    await handle.sync();
    return { size, sha256: sha256.digest('hex'), gitBlob: gitBlob.digest('hex') };
  } catch (error) {
    if (error instanceof MaskwrightError) {
      await handle.truncate(0);
      await rm(partial, { force: true });
    }
    throw error;
  } finally {
    await handle.close();
  }
}

async function* chunksOf(
  response: OpenedFile['response'],
  url: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (response.body === null) {
    return;
  }
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        signal.throwIfAborted();
        throw failureOfException(error, url);
      });
      if (done) {
        return;
      }
      yield value as Uint8Array;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function writeChunk(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}

/** The login page of a network comes with status 200. */
function assertNoPage({ response, url }: OpenedFile): void {
  if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
    throw notTheFile(url, 'it is a web page');
  }
}

/** A page may come under another name, and a truncated body without its length. */
async function assertForm(partial: string, file: string, url: string): Promise<void> {
  const problem = await findProblem(partial, file);
  if (problem !== undefined) {
    await rm(partial, { force: true });
    throw notTheFile(url, problem);
  }
}

function tooLarge(url: string, size: number, limit: number): MaskwrightError {
  return new MaskwrightError(
    'MODEL_DOWNLOAD',
    redactSecrets(`${url} is too large: ${size} bytes, the limit is ${limit}`),
    { hint: 'check that HF_ENDPOINT is the hub that was meant; nothing was kept' },
  );
}

function notTheFile(url: string, problem: string): MaskwrightError {
  return new MaskwrightError('MODEL_DOWNLOAD', redactSecrets(`the response of ${url} is not the file: ${problem}`), {
    hint: 'a proxy or a login page may have answered in the place of the hub; nothing was kept',
  });
}

function watchForStall(): { readonly signal: AbortSignal; readonly alive: () => void; readonly stop: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), stallSeconds() * 1000);
  return { signal: controller.signal, alive: () => timer.refresh(), stop: () => clearTimeout(timer) };
}

/** The error for a file system that does not take the model. */
export function storageFailure(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const hint = 'HF_HUB_CACHE names another folder for models';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new MaskwrightError('OUTPUT_DISK_FULL', `no space is left for the model in ${folder}`, { hint, cause: error });
  }
  if (code !== undefined && /^(?:EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR|ELOOP|ENAMETOOLONG)$/.test(code)) {
    return new MaskwrightError('OUTPUT_UNWRITABLE', `the model cannot be kept in ${folder} (${code})`, {
      hint,
      cause: error,
    });
  }
  return error;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (entry) => (entry.isFile() ? entry.size : 0),
    () => 0,
  );
}
