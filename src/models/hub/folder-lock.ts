import { mkdir, open, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_FILE = '.lock';
const REFRESH_MS = 2000;
/** A lock that nobody refreshed for so long was left behind by a process that was killed. */
const STALE_MS = 15_000;
const POLL_MS = 150;

/**
 * Does work while no other process works in the same folder, so that two of them don't download the same
 * file. Files stay right even where two get in at once: each is renamed into place whole.
 */
export async function withFolderLock<Result>(
  folder: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, LOCK_FILE);
  while (!(await take(path))) {
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

async function take(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(`${hostname()} ${process.pid}`);
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(path), readFile(path, 'utf8')]);
    const [host, pid] = text.split(' ');
    return Date.now() - mtimeMs > STALE_MS || (host === hostname() && pid !== undefined && !isAlive(Number(pid)));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
