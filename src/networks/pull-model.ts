import { access, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { MaskwrightError } from '../errors.js';
import { readRecord, writeRecord } from './cache-record.js';
import { downloadFile } from './download-file.js';
import { DTYPES, missingDtype, weightsFile } from './dtypes.js';
import { withFolderLock } from './folder-lock.js';
import { AbsentFile, TransientFailure } from './http-failure.js';
import { fileUrl, hubEndpoint, requestFile } from './hub.js';
import { type ModelTask, TASK_FILES } from './local-model.js';
import type { HubLocation } from './locate-model.js';
import type { LoadOptions } from './model-choice.js';

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
  { offline, onProgress, signal }: PullOptions = {},
): Promise<PulledModel> {
  const { folder } = location;
  const wanted = [...TASK_FILES[task], weightsFile(location.dtype)];
  if ((await absentFrom(folder, wanted)).length === 0) {
    return { commit: (await readRecord(folder))?.commit, downloaded: [] };
  }
  if (offline === true || isOfflineByEnvironment()) {
    throw notHere(location, 'and downloading is switched off (--offline)');
  }
  return withFolderLock(folder, signal, async () => {
    await removeLeftovers(folder);
    const downloaded: string[] = [];
    for (const file of await absentFrom(folder, wanted)) {
      await pullFile(location, file, { onProgress, signal });
      downloaded.push(file);
    }
    return { commit: (await readRecord(folder))?.commit, downloaded };
  });
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
      `run "maskwright models pull ${id}" where there is a network and copy the folder here,` +
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
