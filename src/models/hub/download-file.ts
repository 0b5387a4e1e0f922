import { createHash, randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MaskwrightError } from '../../errors.js';
import { findProblem } from '../registry/validate-model-file.js';
import { failureOfException, TransientFailure } from './http-errors.js';
import { type RemoteFile, requestFile } from './hub.js';
import type { DownloadProgress } from '../registry/model-choice.js';
import type { KnownFile } from '../registry/known-models.js';

export interface DownloadOptions {
  readonly known?: KnownFile | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DownloadedFile {
  readonly size: number;
  readonly sha256: string;
  readonly commit: string | undefined;
}

const ATTEMPTS = 4;
/** Where the server cannot be reached at all, waiting seldom helps: it is the user who is offline. */
const ATTEMPTS_UNREACHABLE = 2;
const FIRST_PAUSE_MS = 300;
const STALL_SECONDS = 30;
const PROGRESS_INTERVAL_MS = 100;
/** What has to come between two stalls: a byte now and then is no download. */
const STALL_BYTES = 16 * 1024;
const LARGEST_JSON = 64 * 1024 ** 2;
const LARGEST_WEIGHTS = 16 * 1024 ** 3;

/**
 * Downloads a file to `path`, so that it is there whole and checked or not at all: into a temporary file
 * beside it; size, hash and form are checked; then it takes its name. What may pass is tried again.
 *
 * Throws `MODEL_DOWNLOAD`, `MODEL_ACCESS`, `AbsentFile`, `TransientFailure` where the server cannot be
 * reached, `OUTPUT_DISK_FULL`, `OUTPUT_UNWRITABLE`, or the signal's reason.
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
          : new MaskwrightError('MODEL_DOWNLOAD', `${basename(path)} could not be downloaded: ${error.message}`, {
              hint: `it was tried ${attempt} times; nothing broken was kept`,
              cause: error,
            });
      }
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
}

async function attemptDownload(url: string, path: string, options: DownloadOptions): Promise<DownloadedFile> {
  const { signal, onProgress, known } = options;
  const stall = watchForStall();
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  const removeAtExit = (): void => removeQuietly(temporary);
  process.on('exit', removeAtExit);
  try {
    const both = signal === undefined ? stall.signal : AbortSignal.any([signal, stall.signal]);
    const remote = await requestFile(url, 'GET', both);
    assertNoPage(remote);
    const { size, sha256, gitBlob } = await receive(remote, temporary, both, stall.alive, onProgress, basename(path));
    const expected = { size: known?.size ?? remote.size, sha256: known?.sha256 ?? remote.sha256 };
    if (expected.size !== undefined && size !== expected.size) {
      throw new TransientFailure(`${size} bytes came instead of ${expected.size}`);
    }
    if (expected.sha256 !== undefined && sha256 !== expected.sha256) {
      throw new TransientFailure(`its SHA-256 is ${sha256} instead of ${expected.sha256}`);
    }
    if (expected.sha256 === undefined && remote.gitBlob !== undefined && gitBlob !== remote.gitBlob) {
      throw new TransientFailure(`its content has the hash ${gitBlob} instead of ${remote.gitBlob}`);
    }
    await assertForm(temporary, url);
    await rename(temporary, path);
    return { size, sha256, commit: remote.commit };
  } catch (error) {
    signal?.throwIfAborted();
    if (stall.signal.aborted) {
      throw new TransientFailure(`next to nothing came from ${new URL(url).host} for ${stallSeconds()} s`, {
        cause: error,
      });
    }
    throw storageFailure(error, dirname(path));
  } finally {
    stall.stop();
    process.off('exit', removeAtExit);
    await unlink(temporary).catch(() => undefined);
  }
}

interface Received {
  readonly size: number;
  readonly sha256: string;
  readonly gitBlob: string;
}

async function receive(
  { response, size: total, url }: RemoteFile,
  temporary: string,
  signal: AbortSignal,
  onAlive: () => void,
  onProgress: DownloadOptions['onProgress'],
  file: string,
): Promise<Received> {
  const limit = file.endsWith('.json') ? LARGEST_JSON : LARGEST_WEIGHTS;
  if (total !== undefined && total > limit) {
    throw tooLarge(url, total, limit);
  }
  await mkdir(dirname(temporary), { recursive: true });
  const handle = await open(temporary, 'wx');
  try {
    const sha256 = createHash('sha256');
    const gitBlob = createHash('sha1').update(`blob ${total ?? 0}\0`);
    const started = performance.now();
    let reported = 0;
    let size = 0;
    let alive = 0;
    const report = (): void => {
      const seconds = (performance.now() - started) / 1000;
      onProgress?.({ file, bytes: size, total, bytesPerSecond: seconds > 0 ? size / seconds : 0 });
    };
    for await (const chunk of chunksOf(response, url, signal)) {
      size += chunk.length;
      if (total !== undefined && size > total) {
        throw new TransientFailure(`more than the ${total} bytes came that were promised`);
      }
      if (size > limit) {
        throw tooLarge(url, size, limit);
      }
      if (size - alive >= STALL_BYTES) {
        alive = size;
        onAlive();
      }
      sha256.update(chunk);
      gitBlob.update(chunk);
      await writeChunk(handle, chunk);
      if (performance.now() - reported >= PROGRESS_INTERVAL_MS) {
        reported = performance.now();
        report();
      }
    }
    report();
    await handle.sync();
    return { size, sha256: sha256.digest('hex'), gitBlob: gitBlob.digest('hex') };
  } finally {
    await handle.close();
  }
}

async function* chunksOf(
  response: RemoteFile['response'],
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

async function writeChunk(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, written);
    written += bytesWritten;
  }
}

/** The login page of a network comes with status 200. */
function assertNoPage({ response, url }: RemoteFile): void {
  if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
    throw notTheFile(url, 'it is a web page');
  }
}

/** A page may come under another name, and a body cut short without its length. */
async function assertForm(temporary: string, url: string): Promise<void> {
  const problem = await findProblem(temporary, url);
  if (problem !== undefined) {
    throw notTheFile(url, problem);
  }
}

function tooLarge(url: string, size: number, limit: number): MaskwrightError {
  return new MaskwrightError('MODEL_DOWNLOAD', `${url} is too large: ${size} bytes, the limit is ${limit}`, {
    hint: 'is HF_ENDPOINT the hub that was meant? nothing was kept',
  });
}

function notTheFile(url: string, problem: string): MaskwrightError {
  return new MaskwrightError('MODEL_DOWNLOAD', `what came from ${url} is not the file: ${problem}`, {
    hint: 'a proxy or a login page may have answered in the place of the hub; nothing was kept',
  });
}

function watchForStall(): { readonly signal: AbortSignal; readonly alive: () => void; readonly stop: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), stallSeconds() * 1000);
  return { signal: controller.signal, alive: () => timer.refresh(), stop: () => clearTimeout(timer) };
}

/** Silence after which a connection counts as dead: `MASKWRIGHT_TIMEOUT` seconds. */
function stallSeconds(): number {
  const chosen = Number(process.env['MASKWRIGHT_TIMEOUT']);
  return chosen > 0 ? chosen : STALL_SECONDS;
}

function storageFailure(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const hint = 'MASKWRIGHT_CACHE names another folder for models';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new MaskwrightError('OUTPUT_DISK_FULL', `no space left for the model in ${folder}`, { hint, cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new MaskwrightError('OUTPUT_UNWRITABLE', `the model cannot be kept in ${folder} (${code})`, {
      hint,
      cause: error,
    });
  }
  return error;
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made, or is gone already.
  }
}
