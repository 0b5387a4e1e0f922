import { open, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolder } from '../../../io/files/create-folder.js';
import { MaskwrightError } from '../../../errors.js';
import { isProcessRunning } from '../../../io/files/is-process-running.js';

const REFRESH_MS = 2000;
/** A lock that was not refreshed for so long is of a process that was killed. */
const STALE_MS = 15_000;
const POLL_MS = 150;

/**
 * Runs work while no other process holds the lock at `path`, so that two of them share one download. The lock is
 * advisory: files are whole without it, as each takes its name in one step. Throws `OUTPUT_UNWRITABLE` where something
 * else than a file is in the place of the lock.
 */
export async function withDownloadLock<Result>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  await createFolder(dirname(path));
  while (!(await acquire(path))) {
    await sleep(POLL_MS, undefined, { signal });
    if (await isStale(path)) {
      await unlink(path).catch(() => undefined);
    }
  }
  const refresh = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, REFRESH_MS);
  refresh.unref();
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    await unlink(path).catch(() => undefined);
  }
}

async function acquire(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(`${hostname()} ${process.pid}`);
    await handle.close();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'EISDIR') {
      throw error;
    }
    const entry = await stat(path).catch(() => undefined);
    if (entry !== undefined && !entry.isFile()) {
      throw new MaskwrightError('OUTPUT_UNWRITABLE', `${path} is not a file, so that the model cannot be locked`, {
        hint: 'remove it, or name another folder for models with HF_HUB_CACHE',
        cause: error,
      });
    }
    return false;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(path), readFile(path, 'utf8')]);
    const [host, pid] = text.split(' ');
    return (
      Date.now() - mtimeMs > STALE_MS || (host === hostname() && pid !== undefined && !isProcessRunning(Number(pid)))
    );
  } catch {
    return false;
  }
}
