import { copyFile, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { createFolder } from '../../io/files/create-folder.js';
import { replaceFile } from '../../io/files/temporary-files.js';
import { cacheFolder } from './cache-folder.js';
import { folderFrom, huggingFaceHome } from './hub-endpoint.js';

/**
 * The cache of Python's huggingface_hub, shared with it:
 * - `models--owner--name/blobs/<etag>`: the content of files;
 * - `models--owner--name/snapshots/<commit>/<file>`: links to them, or the files themselves where links are not allowed;
 * - `models--owner--name/refs/<revision>`: the commit that a branch or tag stood for when it was last asked for.
 */

/**
 * The root of the cache: the folder that was chosen, `HF_HUB_CACHE`, `HF_HOME`/hub, `MASKWRIGHT_CACHE`/hub, else the
 * folder that Python uses.
 */
export function hubCacheFolder(chosen: string | undefined): string {
  const named = folderFrom('HF_HUB_CACHE') ?? folderFrom('HUGGINGFACE_HUB_CACHE');
  const own =
    process.env['HF_HOME'] === undefined || process.env['HF_HOME'] === '' ? folderFrom('MASKWRIGHT_CACHE') : undefined;
  return resolve(chosen ?? named ?? (own === undefined ? join(huggingFaceHome(), 'hub') : join(cacheFolder(), 'hub')));
}

/** The folder of a repository in a cache. */
export function repositoryFolder(cache: string, id: string): string {
  return join(cache, repositoryName(id));
}

export function repositoryName(id: string): string {
  return `models--${id.replaceAll('/', '--')}`;
}

export function snapshotFolder(repository: string, commit: string): string {
  return join(repository, 'snapshots', commit);
}

export function blobPath(repository: string, etag: string): string {
  return join(repository, 'blobs', etag);
}

export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** The commit that a revision stands for in the cache; undefined where it was never asked for. */
export async function cachedCommit(repository: string, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) {
    return revision;
  }
  const named = await readFile(join(repository, 'refs', revision), 'utf8').catch(() => undefined);
  const commit = named?.trim();
  if (commit !== undefined && isCommit(commit)) {
    return commit;
  }
  // Servers that name no commit: the revision itself names the snapshot.
  return (await isFolder(snapshotFolder(repository, revision))) ? revision : undefined;
}

/** Records the commit that a branch or tag stands for. */
export async function writeRef(repository: string, revision: string, commit: string): Promise<void> {
  if (revision === commit) {
    return;
  }
  const path = join(repository, 'refs', revision);
  await createFolder(dirname(path));
  await replaceFile(path, commit);
}

/** Makes a blob a file of a snapshot: a relative link; where links are not allowed, the file itself moves there. */
export async function addToSnapshot(blob: string, path: string): Promise<void> {
  await createFolder(dirname(path));
  const target = relative(dirname(path), blob);
  if ((await readlink(path).catch(() => undefined)) === target) {
    return;
  }
  await rm(path, { force: true });
  try {
    if (process.env['HF_HUB_DISABLE_SYMLINKS'] === '1') {
      throw Object.assign(new Error('links are switched off'), { code: 'EPERM' });
    }
    await symlink(target, path, 'file');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      return;
    }
    if (code !== 'EPERM' && code !== 'ENOSYS' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') {
      throw error;
    }
    await rename(blob, path).catch(() => copyFile(blob, path));
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
