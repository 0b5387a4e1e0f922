import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MaskwrightError } from '../../errors.js';
import { checkModelFile, damaged, readModelJson } from './validate-model-file.js';
import { DTYPES, missingDtype, weightsFile } from './dtypes.js';
import { type LocalModel, type ModelTask, TASK_FILES, TASK_MODEL_TYPES } from './local-model.js';

/**
 * Says what the files of a model's folder are, without looking into the large ones.
 *
 * Throws `MODEL_NOT_FOUND` where a file is missing or the model does another task, `MODEL_DTYPE` where the
 * weights wanted are, `MODEL_DAMAGED` where `config.json` is broken.
 */
export async function openFolder(
  id: string,
  folder: string,
  task: ModelTask,
  dtype: string,
): Promise<Omit<LocalModel, 'identity'>> {
  for (const file of TASK_FILES[task]) {
    await access(join(folder, file)).catch((error: unknown) => missing(id, folder, file, error));
  }
  const configPath = join(folder, 'config.json');
  const type = (await readModelJson(configPath))['model_type'];
  if (typeof type !== 'string' || !TASK_MODEL_TYPES[task].includes(type)) {
    throw new MaskwrightError('MODEL_NOT_FOUND', `${id} is a ${JSON.stringify(type)} model, which cannot do ${task}`, {
      hint: `the model_type in config.json must be ${TASK_MODEL_TYPES[task].join(' or ')}`,
    });
  }
  const weights = join(folder, weightsFile(dtype));
  await access(weights).catch(async (error: unknown) => {
    throw isMissing(error) ? missingDtype(id, dtype, await dtypesIn(folder)) : error;
  });
  return { folder, weights };
}

/** Detections into the files that `openFolder` named. Throws `MODEL_DAMAGED` where one is broken. */
export async function checkFolder({ folder, weights }: Omit<LocalModel, 'identity'>, task: ModelTask): Promise<void> {
  for (const path of [...TASK_FILES[task].map((file) => join(folder, file)), weights]) {
    await checkModelFile(path).catch((error: unknown) => {
      throw error instanceof MaskwrightError ? error : damaged(path, (error as Error).message, error);
    });
  }
}

/** Which weights a folder has. */
export async function dtypesIn(folder: string): Promise<string[]> {
  const files = new Set(await readdir(join(folder, 'onnx')).catch(() => []));
  return DTYPES.filter((dtype) => files.has(weightsFile(dtype).slice('onnx/'.length)));
}

/** Files up to this size are known by their content, larger ones by size and time: reading them would take seconds. */
const FINGERPRINT_BYTES = 32 * 1024 * 1024;

/** Twelve hexadecimal digits that change with the files of a model. */
export async function fingerprint({ folder, weights }: Omit<LocalModel, 'identity'>): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(join(folder, 'config.json')));
  hash.update(await readFile(join(folder, 'preprocessor_config.json')));
  const { size, mtimeMs } = await stat(weights);
  if (size <= FINGERPRINT_BYTES) {
    await pipeline(createReadStream(weights), hash, { end: false });
  } else {
    hash.update(`${size} ${mtimeMs}`);
  }
  return hash.digest('hex').slice(0, 12);
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR';
}

function missing(id: string, folder: string, file: string, error: unknown): never {
  if (isMissing(error)) {
    throw new MaskwrightError('MODEL_NOT_FOUND', `${id} has no ${file} (looked in ${folder})`, {
      hint: 'a model folder has config.json, preprocessor_config.json, tokenizer files and onnx/model*.onnx',
      cause: error,
    });
  }
  throw error instanceof MaskwrightError ? error : damaged(join(folder, file), (error as Error).message, error);
}
