import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MaskwrightError } from '../../errors.js';
import { DTYPES, graphFile, missingDtype } from './dtypes.js';
import type { LocalModelFiles } from './local-model.js';
import { familiesFor, familyOf, familyOfType } from './model-families.js';
import type { ModelFamily } from './model-family.js';
import type { ModelTask } from './model-task.js';
import { assertOrdinaryFile, damagedFile, quote, readModelJson, validateModelFile } from './validate-model-file.js';

/**
 * Finds the files of a model in a folder, without reading the large ones.
 *
 * Throws `MODEL_NOT_FOUND` where a file is missing or the model does another task, `MODEL_DTYPE` where the weights of
 * the dtype are, `MODEL_DAMAGED` where a file cannot be read.
 */
export async function resolveModelFiles(
  id: string,
  folder: string,
  task: ModelTask,
  dtype: string,
): Promise<LocalModelFiles> {
  const configPath = join(folder, 'config.json');
  await assertPresent(id, folder, 'config.json');
  const family = assertFamily(id, (await readModelJson(configPath))['model_type'], task);
  for (const file of family.files) {
    await assertPresent(id, folder, file);
  }
  const graphs = family.graphs.map((graph) => [graph, join(folder, graphFile(graph, dtype))] as const);
  for (const [, path] of graphs) {
    await access(path).catch(async (error: unknown) => {
      throw isMissing(error) ? missingDtype(id, dtype, await dtypesIn(folder)) : error;
    });
  }
  return { family: family.name, folder, graphs: Object.fromEntries(graphs) };
}

/** The family of a `model_type` that does `task`. Throws `MODEL_NOT_FOUND` where there is none. */
export function assertFamily(id: string, modelType: unknown, task: ModelTask | undefined): ModelFamily {
  const family = familyOfType(modelType);
  if (family === undefined || (task !== undefined && family.task !== task)) {
    const types = familiesFor(task).flatMap(({ modelTypes }) => modelTypes);
    throw new MaskwrightError(
      'MODEL_NOT_FOUND',
      `${id} is a ${quote(modelType)} model, which cannot do ${task ?? 'any task here'}`,
      { hint: `the model_type in config.json must be ${types.join(' or ')}` },
    );
  }
  return family;
}

/**
 * Checks the content of the files that `resolveModelFiles` found, external data included.
 * Throws `MODEL_DAMAGED` where one is corrupt, `MODEL_NOT_FOUND` where external data are missing.
 */
export async function validateModelFiles({ family, folder, graphs }: LocalModelFiles): Promise<void> {
  const validate = (path: string): Promise<readonly string[]> =>
    validateModelFile(path, folder).catch((error: unknown) => {
      throw asModelError(error, path);
    });
  for (const file of familyOf(family).files) {
    await validate(join(folder, file));
  }
  for (const [graph, path] of Object.entries(graphs)) {
    for (const external of await validate(path)) {
      const file = join(dirname(path), external);
      await assertOrdinaryFile(file, folder).catch((error: unknown) => {
        throw isMissing(error)
          ? new MaskwrightError(
              'MODEL_NOT_FOUND',
              `${graph} keeps weights in ${external}, which is not in ${dirname(path)}`,
              {
                hint: 'copy it there, or pull the model again with maskwright models pull',
                cause: error,
              },
            )
          : asModelError(error, file);
      });
    }
  }
}

/** The dtypes that a folder has all graphs of. */
export async function dtypesIn(folder: string): Promise<string[]> {
  const files = new Set(await readdir(join(folder, 'onnx')).catch(() => []));
  const config = await readModelJson(join(folder, 'config.json')).catch(() => undefined);
  const graphs = familyOfType(config?.['model_type'])?.graphs ?? ['model'];
  return DTYPES.filter((dtype) => graphs.every((graph) => files.has(graphFile(graph, dtype).slice('onnx/'.length))));
}

/** Larger files than this are identified by size and time: reading them would take seconds. */
const FINGERPRINT_BYTES = 32 * 1024 * 1024;

/** Twelve hexadecimal digits that change with the files of a model. */
export async function fingerprint({ folder, graphs }: LocalModelFiles): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['config.json', 'preprocessor_config.json']) {
    await assertOrdinaryFile(join(folder, file), folder);
    hash.update(await readFile(join(folder, file)));
  }
  for (const path of Object.values(graphs)) {
    await assertOrdinaryFile(path, folder);
    const { size, mtimeMs } = await stat(path);
    if (size <= FINGERPRINT_BYTES) {
      await pipeline(createReadStream(path), hash, { end: false });
    } else {
      hash.update(`${size} ${mtimeMs}`);
    }
  }
  return hash.digest('hex').slice(0, 12);
}

async function assertPresent(id: string, folder: string, file: string): Promise<void> {
  const path = join(folder, file);
  await assertOrdinaryFile(path, folder).catch((error: unknown) => {
    throw isMissing(error)
      ? new MaskwrightError('MODEL_NOT_FOUND', `${id} has no ${file} (in ${folder})`, {
          hint: 'a model folder has config.json, preprocessor_config.json, tokenizer files and onnx/model*.onnx',
          cause: error,
        })
      : asModelError(error, path);
  });
}

function asModelError(error: unknown, path: string): MaskwrightError {
  return error instanceof MaskwrightError ? error : damagedFile(path, (error as Error).message, error);
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR';
}
