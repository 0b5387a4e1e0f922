import { unlinkSync } from 'node:fs';
import { type FileHandle, link, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { createFolder } from '../files/create-folder.js';
import { hashFile, hashIfReadable } from '../files/hash-file.js';
import { temporaryPath } from '../files/temporary-files.js';
import { type OutputFile, piecesOf, type Storage } from './storage.js';

/** Node reads no larger file in one piece. */
const MAX_INPUT_BYTES = 2 ** 31 - 1;

/** The remedy where the system has no file descriptor left. */
const TOO_MANY_FILES = 'too many files are open: use a smaller --concurrency, or raise the limit (ulimit -n)';

/** Files that were written and are being brought to the disk. */
const MOST_SYNCING = 4;
/** Of pixels: with more, one image at a time is drawn. */
const LITTLE_MEMORY = 134_217_728;

const unfinished = new Set<string>();
let cleansAtExit = false;

/**
 * Folders of this machine. Files are written under temporary names beside their targets and renamed, all of them only
 * after all are written. Temporary files are removed at any exit that lets JavaScript run.
 */
export const localStorage: Storage = {
  read: async (path) => ({ data: await readWhole(path).catch((error: unknown) => failRead(path, error)) }),
  head: async (path) => {
    const sha256 = await hashIfReadable(path);
    return sha256 === undefined ? undefined : { version: `sha256:${sha256}`, metadata: {} };
  },
  write: async (files, { once = false, signal }) => {
    const written: { readonly temporary: string; readonly file: OutputFile }[] = [];
    let inWork: Promise<void>[] = [];
    // Files are brought to the disk while the next ones are encoded.
    const syncing: Promise<void>[] = [];
    try {
      for (const file of files) {
        const temporary = temporaryPath(file.path);
        remember(temporary);
        written.push({ temporary, file });
        inWork.push(writeAndVerify(temporary, file, signal, syncing));
        // One that fails before its turn to be waited for must not end the process.
        inWork.at(-1)!.catch(() => undefined);
        if (inWork.length >= filesAtOnce()) {
          await Promise.all(inWork);
          inWork = [];
        }
        while (syncing.length > MOST_SYNCING) {
          await syncing.shift();
        }
      }
      await Promise.all(inWork);
      await Promise.all(syncing);
      signal?.throwIfAborted();
      for (const { temporary, file } of written) {
        await (once ? publishOnce(temporary, file) : rename(temporary, file.path)).catch((error: unknown) =>
          failWrite(file.path, error),
        );
        if (!once) {
          unfinished.delete(temporary);
        }
      }
    } finally {
      await Promise.allSettled(inWork);
      await Promise.allSettled(syncing);
      for (const { temporary } of written) {
        if (unfinished.delete(temporary)) {
          await unlink(temporary).catch(() => undefined);
        }
      }
    }
  },
};

/** Gives a file its name where no file has it; one of the same bytes stays untouched, another one is replaced. */
async function publishOnce(temporary: string, file: OutputFile): Promise<void> {
  try {
    await link(temporary, file.path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' || (await hashIfReadable(file.path)) !== (await hashFile(temporary))) {
      // Another content, or a file system without links.
      await rename(temporary, file.path);
    }
  }
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

/** An error of reading, as one line. */
export function failRead(path: string, error: unknown): never {
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

/** Files that are written at a time: while one is compressed by the threads the next one is drawn, where both are small. */
function filesAtOnce(): number {
  return process.memoryUsage().external < LITTLE_MEMORY ? 2 : 1;
}

async function writeAndVerify(
  temporary: string,
  file: OutputFile,
  signal: AbortSignal | undefined,
  syncing: Promise<void>[],
): Promise<void> {
  const handle = await writeWhole(temporary, file, signal);
  const synced = syncAndClose(handle, file.path);
  synced.catch(() => undefined);
  syncing.push(synced);
  await file.verify?.(temporary);
}

/** Writes a file; what is returned has to be synchronized and closed. */
async function writeWhole(temporary: string, file: OutputFile, signal: AbortSignal | undefined): Promise<FileHandle> {
  const fail = (error: unknown): never => failWrite(file.path, error);
  await createFolder(dirname(file.path)).catch(fail);
  const handle = await open(temporary, 'wx').catch(fail);
  try {
    // What the encoder throws is passed on as it is.
    for await (const piece of piecesOf(file)) {
      signal?.throwIfAborted();
      await handle.writeFile(piece).catch(fail);
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function syncAndClose(handle: FileHandle, path: string): Promise<void> {
  try {
    await handle.sync().catch((error: unknown) => failWrite(path, error));
  } finally {
    await handle.close();
  }
}

function failWrite(path: string, error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    throw new MaskwrightError('OUTPUT_DISK_FULL', `no space left to write ${path}`, {
      hint: 'free some space, or write elsewhere',
      cause: error,
    });
  }
  throw new MaskwrightError('OUTPUT_UNWRITABLE', `${path} cannot be written: ${(error as Error).message}`, {
    hint: code === 'EMFILE' || code === 'ENFILE' ? TOO_MANY_FILES : 'check the folder and its permissions',
    cause: error,
  });
}

function remember(temporary: string): void {
  unfinished.add(temporary);
  if (!cleansAtExit) {
    cleansAtExit = true;
    process.on('exit', () => {
      for (const path of unfinished) {
        try {
          unlinkSync(path);
        } catch {
          // It was never created, or is gone already.
        }
      }
    });
  }
}
