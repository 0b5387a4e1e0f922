import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A download that nobody continued for so long is given up. */
const PART_DAYS = 14;
const TEMPORARY_DAYS = 1;
const DAY_MS = 86_400_000;

/**
 * Removes what processes that were killed left in a repository of the cache: parts of downloads after two weeks, and
 * temporary files of references after a day. Returns the names of what was removed.
 */
export async function sweepParts(repository: string, now = Date.now()): Promise<string[]> {
  const removed: string[] = [];
  for (const [folder, ending, days] of [
    ['blobs', '.incomplete', PART_DAYS],
    ['refs', '.tmp', TEMPORARY_DAYS],
  ] as const) {
    for (const name of await readdir(join(repository, folder)).catch(() => [])) {
      const path = join(repository, folder, name);
      const entry = name.endsWith(ending) ? await stat(path).catch(() => undefined) : undefined;
      if (entry?.isFile() === true && now - entry.mtimeMs > days * DAY_MS) {
        await rm(path, { force: true });
        removed.push(name);
      }
    }
  }
  return removed;
}
