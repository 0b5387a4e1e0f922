import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isProcessRunning } from './is-process-running.js';

/** The machine in a few letters: folders may be shared, and process numbers mean nothing on another machine. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

const TEMPORARY_NAME = /^\..+\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.tmp$/s;

/** A name in the folder of `path` for a file that is still being written. It names the machine and process. */
export function temporaryPath(path: string): string {
  // Names have at most 255 bytes; a character has up to four.
  const name = basename(path).slice(0, 50);
  return join(dirname(path), `.${name}.${HOST}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
}

/** Writes a small file whole or not at all. Throws what the file system does. */
export async function replaceFile(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await writeFile(temporary, data, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/**
 * Removes what killed processes of this machine left half-written in a folder. Files of running processes and of other
 * machines are kept. Call it before this process writes there: a file of its own number counts as left by an earlier
 * process.
 */
export async function removeDeadTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, host, pid] = TEMPORARY_NAME.exec(name) ?? [];
    if (host === HOST && (Number(pid) === process.pid || !isProcessRunning(Number(pid)))) {
      await unlink(join(folder, name)).catch(() => undefined);
    }
  }
}
