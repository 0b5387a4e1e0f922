import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolder } from '../../../io/files/create-folder.js';
import { MaskwrightError } from '../../../errors.js';
import type { DownloadProgress } from '../../registry/model-choice.js';
import { findProblem, LARGEST_JSON } from '../../registry/validate-model-file.js';
import { TransientFailure, UselessPart } from '../http-errors.js';
import type { ByteRange, OpenedFile, RemoteFile } from '../hub-request.js';
import { redactSecrets } from '../redact-secrets.js';
import { type FileRange, isComplete, PartialFile } from './partial-file.js';
import { connect, type Connection, disconnect, receiveRange, tooLarge } from './receive-range.js';

/** What the hub says about a file before it is downloaded, as far as it says it. */
export type ExpectedFile = Partial<Pick<RemoteFile, 'size' | 'sha256' | 'gitBlob' | 'validator'>>;

export interface DownloadOptions {
  /** The name of the file in messages and for its form: JSON, ONNX. */
  readonly file: string;
  readonly expected?: ExpectedFile | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DownloadedFile {
  readonly size: number;
  readonly sha256: string;
}

/** Attempts without progress. */
const ATTEMPTS = 4;
/** Waiting seldom helps where the server cannot be reached at all: the user is offline. */
const ATTEMPTS_UNREACHABLE = 2;
const FIRST_PAUSE_MS = 300;
/** So much more than at any attempt before is progress: a line that breaks now and then brings the file in the end. */
const PROGRESS_BYTES = 1024 ** 2;
const PROGRESS_INTERVAL_MS = 100;
/** The largest sum of a model's files. */
export const LARGEST_MODEL = 16 * 1024 ** 3;

/**
 * Downloads a file to `path`, where it appears whole and verified or not at all. A large file comes in several ranges at
 * once, where the server sends ranges. What has come is kept (`PartialFile`), and another call continues each range at its
 * byte. Size, hash and form are verified before the file takes its name. Transient failures are retried; a connection
 * that fails leaves the others alone.
 *
 * Throws `MODEL_DOWNLOAD`, `MODEL_ACCESS`, `AbsentFile`, `TransientFailure` where the server cannot be reached,
 * `OUTPUT_DISK_FULL`, `OUTPUT_UNWRITABLE`, or the signal's reason.
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions): Promise<DownloadedFile> {
  const { file, signal = new AbortController().signal } = options;
  let most = 0;
  for (let attempt = 1; ; attempt++) {
    let received = 0;
    try {
      return await attemptDownload(url, path, options, signal, (bytes) => (received = bytes));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TransientFailure)) {
        throw storageFailure(error, dirname(path));
      }
      if (received >= most + PROGRESS_BYTES) {
        most = received;
        attempt = 1;
      }
      if (attempt >= (error.unreachable ? ATTEMPTS_UNREACHABLE : ATTEMPTS)) {
        throw error.unreachable
          ? error
          : new MaskwrightError('MODEL_DOWNLOAD', `${file} could not be downloaded: ${error.message}`, {
              hint: `after ${attempt} attempts; run the command again to continue`,
              cause: error,
            });
      }
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

async function attemptDownload(
  url: string,
  path: string,
  { file, expected = {}, onProgress }: DownloadOptions,
  signal: AbortSignal,
  onReceived: (bytes: number) => void,
): Promise<DownloadedFile> {
  await createFolder(dirname(path));
  const part = await openPart(path, expected);
  try {
    const limit = file.endsWith('.json') ? LARGEST_JSON : LARGEST_MODEL;
    const meter = progressMeter(file, part, onProgress, onReceived);
    const remote = part.isComplete() ? expected : await receiveFile({ url, part, expected, limit, meter, signal });
    const found = await hashPart(part, signal);
    const problem =
      differs('bytes', expected.size ?? remote.size, found.size) ??
      differs('SHA-256', expected.sha256 ?? remote.sha256, found.sha256) ??
      differs('git hash', expected.gitBlob ?? remote.gitBlob, found.gitBlob);
    if (problem !== undefined) {
      throw new UselessPart(problem);
    }
    await part.finish();
    const malformed = await findProblem(part.path, file);
    if (malformed !== undefined) {
      // A page may come under another name, and a truncated body without its length.
      await part.discard();
      throw notTheFile(url, malformed);
    }
    await rename(part.path, path);
    await part.removeOthers();
    return { size: found.size, sha256: found.sha256 };
  } catch (error) {
    if (error instanceof UselessPart) {
      await part.discard();
    }
    throw error;
  } finally {
    await part.close();
  }
}

/**
 * What was kept is continued where it must be of this file: it is named by its hash, or by the server's own tag. Without
 * either nothing is kept, nor put together of several ranges.
 */
async function openPart(path: string, { size, sha256, gitBlob, validator }: ExpectedFile): Promise<PartialFile> {
  if (sha256 !== undefined || gitBlob !== undefined) {
    return await PartialFile.open(path, size);
  }
  if (validator !== undefined) {
    return await PartialFile.open(`${path}.${createHash('sha256').update(validator).digest('hex').slice(0, 16)}`, size);
  }
  const part = await PartialFile.open(path, size);
  await part.restart();
  return part;
}

interface Transfer {
  readonly url: string;
  readonly part: PartialFile;
  readonly expected: ExpectedFile;
  readonly limit: number;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
}

/** Receives what is missing. The answer to the first question decides whether there are others. */
async function receiveFile(transfer: Transfer): Promise<RemoteFile> {
  const { part, limit, meter } = transfer;
  const failed = new AbortController();
  const signal = AbortSignal.any([transfer.signal, failed.signal]);
  const receive = (connection: Connection, range: FileRange): Promise<void> =>
    receiveRange(connection, part, range, limit, meter.tick);
  const first = await connectFirst(transfer, signal);
  const { opened } = first.connection;
  part.learnSize(opened.size);
  const others = part.ranges.filter((range) => range !== first.range && !isComplete(range));
  const failures: unknown[] = [];
  const work = [
    receive(first.connection, first.range),
    ...others.map(async (range) => {
      const connection = await connectRange(transfer, range, opened, signal);
      await receive(connection, range);
    }),
  ];
  await Promise.all(
    work.map((each) =>
      each.catch((error: unknown) => {
        failures.push(error);
        // Others go on where one connection fails, but not where the file cannot be had, or not be continued.
        if (!(error instanceof TransientFailure) || error instanceof UselessPart) {
          failed.abort(error);
        }
      }),
    ),
  );
  meter.report();
  if (failures.length > 0) {
    throw failed.signal.aborted ? failed.signal.reason : failures[0];
  }
  return opened;
}

/** Connects for the first range that is missing, or for the whole file where the server sends no ranges. */
async function connectFirst(
  { url, part, expected, limit }: Transfer,
  signal: AbortSignal,
): Promise<{ readonly connection: Connection; readonly range: FileRange }> {
  const range = part.ranges.find((each) => !isComplete(each))!;
  const wanted = missingOf(range, part, expected);
  const check = (opened: OpenedFile): void => {
    assertNoPage(opened);
    if (opened.size !== undefined && opened.size > limit) {
      throw tooLarge(url, opened.size, limit);
    }
    assertSameFile(url, opened, expected);
  };
  const connection = await connect(url, wanted, signal, check);
  if (fits(connection.opened, wanted)) {
    return { connection, range };
  }
  if (connection.opened.range === undefined) {
    await part.restart();
    return { connection, range: part.ranges[0]! };
  }
  await disconnect(connection);
  const whole = await connect(url, undefined, signal, (opened) => {
    check(opened);
    assertRange(url, opened, undefined);
  });
  await part.restart();
  return { connection: whole, range: part.ranges[0]! };
}

function connectRange(
  { url, part, expected }: Transfer,
  range: FileRange,
  first: OpenedFile,
  signal: AbortSignal,
): Promise<Connection> {
  const wanted = missingOf(range, part, expected);
  return connect(url, wanted, signal, (opened) => {
    assertRange(url, opened, wanted);
    assertSameFile(url, opened, { ...expected, validator: first.validator });
  });
}

/** What to ask for: undefined for the whole file. */
function missingOf(
  { start, end, received }: FileRange,
  part: PartialFile,
  { size }: ExpectedFile,
): ByteRange | undefined {
  return part.received === 0 && part.ranges.length === 1
    ? undefined
    : { start: start + received, end: end === size ? undefined : end };
}

/** Whether a response begins where it should. A server may send less than it is asked for, but not more. */
function fits({ range }: OpenedFile, wanted: ByteRange | undefined): boolean {
  return wanted === undefined || range === undefined
    ? wanted === range
    : range.start === wanted.start && (wanted.end === undefined || range.end! <= wanted.end);
}

function assertRange(url: string, opened: OpenedFile, wanted: ByteRange | undefined): void {
  if (!fits(opened, wanted)) {
    throw new TransientFailure(`${url} sends ${describeRange(opened.range)} instead of ${describeRange(wanted)}`);
  }
}

function describeRange(range: ByteRange | undefined): string {
  return range === undefined ? 'the whole file' : `bytes ${range.start} to ${range.end ?? 'the end'}`;
}

/** Two responses must be of one file, or parts of two files would be put together. */
function assertSameFile(url: string, opened: OpenedFile, { size, sha256, gitBlob, validator }: ExpectedFile): void {
  const differ = (mine: unknown, its: unknown): boolean => mine !== undefined && its !== undefined && mine !== its;
  const hash = sha256 ?? gitBlob;
  if (
    differ(opened.size, size) ||
    differ(opened.sha256 ?? opened.gitBlob, hash) ||
    // Servers of a storage may have tags of their own; the hash is verified in the end.
    (hash === undefined && differ(opened.validator, validator))
  ) {
    throw new TransientFailure(`${url} has changed during the download`);
  }
}

function differs(what: string, expected: number | string | undefined, found: number | string): string | undefined {
  return expected === undefined || expected === found
    ? undefined
    : `the file has ${what} ${found} instead of ${expected}`;
}

async function hashPart(
  { path, received }: PartialFile,
  signal: AbortSignal,
): Promise<{ readonly size: number; readonly sha256: string; readonly gitBlob: string }> {
  const sha256 = createHash('sha256');
  const gitBlob = createHash('sha1').update(`blob ${received}\0`);
  if (received > 0) {
    for await (const chunk of createReadStream(path, { end: received - 1, highWaterMark: 1024 ** 2, signal })) {
      sha256.update(chunk as Buffer);
      gitBlob.update(chunk as Buffer);
    }
  }
  return { size: received, sha256: sha256.digest('hex'), gitBlob: gitBlob.digest('hex') };
}

interface ProgressMeter {
  /** Bytes have come. */
  readonly tick: () => void;
  readonly report: () => void;
}

function progressMeter(
  file: string,
  part: PartialFile,
  onProgress: DownloadOptions['onProgress'],
  onReceived: (bytes: number) => void,
): ProgressMeter {
  const started = performance.now();
  const before = part.received;
  let reported = 0;
  const report = (): void => {
    reported = performance.now();
    const bytes = part.received;
    const seconds = (reported - started) / 1000;
    const bytesPerSecond = seconds > 0 ? Math.max(0, bytes - before) / seconds : 0;
    onProgress?.({ file, bytes, total: part.size, bytesPerSecond });
  };
  return {
    tick: () => {
      onReceived(part.received);
      if (performance.now() - reported >= PROGRESS_INTERVAL_MS) {
        report();
      }
    },
    report,
  };
}

/** The login page of a network comes with status 200. */
function assertNoPage({ response, url }: OpenedFile): void {
  if (/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) {
    throw notTheFile(url, 'it is a web page');
  }
}

function notTheFile(url: string, problem: string): MaskwrightError {
  return new MaskwrightError('MODEL_DOWNLOAD', redactSecrets(`the response of ${url} is not the file: ${problem}`), {
    hint: 'a proxy or a login page may have answered in the place of the hub; nothing was kept',
  });
}

/** The error for a file system that does not take the model. */
export function storageFailure(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const hint = 'HF_HUB_CACHE names another folder for models';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new MaskwrightError('OUTPUT_DISK_FULL', `no space is left for the model in ${folder}`, {
      hint,
      cause: error,
    });
  }
  if (
    code !== undefined &&
    /^(?:EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EEXIST|EISDIR|EINVAL|EIO|ELOOP|ENAMETOOLONG|ENOTSUP|ESTALE)$/.test(code)
  ) {
    return new MaskwrightError('OUTPUT_UNWRITABLE', `the model cannot be kept in ${folder} (${code})`, {
      hint,
      cause: error,
    });
  }
  return error;
}
