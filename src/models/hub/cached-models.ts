import { readdir, readFile, readlink, realpath, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { hashFile } from '../../io/files/hash-file.js';
import type { KnownFile } from '../registry/known-models.js';
import { familyOfType } from '../registry/model-families.js';
import type { ModelTask } from '../registry/model-task.js';
import { assertOrdinaryFile, findProblem, readModelJson } from '../registry/validate-model-file.js';
import { differenceFrom, readRecords } from './file-records.js';
import { hubCacheFolder } from './hub-cache.js';

/** One commit of a hub model in the cache. */
export interface CachedModel {
  readonly id: string;
  readonly task: ModelTask;
  readonly commit: string;
  /** Branches and tags that stood for the commit when they were last asked for. */
  readonly revisions: readonly string[];
  readonly folder: string;
  readonly bytes: number;
  /** Sizes and hashes of its files, as they were at their first download. */
  readonly files: Readonly<Record<string, KnownFile>>;
}

/** The models in the cache that can be used here, by id. Other models, which other programs keep there, are left out. */
export async function cachedModels(cacheDir?: string): Promise<CachedModel[]> {
  const cache = hubCacheFolder(cacheDir);
  const found: CachedModel[] = [];
  for (const name of await folders(cache)) {
    const id = /^models--(.+)$/.exec(name)?.[1]?.replaceAll('--', '/');
    if (id === undefined) {
      continue;
    }
    const repository = join(cache, name);
    const refs = await readRefs(join(repository, 'refs'));
    for (const commit of await folders(join(repository, 'snapshots'))) {
      const folder = join(repository, 'snapshots', commit);
      const task = await taskOf(folder);
      if (task !== undefined) {
        found.push({
          id,
          task,
          commit,
          revisions: [...refs].filter(([, target]) => target === commit).map(([revision]) => revision),
          folder,
          bytes: await bytesOf(folder),
          files: await expectedFiles({ cache, id }, commit, folder),
        });
      }
    }
  }
  return found.sort((a, b) => a.folder.localeCompare(b.folder));
}

async function taskOf(folder: string): Promise<ModelTask | undefined> {
  const path = join(folder, 'config.json');
  try {
    await assertOrdinaryFile(path, folder);
    return familyOfType((await readModelJson(path))['model_type'])?.task;
  } catch {
    return undefined;
  }
}

/** The records; for files that another program downloaded the hash that the hub's cache names them by. */
async function expectedFiles(
  repository: { readonly cache: string; readonly id: string },
  commit: string,
  folder: string,
): Promise<Record<string, KnownFile>> {
  const records = await readRecords(repository, commit);
  const names = await filesIn(folder);
  const expected = await Promise.all(
    names.map(async (name): Promise<[string, KnownFile]> => {
      const blob = (await readlink(join(folder, name)).catch(() => '')).split(/[\\/]/).at(-1)!;
      const { size, sha256 } = records[name] ?? {};
      const hash = sha256 ?? (/^[0-9a-f]{64}$/.test(blob) ? blob : undefined);
      return [name, { ...(size === undefined ? {} : { size }), ...(hash === undefined ? {} : { sha256: hash }) }];
    }),
  );
  return Object.fromEntries(expected);
}

export interface FileCheck {
  readonly path: string;
  readonly size: number | undefined;
  readonly sha256: string | undefined;
  /** Undefined where the file is as it should be. */
  readonly problem: string | undefined;
}

/** Reads every file of a model again and compares it with its expected size and hash. */
export async function verifyFiles(folder: string, files: Readonly<Record<string, KnownFile>>): Promise<FileCheck[]> {
  const checks: FileCheck[] = [];
  for (const [name, known] of Object.entries(files)) {
    checks.push(await verifyFile(join(folder, name), known));
  }
  return checks;
}

async function verifyFile(path: string, known: KnownFile): Promise<FileCheck> {
  const entry = await stat(path).catch(() => undefined);
  if (entry?.isFile() !== true) {
    const problem = entry === undefined ? 'it is missing' : 'it is not an ordinary file';
    return { path, size: undefined, sha256: undefined, problem };
  }
  const sha256 = await hashFile(path);
  const problem = differenceFrom({ size: entry.size, sha256 }, known) ?? (await findProblem(path, path));
  return { path, size: entry.size, sha256, problem };
}

/** Removes commits of models from the cache, with the contents that no other commit has. */
export async function removeModels(models: readonly CachedModel[]): Promise<void> {
  for (const { folder, revisions } of models) {
    const repository = join(folder, '..', '..');
    await rm(folder, { recursive: true, force: true });
    for (const revision of revisions) {
      await rm(join(repository, 'refs', revision), { force: true });
    }
    const snapshots = await folders(join(repository, 'snapshots'));
    if (snapshots.length === 0) {
      await rm(repository, { recursive: true, force: true });
      continue;
    }
    const used = new Set<string>();
    for (const snapshot of snapshots) {
      const place = join(repository, 'snapshots', snapshot);
      for (const name of await filesIn(place)) {
        used.add(await realpath(join(place, name)).catch(() => ''));
      }
    }
    for (const name of await readdir(join(repository, 'blobs')).catch(() => [])) {
      const blob = join(repository, 'blobs', name);
      if (!used.has(await realpath(blob).catch(() => ''))) {
        await rm(blob, { force: true });
      }
    }
  }
}

async function readRefs(folder: string): Promise<Map<string, string>> {
  const refs = new Map<string, string>();
  for (const name of await filesIn(folder)) {
    refs.set(name, (await readFile(join(folder, name), 'utf8')).trim());
  }
  return refs;
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name);
}

/** Files and links in a folder, by their names relative to it with `/`. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

async function bytesOf(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await filesIn(folder)).map(async (name) => (await stat(join(folder, name)).catch(() => ({ size: 0 }))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
