import { access, rm, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { hashFile } from '../../io/files/hash-file.js';
import { DTYPES, graphFile, missingDtype } from '../registry/dtypes.js';
import { type KnownFile, knownModels } from '../registry/known-models.js';
import type { HubLocation } from '../registry/locate-model.js';
import { type LoadOptions, MODEL_DEFAULTS } from '../registry/model-choice.js';
import type { ModelFamily } from '../registry/model-family.js';
import { assertFamily } from '../registry/model-files.js';
import type { ModelTask } from '../registry/model-task.js';
import { assertOrdinaryFile, externalFilesOf, readModelJson } from '../registry/validate-model-file.js';
import { downloadFile, LARGEST_MODEL, storageFailure } from './download/download-file.js';
import { bytesKept } from './download/partial-file.js';
import { withDownloadLock } from './download/download-lock.js';
import { addRecords, differenceFrom, readRecords, recordPath } from './file-records.js';
import {
  addToSnapshot,
  blobPath,
  cachedCommit,
  isCommit,
  repositoryFolder,
  repositoryName,
  snapshotFolder,
  writeRef,
} from './hub-cache.js';
import { fileUrl, isOfflineByEnvironment, printableEndpoint } from './hub-endpoint.js';
import { type RemoteFile, requestMetadata } from './hub-request.js';
import { AbsentFile, TransientFailure } from './http-errors.js';
import { importEarlierCache } from './import-earlier-cache.js';
import { sweepParts } from './download/sweep-parts.js';

export interface PullOptions extends LoadOptions {
  readonly offline?: boolean | undefined;
  /** Ask the hub for the commit that the revision stands for now, and read every file again. */
  readonly refresh?: boolean | undefined;
}

export interface PulledModel {
  /** The commit that the files are of; the revision where the server names none. */
  readonly commit: string;
  /** The folder of the files: a snapshot in the hub's cache. */
  readonly folder: string;
  readonly task: ModelTask;
  /** Files that had to be downloaded. */
  readonly downloaded: readonly string[];
}

/**
 * Makes sure that the files of a hub model are in the cache, downloading what is missing. All of them are of one commit.
 * `task` is the task that the model must do; without it any will do. Throws errors of the category `model`.
 */
export async function pullModel(
  location: HubLocation,
  task: ModelTask | undefined,
  options: PullOptions = {},
): Promise<PulledModel> {
  const complete = options.refresh === true ? undefined : await completeSnapshot(location, task);
  if (complete !== undefined) {
    return complete;
  }
  const repository = repositoryFolder(location.cache, location.id);
  const lock = join(location.cache, '.locks', repositoryName(location.id), 'maskwright.lock');
  try {
    await importEarlierCache(location);
    if (options.offline === true || isOfflineByEnvironment()) {
      const imported = await completeSnapshot(location, task);
      if (imported !== undefined) {
        return imported;
      }
      throw notHere(location, 'and downloads are switched off (--offline)');
    }
    return await withDownloadLock(lock, options.signal, async () => {
      const byOther = options.refresh === true ? undefined : await completeSnapshot(location, task);
      return byOther ?? (await pullSnapshot(location, repository, task, options));
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw storageFailure(error, repository);
  }
}

/** What is in the cache, where no file is missing. */
async function completeSnapshot(
  { id, cache, revision, dtype }: HubLocation,
  task: ModelTask | undefined,
): Promise<PulledModel | undefined> {
  const repository = repositoryFolder(cache, id);
  const commit = await cachedCommit(repository, revision);
  if (commit === undefined) {
    return undefined;
  }
  const folder = snapshotFolder(repository, commit);
  const config = join(folder, 'config.json');
  if (!(await isPresent(config))) {
    return undefined;
  }
  await assertOrdinaryFile(config, folder);
  const family = assertFamily(id, (await readModelJson(config))['model_type'], task);
  const names = [...family.files, ...family.graphs.map((graph) => graphFile(graph, dtype))];
  const present = await Promise.all(names.map((name) => isPresent(join(folder, name))));
  return present.every(Boolean) ? { commit, folder, task: family.task, downloaded: [] } : undefined;
}

interface Snapshot {
  readonly location: HubLocation;
  readonly repository: string;
  readonly folder: string;
  readonly commit: string;
  /** Blobs that were found usable, so that large ones are not read twice. */
  readonly usable: Set<string>;
}

async function pullSnapshot(
  location: HubLocation,
  repository: string,
  task: ModelTask | undefined,
  options: PullOptions,
): Promise<PulledModel> {
  const { id, revision, dtype } = location;
  const { signal } = options;
  const cached = options.refresh === true && !isCommit(revision) ? undefined : await cachedCommit(repository, revision);
  const first = await probe(location, cached ?? revision, 'config.json', signal);
  const commit = cached ?? first.commit ?? revision;
  const folder = snapshotFolder(repository, commit);
  const snapshot: Snapshot = { location, repository, commit, folder, usable: new Set() };
  const downloaded: string[] = [];
  const add = async (name: string, remote: RemoteFile): Promise<void> => {
    if (await fetchInto(snapshot, name, remote, options)) {
      downloaded.push(name);
    }
  };
  await add('config.json', first);
  const config = await readModelJson(join(folder, 'config.json'));
  const family = assertFamily(id, config['model_type'], task);
  const missing = await probeMissing(snapshot, family, options);
  const bytes = await bytesToDownload(snapshot, missing, options);
  if (bytes > 0) {
    const { license, megabytes } = location;
    const source = printableEndpoint();
    options.onDownload?.({ id, dtype, license, megabytes, bytes, source, folder: repository });
  }
  await assertSpace(bytes - (await bytesContinued(snapshot, missing)), repository);
  // A graph comes last: where it is present its external data are present as well.
  for (const [name, remote] of missing) {
    if (!name.endsWith('.onnx')) {
      await add(name, remote);
    }
  }
  for (const graph of family.graphs.map((name) => graphFile(name, dtype))) {
    const remote = missing.get(graph);
    if (remote !== undefined && (await addGraph(snapshot, graph, remote, missing, add, options))) {
      downloaded.push(graph);
    }
  }
  await writeRef(repository, revision, commit);
  await sweepParts(repository).catch(() => undefined);
  return { commit, folder, task: family.task, downloaded };
}

/** Metadata of the files that are missing, in the order of the family, external data by their usual name included. */
async function probeMissing(
  { location, commit, folder }: Snapshot,
  family: ModelFamily,
  { signal, refresh }: PullOptions,
): Promise<Map<string, RemoteFile>> {
  const graphs = family.graphs.map((graph) => graphFile(graph, location.dtype));
  const names = [...family.files.filter((name) => name !== 'config.json'), ...graphs];
  const wanted: string[] = [];
  for (const name of names) {
    if (refresh === true || !(await isPresent(join(folder, name)))) {
      wanted.push(name);
    }
  }
  const probes = await Promise.all([
    ...wanted.map(async (name) => [name, await probe(location, commit, name, signal)] as const),
    ...wanted
      .filter((name) => graphs.includes(name))
      .map(async (name) => {
        const data = `${name}_data`;
        return [data, await probe(location, commit, data, signal).catch(ignoreAbsent)] as const;
      }),
  ]);
  return new Map(probes.filter((entry): entry is [string, RemoteFile] => entry[1] !== undefined));
}

/** A graph and its external data: these are known when the graph is there, and it is added to the snapshot after them. */
async function addGraph(
  snapshot: Snapshot,
  graph: string,
  remote: RemoteFile,
  planned: ReadonlyMap<string, RemoteFile>,
  add: (name: string, remote: RemoteFile) => Promise<void>,
  options: PullOptions,
): Promise<boolean> {
  const { location, commit, folder } = snapshot;
  const { blob, isNew } = await fetchBlob(snapshot, graph, remote, options);
  const names = externalFilesOf(blob).map((name) => `${dirname(graph)}/${name}`);
  const later: [string, RemoteFile][] = [];
  for (const name of names) {
    if (!planned.has(name) && !(await isPresent(join(folder, name)))) {
      later.push([name, await probe(location, commit, name, options.signal)]);
    }
  }
  assertTotal([...planned.values(), ...later.map(([, file]) => file)], location);
  for (const [name, file] of later) {
    await add(name, file);
  }
  await addToSnapshot(blob, join(folder, graph));
  return isNew;
}

/** Adds a file to the snapshot; true where it had to be downloaded. */
async function fetchInto(snapshot: Snapshot, name: string, remote: RemoteFile, options: PullOptions): Promise<boolean> {
  const path = join(snapshot.folder, name);
  if (options.refresh !== true && (await isPresent(path))) {
    return false;
  }
  const { blob, isNew } = await fetchBlob(snapshot, name, remote, options);
  await addToSnapshot(blob, path);
  return isNew;
}

/** The content of a file as a blob in the cache, downloaded where it is not there yet. */
async function fetchBlob(
  snapshot: Snapshot,
  name: string,
  remote: RemoteFile,
  options: PullOptions,
): Promise<{ readonly blob: string; readonly isNew: boolean }> {
  const { location, commit } = snapshot;
  const { id } = location;
  const { blob, expected } = await expectedBlob(snapshot, name, remote);
  if (await isUsable(snapshot, name, remote, options)) {
    return { blob, isNew: false };
  }
  await rm(blob, { force: true });
  const { onProgress, signal } = options;
  const download = { file: name, expected: remote, onProgress, signal };
  const file = await downloadFile(fileUrl(id, commit, name), blob, download).catch(async (error: unknown) => {
    throw await explain(error, location, commit, name, signal);
  });
  const problem = differenceFrom(file, expected);
  if (problem !== undefined) {
    await unlink(blob);
    throw new MaskwrightError('MODEL_DOWNLOAD', `${name} of ${id} is not what it was: ${problem}`, {
      hint: `a commit never changes; where the first download was wrong, remove ${recordPath(location)}`,
    });
  }
  await addRecords(location, commit, { [name]: { ...file, mtimeMs: (await stat(blob)).mtimeMs } });
  snapshot.usable.add(blob);
  return { blob, isNew: true };
}

/** The place of a file's content, and the size and hash that it had at its first download. */
async function expectedBlob(
  { location, repository, commit }: Snapshot,
  name: string,
  { etag }: RemoteFile,
): Promise<{ readonly blob: string; readonly expected: KnownFile }> {
  const record = (await readRecords(location, commit))[name];
  return {
    blob: blobPath(repository, etag ?? `${commit}-${name.replaceAll('/', '--')}`),
    expected: { ...location.known[name], ...record },
  };
}

/** Whether the cache has the content of a file. It is read only where the whole model is to be verified. */
async function isUsable(
  snapshot: Snapshot,
  name: string,
  remote: RemoteFile,
  { refresh }: PullOptions,
): Promise<boolean> {
  const { blob, expected } = await expectedBlob(snapshot, name, remote);
  if (snapshot.usable.has(blob)) {
    return true;
  }
  const entry = await stat(blob).catch(() => undefined);
  const size = remote.size ?? expected.size;
  if (entry?.isFile() !== true || (size !== undefined && size !== entry.size)) {
    return false;
  }
  const sha256 = expected.sha256 ?? remote.sha256;
  if (refresh === true && sha256 !== undefined && (await hashFile(blob)) !== sha256) {
    return false;
  }
  snapshot.usable.add(blob);
  return true;
}

/** Throws `MODEL_DOWNLOAD` where the model is larger than the limit. */
async function bytesToDownload(
  snapshot: Snapshot,
  missing: ReadonlyMap<string, RemoteFile>,
  options: PullOptions,
): Promise<number> {
  const files: RemoteFile[] = [];
  for (const [name, remote] of missing) {
    if (!(await isUsable(snapshot, name, remote, options))) {
      files.push(remote);
    }
  }
  return assertTotal(files, snapshot.location);
}

/** Bytes on the disk of what earlier downloads left of the files. */
async function bytesContinued(snapshot: Snapshot, missing: ReadonlyMap<string, RemoteFile>): Promise<number> {
  let sum = 0;
  for (const [name, remote] of missing) {
    sum += await bytesKept((await expectedBlob(snapshot, name, remote)).blob);
  }
  return sum;
}

/** Asks for a file's metadata, with errors that name the model. */
async function probe(
  location: HubLocation,
  revision: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<RemoteFile> {
  const url = fileUrl(location.id, revision, file);
  for (let attempt = 1; ; attempt++) {
    try {
      return await requestMetadata(url, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TransientFailure) || attempt >= (error.unreachable ? 2 : 3)) {
        throw file.endsWith('_data') && error instanceof AbsentFile
          ? error
          : await explain(error, location, revision, file, signal);
      }
    }
  }
}

function ignoreAbsent(error: unknown): undefined {
  if (!(error instanceof AbsentFile)) {
    throw error;
  }
}

/** The sum of the sizes. Throws `MODEL_DOWNLOAD` where it is above the limit for a model. */
function assertTotal(files: readonly RemoteFile[], { id }: HubLocation): number {
  const bytes = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  if (bytes > LARGEST_MODEL) {
    throw new MaskwrightError('MODEL_DOWNLOAD', `${id} is too large: ${bytes} bytes, the limit is ${LARGEST_MODEL}`, {
      hint: 'check that HF_ENDPOINT is the hub that was meant; nothing was downloaded',
    });
  }
  return bytes;
}

/** Fails before the first byte where the disk has no room for the last one. */
async function assertSpace(needed: number, repository: string): Promise<void> {
  const disk = await statfs(repository).catch(() => undefined);
  const free = disk === undefined ? Infinity : disk.bavail * disk.bsize;
  if (needed > free) {
    throw new MaskwrightError(
      'OUTPUT_DISK_FULL',
      `the model needs ${megabytes(needed)} in ${repository}, where ${megabytes(free)} are free`,
      { hint: 'HF_HUB_CACHE names another folder for models' },
    );
  }
}

async function explain(
  error: unknown,
  location: HubLocation,
  revision: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { id, dtype } = location;
  if (error instanceof TransientFailure) {
    return notHere(location, `and ${error.message}`, error);
  }
  if (!(error instanceof AbsentFile)) {
    return error;
  }
  const graph = /^onnx\/(.+?)(?:_[a-z\d]+)?\.onnx$/.exec(file)?.[1];
  if (graph !== undefined) {
    return missingDtype(id, dtype, await dtypesOnHub(location, revision, graph, signal));
  }
  return new MaskwrightError(
    'MODEL_NOT_FOUND',
    `${printableEndpoint()} has no ${file} of ${id} (revision ${location.revision})`,
    {
      hint: 'check the name and the revision; only models converted to ONNX for transformers.js can be used',
      cause: error,
    },
  );
}

async function dtypesOnHub(
  { id }: HubLocation,
  revision: string,
  graph: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const present = await Promise.all(
    DTYPES.map((dtype) =>
      requestMetadata(fileUrl(id, revision, graphFile(graph, dtype)), signal).then(
        () => true,
        () => false,
      ),
    ),
  );
  return DTYPES.filter((_, i) => present[i]);
}

/** Whether the embedded model for phrases can be tried in its place. */
function findsPhrases(id: string): boolean {
  return (knownModels().find((known) => known.id === id)?.task ?? 'text-segmentation') === 'text-segmentation';
}

/** A model that is neither in the cache nor to be had: the place that was searched, and the two ways out. */
function notHere({ id, dtype, cache }: HubLocation, why: string, cause?: unknown): MaskwrightError {
  const option = dtype === MODEL_DEFAULTS.dtype ? '' : ` --dtype ${dtype}`;
  return new MaskwrightError(
    'MODEL_OFFLINE',
    `the model ${id} (${dtype}) is not in ${repositoryFolder(cache, id)}, ${why}`,
    {
      hint:
        `run "maskwright models pull ${id}${option}" where there is a network and copy that folder here` +
        (findsPhrases(id) ? ', or try the tool with --model tiny' : ''),
      cause,
    },
  );
}

async function isPresent(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
