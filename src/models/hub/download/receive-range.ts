import { MaskwrightError } from '../../../errors.js';
import { failureOfException, TransientFailure } from '../http-errors.js';
import { type ByteRange, type OpenedFile, openFile, stallSeconds } from '../hub-request.js';
import { redactSecrets } from '../redact-secrets.js';
import type { FileRange, PartialFile } from './partial-file.js';

/** Bytes that must come between two stalls: single bytes now and then are no download. */
const STALL_BYTES = 16 * 1024;

/** A response whose body is to be read, and the watch that gives it up when it falls silent. */
export interface Connection {
  readonly url: string;
  readonly opened: OpenedFile;
  readonly watch: StallWatch;
}

/**
 * Asks for a file or a range of it. `check` throws where the response is of no use. Throws as `openFile` and `check`, and
 * `TransientFailure` where the server is silent.
 */
export async function connect(
  url: string,
  range: ByteRange | undefined,
  signal: AbortSignal,
  check: (opened: OpenedFile) => void,
): Promise<Connection> {
  const watch = watchForStall(url, signal);
  try {
    const opened = await openFile(url, range, watch.signal);
    try {
      check(opened);
    } catch (error) {
      await opened.response.body?.cancel().catch(() => undefined);
      throw error;
    }
    return { url, opened, watch };
  } catch (error) {
    watch.stop();
    throw watch.failureOf(error);
  }
}

/** Ends a connection without reading its body. */
export async function disconnect({ opened, watch }: Connection): Promise<void> {
  watch.stop();
  await opened.response.body?.cancel().catch(() => undefined);
}

/**
 * Appends the body of a response to a range. `onBytes` is called after each chunk. Throws `TransientFailure` where the
 * range is not complete after that, `MODEL_DOWNLOAD` where the file grows above `limit`.
 */
export async function receiveRange(
  { url, opened, watch }: Connection,
  part: PartialFile,
  range: FileRange,
  limit: number,
  onBytes: () => void,
): Promise<void> {
  const end = range.end ?? opened.size;
  let alive = range.received;
  try {
    for await (const chunk of chunksOf(opened.response, url, watch.signal)) {
      const after = range.start + range.received + chunk.length;
      if (end !== undefined && after > end) {
        throw new TransientFailure(`${url} sends more than the ${end - range.start} bytes that it announced`);
      }
      if (after > limit) {
        await part.discard();
        throw tooLarge(url, after, limit);
      }
      await part.write(range, chunk);
      if (range.received - alive >= STALL_BYTES) {
        alive = range.received;
        watch.alive();
      }
      onBytes();
    }
  } catch (error) {
    throw watch.failureOf(error);
  } finally {
    watch.stop();
  }
  if (end !== undefined && range.start + range.received < end) {
    throw new TransientFailure(`the file has bytes ${part.received} instead of ${opened.size ?? end}`);
  }
}

/** The error for a file that is larger than any of its kind. */
export function tooLarge(url: string, size: number, limit: number): MaskwrightError {
  return new MaskwrightError(
    'MODEL_DOWNLOAD',
    redactSecrets(`${url} is too large: ${size} bytes, the limit is ${limit}`),
    { hint: 'check that HF_ENDPOINT is the hub that was meant; nothing was kept' },
  );
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

interface StallWatch {
  /** Aborts with `signal`, and when the connection was silent for too long. */
  readonly signal: AbortSignal;
  readonly alive: () => void;
  readonly stop: () => void;
  /** The failure that an error stands for. */
  readonly failureOf: (error: unknown) => unknown;
}

function watchForStall(url: string, signal: AbortSignal): StallWatch {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), stallSeconds() * 1000);
  return {
    signal: AbortSignal.any([signal, stall.signal]),
    alive: () => timer.refresh(),
    stop: () => clearTimeout(timer),
    failureOf: (error) =>
      stall.signal.aborted && !signal.aborted
        ? new TransientFailure(`${new URL(url).host} was silent for ${stallSeconds()} s`, { cause: error })
        : error,
  };
}
