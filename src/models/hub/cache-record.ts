import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What was downloaded into a folder of the cache: so that it can be verified later, without the hub. */
export interface CacheRecord {
  readonly id: string;
  readonly revision: string;
  /** The commit that the revision stood for when the first file was downloaded; all files are of it. */
  readonly commit: string | undefined;
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
}

export const RECORD_FILE = 'maskwright.json';

/** The record of a folder; undefined where there is none that can be read. */
export async function readRecord(folder: string): Promise<CacheRecord | undefined> {
  try {
    const value = JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8')) as CacheRecord;
    return typeof value.id === 'string' && typeof value.files === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

export async function writeRecord(folder: string, record: CacheRecord): Promise<void> {
  const temporary = join(folder, `.${RECORD_FILE}.${randomBytes(4).toString('hex')}.tmp`);
  await writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(temporary, join(folder, RECORD_FILE));
}
