import { stat } from 'node:fs/promises';
import { MaskwrightError } from '../../errors.js';
import { failRead } from '../storage/local-storage.js';
import { storageOf } from '../storage/storage-of.js';
import { isRemote } from '../storage/storage-path.js';

/** The name that stands for standard input or output. */
export const STDIO = '-';

/**
 * The bytes of a file, of an object in S3, or of standard input for `-`.
 * Throws `INPUT_NOT_FOUND`, `INPUT_IS_FOLDER`, `INPUT_EMPTY`, `INPUT_TOO_LARGE`, `INPUT_UNREADABLE` or `STORAGE_READ`.
 */
export async function readInput(path: string): Promise<Uint8Array> {
  return (await readVersion(path)).data;
}

/** The bytes of an input, and the version that they are: the ETag of an object. Throws as `readInput`. */
export async function readVersion(
  path: string,
): Promise<{ readonly data: Uint8Array; readonly version?: string | undefined }> {
  const found = path === STDIO ? { data: await readStandardInput() } : await storageOf(path).read(path);
  if (found.data.length === 0) {
    throw new MaskwrightError('INPUT_EMPTY', `${describeInput(path)} is empty (0 bytes)`);
  }
  return found;
}

/** Whether a path is a pipe, such as `<(command)` in a shell: it can be read only once. */
export async function isPipe(path: string): Promise<boolean> {
  const entry = isRemote(path) ? undefined : await stat(path).catch(() => undefined);
  return entry?.isFIFO() === true;
}

/** How messages name an input. */
export function describeInput(path: string): string {
  return path === STDIO ? 'standard input' : path;
}

let readingStandardInput = false;

/** Ends a read of standard input, which may never end by itself; the read throws `INPUT_UNREADABLE`. */
export function stopReadingStandardInput(): void {
  if (readingStandardInput) {
    process.stdin.destroy();
  }
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  readingStandardInput = true;
  try {
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
    }
  } catch (error) {
    failRead(describeInput(STDIO), error);
  } finally {
    readingStandardInput = false;
  }
  return Buffer.concat(chunks);
}
