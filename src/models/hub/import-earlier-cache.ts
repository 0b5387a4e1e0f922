import { createHash } from 'node:crypto';
import { copyFile, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFolder } from '../../io/files/create-folder.js';
import { hashFile } from '../../io/files/hash-file.js';
import type { HubLocation } from '../registry/locate-model.js';
import { cacheFolder } from './cache-folder.js';
import { addRecords } from './file-records.js';
import { addToSnapshot, blobPath, isCommit, repositoryFolder, snapshotFolder, writeRef } from './hub-cache.js';

interface EarlierRecord {
  readonly revision: string;
  readonly commit: string;
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
}

/** The folder that versions before 0.1.0 kept a model in: its files by name, and `maskwright.json` with their hashes. */
export function earlierFolder(id: string, revision: string): string {
  return join(cacheFolder(), 'models', ...id.split('/'), revision.replaceAll('/', '--'));
}

/**
 * Moves a model that an earlier version downloaded into the hub's cache, so that it is not downloaded again. Files that
 * differ from their record are left out. Does nothing where there is none.
 */
export async function importEarlierCache(location: HubLocation): Promise<void> {
  const { id, cache, revision } = location;
  for (const name of new Set([revision, 'main'])) {
    const folder = earlierFolder(id, name);
    const record = await readEarlier(folder);
    if (record !== undefined && (record.commit === revision || record.revision === revision)) {
      await moveFiles(folder, record, location);
      await writeRef(repositoryFolder(cache, id), record.revision, record.commit);
      await rm(folder, { recursive: true, force: true });
      return;
    }
  }
}

async function moveFiles(folder: string, { commit, files }: EarlierRecord, location: HubLocation): Promise<void> {
  const repository = repositoryFolder(location.cache, location.id);
  for (const [name, record] of Object.entries(files)) {
    const path = join(folder, name);
    const entry = await stat(path).catch(() => undefined);
    if (entry?.isFile() !== true || entry.size !== record.size || (await hashFile(path)) !== record.sha256) {
      continue;
    }
    // The hub's names: SHA-256 for large files, git's hash for the others.
    const etag = name.endsWith('.onnx') ? record.sha256 : await gitHash(path, entry.size);
    const blob = blobPath(repository, etag);
    await createFolder(dirname(blob));
    await rename(path, blob).catch(() => copyFile(path, blob));
    await addToSnapshot(blob, join(snapshotFolder(repository, commit), name));
    await addRecords(location, commit, { [name]: record });
  }
}

async function gitHash(path: string, size: number): Promise<string> {
  return createHash('sha1')
    .update(`blob ${size}\0`)
    .update(await readFile(path))
    .digest('hex');
}

async function readEarlier(folder: string): Promise<EarlierRecord | undefined> {
  try {
    const value = JSON.parse(await readFile(join(folder, 'maskwright.json'), 'utf8')) as EarlierRecord;
    const safe = Object.keys(value.files).every((name) => /^(?:onnx\/)?[\w.-]+$/.test(name) && !name.includes('..'));
    return isCommit(value.commit) && typeof value.revision === 'string' && safe ? value : undefined;
  } catch {
    return undefined;
  }
}
