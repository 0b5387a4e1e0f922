import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readRecord } from './cache-record.js';
import { findProblem } from '../registry/validate-model-file.js';
import { modelCache } from '../registry/locate-model.js';
import type { KnownFile } from '../registry/known-models.js';

/** One revision of a hub model in the cache. */
export interface CachedModel {
  readonly id: string;
  readonly revision: string;
  readonly commit: string | undefined;
  readonly folder: string;
  readonly bytes: number;
  /** Size and hash of each file, as they were when it was downloaded. */
  readonly files: Readonly<Record<string, KnownFile>>;
}

/** Every model in the cache, by id. */
export async function cachedModels(cacheDir?: string): Promise<CachedModel[]> {
  const root = modelCache(cacheDir);
  const found: CachedModel[] = [];
  for (const owner of await folders(root)) {
    for (const name of await folders(join(root, owner))) {
      for (const revision of await folders(join(root, owner, name))) {
        const folder = join(root, owner, name, revision);
        const record = await readRecord(folder);
        found.push({
          id: `${owner}/${name}`,
          revision: record?.revision ?? revision,
          commit: record?.commit,
          folder,
          bytes: await sizeOf(folder),
          files: record?.files ?? {},
        });
      }
    }
  }
  return found.sort((a, b) => a.folder.localeCompare(b.folder));
}

export interface FileCheck {
  readonly path: string;
  readonly size: number | undefined;
  readonly sha256: string | undefined;
  /** What is wrong with it; undefined where nothing is. */
  readonly problem: string | undefined;
}

/** Reads every file of a model again and compares it with what is known of it. */
export async function verifyFiles(folder: string, files: Readonly<Record<string, KnownFile>>): Promise<FileCheck[]> {
  const checks: FileCheck[] = [];
  for (const [name, known] of Object.entries(files)) {
    checks.push(await verifyFile(join(folder, name), known));
  }
  return checks;
}

async function verifyFile(path: string, known: KnownFile): Promise<FileCheck> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) {
    return { path, size: undefined, sha256: undefined, problem: 'it is missing' };
  }
  const sha256 = await hashFile(path);
  const problem =
    known.size !== undefined && known.size !== entry.size
      ? `it has ${entry.size} bytes instead of ${known.size}`
      : known.sha256 !== undefined && known.sha256 !== sha256
        ? `its SHA-256 is ${sha256} instead of ${known.sha256}`
        : await findProblem(path, path);
  return { path, size: entry.size, sha256, problem };
}

/** Removes revisions of models from the cache. */
export async function removeModels(models: readonly CachedModel[]): Promise<void> {
  for (const { folder } of models) {
    await rm(folder, { recursive: true, force: true });
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
