import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';

/** A range of a file that one connection downloads: the bytes from `start` up to `end`. */
export interface FileRange {
  readonly start: number;
  /** Undefined where the size of the file is not known. */
  readonly end: number | undefined;
  /** Bytes of the range that are in the file. */
  received: number;
}

const CONNECTIONS = 4;
/** A smaller range is not worth a connection. */
const SMALLEST_RANGE = 2 * 1024 ** 2;
const STATE_BYTES = 512;

/**
 * The ranges that the rest of a file is downloaded in, where its first `received` bytes are there already: four at most,
 * of 2 MiB at least.
 */
export function planRanges(size: number | undefined, received: number): FileRange[] {
  if (size === undefined) {
    return [{ start: 0, end: undefined, received }];
  }
  const rest = size - received;
  const count = Math.max(1, Math.min(CONNECTIONS, Math.floor(rest / SMALLEST_RANGE)));
  const bounds = Array.from({ length: count + 1 }, (_, i) => (i === 0 ? 0 : received + Math.floor((rest * i) / count)));
  return bounds.slice(1).map((end, i) => ({ start: bounds[i]!, end, received: i === 0 ? received : 0 }));
}

export function isComplete({ start, end, received }: FileRange): boolean {
  return end !== undefined && start + received === end;
}

/**
 * The part of a file that was downloaded so far, kept over interruptions of any kind:
 * - `<path>.incomplete`: the beginning of the file, which its length measures;
 * - `<path>.ranges.incomplete`: the beginnings of several ranges, each in its place, and behind them what is there of
 *   each. Its name is another one, since other programs take the first for the beginning of the file.
 */
export class PartialFile {
  readonly #base: string;
  #path: string;
  #handle: FileHandle;
  #ranges: readonly FileRange[];
  #size: number | undefined;

  private constructor(
    base: string,
    path: string,
    handle: FileHandle,
    ranges: readonly FileRange[],
    size: number | undefined,
  ) {
    this.#base = base;
    this.#path = path;
    this.#handle = handle;
    this.#ranges = ranges;
    this.#size = size;
  }

  /**
   * Opens what is there of the file `base`; begins anew where that is longer than the file. `size` is undefined where it
   * is not known: then nothing is continued.
   */
  static async open(base: string, size: number | undefined): Promise<PartialFile> {
    const { beginning, inRanges } = pathsOf(base);
    const kept = size === undefined ? undefined : await readRanges(inRanges, size);
    if (kept !== undefined) {
      return new PartialFile(base, inRanges, await openForUpdate(inRanges), kept, size);
    }
    await rm(inRanges, { force: true });
    const present = await lengthOf(beginning);
    const received = size !== undefined && present <= size ? present : 0;
    const ranges = planRanges(size, received);
    if (ranges.length === 1) {
      const handle = await openForUpdate(beginning);
      await handle.truncate(received);
      return new PartialFile(base, beginning, handle, ranges, size);
    }
    if (received > 0) {
      await rename(beginning, inRanges);
    }
    const file = new PartialFile(base, inRanges, await openForUpdate(inRanges), ranges, size);
    await file.#saveRanges();
    return file;
  }

  /** The file with the bytes. */
  get path(): string {
    return this.#path;
  }

  /** In their order, without gaps. */
  get ranges(): readonly FileRange[] {
    return this.#ranges;
  }

  get size(): number | undefined {
    return this.#size;
  }

  get received(): number {
    return this.#ranges.reduce((sum, { received }) => sum + received, 0);
  }

  isComplete(): boolean {
    return this.#ranges.every(isComplete);
  }

  /** The size of the file, where it was not known. */
  learnSize(size: number | undefined): void {
    if (this.#size === undefined && size !== undefined) {
      this.#size = size;
      this.#ranges = this.#ranges.map((range) => Object.assign(range, { end: size }));
    }
  }

  /** Forgets what is there, and begins anew with one range. */
  async restart(): Promise<void> {
    await this.discard();
    this.#path = pathsOf(this.#base).beginning;
    this.#handle = await openForUpdate(this.#path);
    await this.#handle.truncate(0);
    this.#ranges = [{ start: 0, end: this.#size, received: 0 }];
  }

  /** Appends bytes to a range. */
  async write(range: FileRange, chunk: Uint8Array): Promise<void> {
    await writeAll(this.#handle, chunk, range.start + range.received);
    range.received += chunk.length;
    if (this.#ranges.length > 1) {
      await this.#saveRanges();
    }
  }

  /** Leaves the bytes of the file alone in it, on the disk. */
  async finish(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.truncate(this.received);
  }

  /** Removes what an earlier attempt may have left under the other name. */
  async removeOthers(): Promise<void> {
    await Promise.all(Object.values(pathsOf(this.#base)).map((path) => rm(path, { force: true })));
  }

  async discard(): Promise<void> {
    await this.#handle.truncate(0).catch(() => undefined);
    await this.close();
    await rm(this.#path, { force: true });
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }

  /** Called after the bytes were written: the record may say less than what is there, but never more. */
  async #saveRanges(): Promise<void> {
    const record = JSON.stringify(this.#ranges.map(({ start, end, received }) => [start, end, received]));
    await writeAll(this.#handle, Buffer.from(record.padEnd(STATE_BYTES)), this.#size!);
  }
}

/** Bytes on the disk of what is kept of a file. */
export async function bytesKept(base: string): Promise<number> {
  const entries = await Promise.all(Object.values(pathsOf(base)).map((path) => stat(path).catch(() => undefined)));
  // A file of ranges has holes, which take no space.
  return entries.reduce((sum, entry) => sum + (entry === undefined ? 0 : Math.min(entry.size, entry.blocks * 512)), 0);
}

function pathsOf(base: string): { readonly beginning: string; readonly inRanges: string } {
  return { beginning: `${base}.incomplete`, inRanges: `${base}.ranges.incomplete` };
}

/** The ranges of a part; undefined where there is none, or it is not of a file of this size. */
async function readRanges(path: string, size: number): Promise<FileRange[] | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  try {
    const { buffer, bytesRead } = (await handle?.read(Buffer.alloc(STATE_BYTES), 0, STATE_BYTES, size)) ?? {};
    const rows: unknown = bytesRead === STATE_BYTES ? JSON.parse(buffer!.toString('latin1')) : undefined;
    return Array.isArray(rows) ? toRanges(rows, size) : undefined;
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}

function toRanges(rows: readonly unknown[], size: number): FileRange[] | undefined {
  const ranges: FileRange[] = [];
  let expected = 0;
  for (const row of rows) {
    const [start, end, received] = Array.isArray(row) && row.every(Number.isSafeInteger) ? (row as number[]) : [];
    if (start !== expected || end === undefined || received === undefined) {
      return undefined;
    }
    if (end <= start || received < 0 || start + received > end) {
      return undefined;
    }
    ranges.push({ start, end, received });
    expected = end;
  }
  return expected === size ? ranges : undefined;
}

function openForUpdate(path: string): Promise<FileHandle> {
  // Neither "r+", which does not create the file, nor "a", which ignores positions.
  return open(path, constants.O_RDWR | constants.O_CREAT, 0o666);
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

async function lengthOf(path: string): Promise<number> {
  return stat(path).then(
    (entry) => (entry.isFile() ? entry.size : 0),
    () => 0,
  );
}
