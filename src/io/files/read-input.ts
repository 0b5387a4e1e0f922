import { readFile, stat } from 'node:fs/promises';
import { MaskwrightError } from '../../errors.js';

/** The name that stands for standard input or output. */
export const STDIO = '-';

/**
 * The bytes of a file, or of standard input for `-`.
 * Throws `INPUT_NOT_FOUND`, `INPUT_IS_FOLDER`, `INPUT_EMPTY` or `INPUT_UNREADABLE`.
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

/** Devices such as /dev/zero have no end; pipes are fine. */
async function readWhole(path: string): Promise<Uint8Array> {
  const entry = await stat(path);
  if (entry.isCharacterDevice() || entry.isBlockDevice()) {
    throw new Error('it is a device, not a file');
  }
  return readFile(path);
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function fail(path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
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
    cause: error,
  });
}
