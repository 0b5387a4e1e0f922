import { readFile, stat } from 'node:fs/promises';
import { MaskwrightError } from '../../errors.js';

/** The name that stands for standard input or output. */
export const STDIO = '-';

/** Node reads no larger file in one piece. */
const MAX_INPUT_BYTES = 2 ** 31 - 1;

/**
 * The bytes of a file, or of standard input for `-`.
 * Throws `INPUT_NOT_FOUND`, `INPUT_IS_FOLDER`, `INPUT_EMPTY`, `INPUT_TOO_LARGE` or `INPUT_UNREADABLE`.
 */
export async function readInput(path: string): Promise<Uint8Array> {
  const bytes = path === STDIO ? await readStandardInput() : await readWhole(path).catch((error) => fail(path, error));
  if (bytes.length === 0) {
    throw new MaskwrightError('INPUT_EMPTY', `${describeInput(path)} is empty (0 bytes)`);
  }
  return bytes;
}

/** How messages name an input. */
export function describeInput(path: string): string {
  return path === STDIO ? 'standard input' : path;
}

/** Devices such as /dev/zero have no end. Pipes are read. */
async function readWhole(path: string): Promise<Uint8Array> {
  const entry = await stat(path);
  if (entry.size > MAX_INPUT_BYTES) {
    throw new MaskwrightError('INPUT_TOO_LARGE', `${path} has ${entry.size} bytes, the limit is ${MAX_INPUT_BYTES}`);
  }
  if (entry.isCharacterDevice() || entry.isBlockDevice()) {
    throw new Error('it is a device, not a file');
  }
  return readFile(path);
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
    }
  } catch (error) {
    fail(describeInput(STDIO), error);
  }
  return Buffer.concat(chunks);
}

/** The remedy where the system has no file descriptor left. */
export const TOO_MANY_FILES = 'too many files are open: use a smaller --concurrency, or raise the limit (ulimit -n)';

function fail(path: string, error: unknown): never {
  if (error instanceof MaskwrightError) {
    throw error;
  }
  const code = (error as NodeJS.ErrnoException).code;
  const url = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path);
  if (url !== null && code === 'ENOENT') {
    throw new MaskwrightError('INPUT_NOT_FOUND', `${withoutCredentials(path)} is a URL, which is not read`, {
      hint: url[1]!.toLowerCase() === 'file' ? 'name the file by its path' : 'download it first, and name the file',
    });
  }
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ERR_INVALID_ARG_VALUE') {
    throw new MaskwrightError('INPUT_NOT_FOUND', `${JSON.stringify(path)} does not exist`, {
      hint: 'check the spelling and the folder you are in',
      cause: error,
    });
  }
  if (code === 'EISDIR') {
    throw new MaskwrightError('INPUT_IS_FOLDER', `${path} is a folder, not an image`, {
      hint: 'name the files in it',
      cause: error,
    });
  }
  throw new MaskwrightError('INPUT_UNREADABLE', `${path} cannot be read: ${(error as Error).message}`, {
    hint: code === 'EMFILE' || code === 'ENFILE' ? TOO_MANY_FILES : 'check the file and its permissions',
    cause: error,
  });
}

/** A URL may hold a password or a signed query: neither belongs in a message. */
function withoutCredentials(url: string): string {
  return JSON.stringify(url.replace(/^([^/]+:\/\/)[^/@]*@/, '$1').replace(/[?#].*$/s, ''));
}
