import { randomBytes } from 'node:crypto';
import { readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const TEMPORARY_NAME = /^\..+\.(\d+)-[0-9a-f]{8}\.tmp$/s;

/** A name beside `path` for a file that is still being written. It tells which process writes it. */
export function temporaryPath(path: string): string {
  // Names have at most 255 bytes; a character has up to four.
  const name = basename(path).slice(0, 50);
  return join(dirname(path), `.${name}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
}

/**
 * Removes what killed processes left half-written in a folder; files of processes that run are kept.
 * Call it before this process writes there: a file of its own number counts as left by an earlier process.
 */
export async function removeDeadTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const writer = TEMPORARY_NAME.exec(name)?.[1];
    if (writer !== undefined && (Number(writer) === process.pid || !isRunning(Number(writer)))) {
      await unlink(join(folder, name)).catch(() => undefined);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
