import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and those above it that are missing. Node's own `recursive` never ends where a system refuses a
 * folder as if those above it were missing, as /proc does.
 */
export async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = dirname(path);
    if (code === 'ENOENT' && above !== path) {
      // Missing, or created meanwhile by another task: both end in a second attempt.
      if ((await stat(above).catch(() => undefined)) === undefined) {
        await createFolder(above);
      }
      await mkdir(path).catch(ignoreExisting);
    } else {
      ignoreExisting(error);
      if (!(await stat(path)).isDirectory()) {
        throw error;
      }
    }
  }
}

/** Another process may have been faster; some systems refuse what exists by another code. */
function ignoreExisting(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EEXIST' && code !== 'EISDIR') {
    throw error;
  }
}
