import { access, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { MaskwrightError } from '../../errors.js';
import { readRecord, writeRecord } from './cache-record.js';
import { downloadFile } from './download-file.js';
import { DTYPES, missingDtype, weightsFile } from '../registry/dtypes.js';
import { withFolderLock } from './folder-lock.js';
import { AbsentFile, TransientFailure } from './http-errors.js';
import { fileUrl, hubEndpoint, requestFile } from './hub.js';
import { type ModelTask, TASK_FILES, TASK_MODEL_TYPES } from '../registry/local-model.js';
import { readModelJson } from '../registry/validate-model-file.js';
import type { HubLocation } from '../registry/locate-model.js';
import { type LoadOptions, MODEL_DEFAULTS } from '../registry/model-choice.js';

export interface PullOptions extends LoadOptions {
  readonly offline?: boolean | undefined;
}

export interface PulledModel {
  /** The commit that the files are of, where the hub told it. */
  readonly commit: string | undefined;
  /** Files that had to be downloaded. */
  readonly downloaded: readonly string[];
}

/**
 * Makes sure that the files of a hub model are in the cache, downloading what is missing. All of them are
 * of one commit. Throws errors of the category `model`.
 */
export async function pullModel(
  location: HubLocation,
  task: ModelTask,
  options: PullOptions = {},
): Promise<PulledModel> {
  const downloaded = await pullFiles(location, [...TASK_FILES[task], weightsFile(location.dtype)], options);
  return { commit: (await readRecord(location.folder))?.commit, downloaded };
}

/** Downloads those of `files` that are not here, and returns their names. */
async function pullFiles(
  location: HubLocation,
  files: readonly string[],
  { offline, onProgress, signal }: PullOptions,
): Promise<string[]> {
  const { folder } = location;
  if ((await absentFrom(folder, files)).length === 0) {
    return [];
  }
  if (offline === true || isOfflineByEnvironment()) {
    throw notHere(location, 'and downloading is switched off (--offline)');
  }
  return withFolderLock(folder, signal, async () => {
    await removeLeftovers(folder);
    const absent = await absentFrom(folder, files);
    for (const file of absent) {
      await pullFile(location, file, { onProgress, signal });
    }
    return absent;
  });
}

/** What a hub model is for, by its config.json, which is downloaded where it is not here yet. */
export async function pullTask(
  location: HubLocation,
  options: PullOptions = {},
): Promise<{ readonly task: ModelTask; readonly downloaded: readonly string[] }> {
  const downloaded = await pullFiles(location, ['config.json'], options);
  const type = (await readModelJson(join(location.folder, 'config.json')))['model_type'];
  const tasks = Object.keys(TASK_MODEL_TYPES) as ModelTask[];
  const task = tasks.find((name) => typeof type === 'string' && TASK_MODEL_TYPES[name].includes(type));
  if (task === undefined) {
    throw new MaskwrightError(
      'MODEL_NOT_FOUND',
      `${location.id} is a ${JSON.stringify(type)} model, which is of no use here`,
      {
        hint: `model types are ${tasks.flatMap((name) => TASK_MODEL_TYPES[name]).join(', ')}`,
      },
    );
  }
  return { task, downloaded };
}

async function pullFile(location: HubLocation, file: string, options: LoadOptions): Promise<void> {
  const { id, revision, folder, known } = location;
  const record = (await readRecord(folder)) ?? { id, revision, commit: undefined, files: {} };
  const url = fileUrl(id, record.commit ?? revision, file);
  try {
    const { size, sha256, commit } = await downloadFile(url, join(folder, file), { ...options, known: known[file] });
    await writeRecord(folder, {
      ...record,
      commit: record.commit ?? commit,
      files: { ...record.files, [file]: { size, sha256 } },
    });
  } catch (error) {
    throw await explain(error, location, file, options);
  }
}

async function explain(error: unknown, location: HubLocation, file: string, { signal }: LoadOptions): Promise<unknown> {
  const { id, revision, dtype } = location;
  if (error instanceof TransientFailure) {
    return notHere(location, `and ${error.message}`, error);
  }
  if (!(error instanceof AbsentFile)) {
    return error;
  }
  if (file === weightsFile(dtype)) {
    return missingDtype(id, dtype, await dtypesOnHub(location, signal));
  }
  return new MaskwrightError('MODEL_NOT_FOUND', `${hubEndpoint()} has no ${file} of ${id} (revision ${revision})`, {
    hint: 'check the name and the revision; only models converted to ONNX for transformers.js can be used',
    cause: error,
  });
}

async function dtypesOnHub({ id, revision }: HubLocation, signal: AbortSignal | undefined): Promise<string[]> {
  const there = await Promise.all(
    DTYPES.map(async (dtype) => {
      const url = fileUrl(id, revision, weightsFile(dtype));
      return requestFile(url, 'HEAD', signal ?? new AbortController().signal).then(
        () => true,
        () => false,
      );
    }),
  );
  return DTYPES.filter((_, i) => there[i]);
}

/** Neither in the cache nor to be had: says where it was looked for, and the two ways out. */
function notHere({ id, dtype, folder }: HubLocation, why: string, cause?: unknown): MaskwrightError {
  return new MaskwrightError('MODEL_OFFLINE', `the model ${id} (${dtype}) is not in ${folder}, ${why}`, {
    hint:
      `run "maskwright models pull ${id}${dtype === MODEL_DEFAULTS.dtype ? '' : ` --dtype ${dtype}`}" where there is a network` +
      ' and copy the folder here,' +
      ' or try the tool with --model tiny',
    cause,
  });
}

function isOfflineByEnvironment(): boolean {
  return /^(?:1|true|yes|on)$/i.test(process.env['HF_HUB_OFFLINE'] ?? '');
}

async function absentFrom(folder: string, files: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    files.map((file) =>
      access(join(folder, file)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_, i) => !there[i]);
}

const LEFTOVER_AGE_MS = 10 * 60 * 1000;

/** Temporary files of processes that were killed. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const place of [folder, join(folder, 'onnx')]) {
    for (const name of await readdir(place).catch(() => [])) {
      const path = join(place, name);
      if (name.endsWith('.tmp') && Date.now() - (await stat(path)).mtimeMs > LEFTOVER_AGE_MS) {
        await unlink(path).catch(() => undefined);
      }
    }
  }
}
