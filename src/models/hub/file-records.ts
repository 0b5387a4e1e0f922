import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { createFolder } from '../../io/files/create-folder.js';
import { MaskwrightError } from '../../errors.js';
import { hashFile } from '../../io/files/hash-file.js';
import { replaceFile } from '../../io/files/temporary-files.js';
import type { KnownFile } from '../registry/known-models.js';
import type { LocalModelFiles } from '../registry/local-model.js';
import type { HubLocation } from '../registry/locate-model.js';
import { familyOf } from '../registry/model-families.js';
import { assertOrdinaryFile, externalFilesOf } from '../registry/validate-model-file.js';
import { repositoryName } from './hub-cache.js';

/**
 * Sizes and hashes of the files of hub models, as they were when this toolkit first saw them. The same file of the same
 * commit must be the same ever after, wherever it comes from: the hub, a mirror, a cache that others write to.
 */
export interface FileRecord extends Required<KnownFile> {
  /** Time of the file when it was last read and found equal. */
  readonly mtimeMs?: number;
}

type Records = Readonly<Record<string, Readonly<Record<string, FileRecord>>>>;

/** A repository on the hub, and the cache that its files are kept in. */
type Repository = Pick<HubLocation, 'cache' | 'id'>;

/** The file with the records of a repository: next to its locks, which stay when the repository is removed. */
export function recordPath({ cache, id }: Repository): string {
  return join(cache, '.locks', repositoryName(id), 'maskwright.json');
}

/** The records of the files of a commit. */
export async function readRecords(
  repository: Repository,
  commit: string,
): Promise<Readonly<Record<string, FileRecord>>> {
  return (await readAll(repository))[commit] ?? {};
}

/** Adds records. A cache that cannot be written keeps none. */
export async function addRecords(
  repository: Repository,
  commit: string,
  files: Readonly<Record<string, FileRecord>>,
): Promise<void> {
  const path = recordPath(repository);
  const all = await readAll(repository);
  const text = `${JSON.stringify({ ...all, [commit]: { ...all[commit], ...files } }, undefined, 2)}\n`;
  await createFolder(dirname(path))
    .then(() => replaceFile(path, text))
    .catch(() => undefined);
}

async function readAll(repository: Repository): Promise<Records> {
  try {
    const value: unknown = JSON.parse(await readFile(recordPath(repository), 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Records) : {};
  } catch {
    return {};
  }
}

/** Names of all files of a model, relative to its folder, external data included. */
export function filesOfModel({ family, folder, graphs }: LocalModelFiles): string[] {
  const paths = Object.values(graphs);
  const external = paths.flatMap((path) => externalFilesOf(path).map((name) => join(dirname(path), name)));
  return [
    ...familyOf(family).files,
    ...[...paths, ...external].map((path) => relative(folder, path).split(sep).join('/')),
  ];
}

/**
 * Compares the files of a hub model with their records, and records those that are seen for the first time. A file that
 * has kept its size and time since is not read again. Throws `MODEL_DAMAGED` where one differs.
 */
export async function verifyRecordedFiles(
  location: HubLocation,
  model: LocalModelFiles & { readonly identity: { readonly revision: string } },
): Promise<void> {
  const { id, known } = location;
  const commit = model.identity.revision;
  const records = await readRecords(location, commit);
  const fresh: Record<string, FileRecord> = {};
  const names = await filesOf(model);
  for (const name of names) {
    const path = join(model.folder, name);
    const entry = await stat(path).catch(() => undefined);
    if (entry === undefined || !entry.isFile()) {
      continue;
    }
    const record = records[name];
    if (record?.size === entry.size && record.mtimeMs === entry.mtimeMs) {
      continue;
    }
    await assertOrdinaryFile(path, model.folder);
    const sha256 = await hashFile(path);
    const problem = differenceFrom({ size: entry.size, sha256 }, { ...known[name], ...record });
    if (problem !== undefined) {
      throw new MaskwrightError('MODEL_DAMAGED', `the model file ${path} cannot be used: ${problem}`, {
        hint: `maskwright models rm ${id} removes the model; then pull it again`,
      });
    }
    fresh[name] = { size: entry.size, sha256, mtimeMs: entry.mtimeMs };
  }
  if (Object.keys(fresh).length > 0) {
    await addRecords(location, commit, fresh);
  }
}

/** The files, or the graphs without their external data where a graph cannot be read: validation names it. */
async function filesOf(model: LocalModelFiles): Promise<string[]> {
  try {
    for (const path of Object.values(model.graphs)) {
      await assertOrdinaryFile(path, model.folder);
    }
    return filesOfModel(model);
  } catch {
    return [];
  }
}

/** How a file differs from its record; undefined where it does not. */
export function differenceFrom(file: Required<KnownFile>, record: KnownFile): string | undefined {
  if (record.size !== undefined && record.size !== file.size) {
    return `it has ${file.size} bytes instead of ${record.size}`;
  }
  return record.sha256 !== undefined && record.sha256 !== file.sha256
    ? `its SHA-256 is ${file.sha256} instead of ${record.sha256}`
    : undefined;
}
