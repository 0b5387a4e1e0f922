import { localStorage } from './local-storage.js';
import { s3Storage } from './s3-storage.js';
import { isRemote } from './storage-path.js';
import type { Storage } from './storage.js';

/** Where a path or URI lies. The packages of a service are loaded with the first request. */
export function storageOf(path: string): Storage {
  return isRemote(path) ? s3Storage : localStorage;
}

/** What tells whether the content of a file has changed: the ETag of an object, SHA-256 of a local file. */
export async function versionOf(path: string): Promise<string | undefined> {
  return (await storageOf(path).head(path))?.version;
}
