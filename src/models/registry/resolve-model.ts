import { selectDevice } from './devices.js';
import type { LocalModel } from './local-model.js';
import { locateModel } from './locate-model.js';
import { type LoadOptions, MODEL_DEFAULTS, type ModelChoice } from './model-choice.js';
import { fingerprint, resolveModelFiles, validateModelFiles } from './model-files.js';
import type { ModelTask } from './model-task.js';

/**
 * Resolves a choice of model to validated files on this machine, downloaded first where they have to be.
 * Throws errors of the category `model`.
 */
export async function resolveModel(
  choice: ModelChoice,
  task: ModelTask,
  options: LoadOptions = {},
): Promise<LocalModel> {
  const model = await findModel(choice, task, options);
  const location = locateModel(choice, task);
  if (location.kind === 'hub') {
    const { verifyRecordedFiles } = await import('../hub/file-records.js');
    await verifyRecordedFiles(location, model);
  }
  await validateModelFiles(model);
  return model;
}

/** The same without reading the large files: enough to identify the model. */
export async function findModel(choice: ModelChoice, task: ModelTask, options: LoadOptions = {}): Promise<LocalModel> {
  const location = locateModel(choice, task);
  const device = await selectDevice(choice.device ?? MODEL_DEFAULTS.device);
  const runtime = choice.runtime ?? MODEL_DEFAULTS.runtime;
  const { id, dtype } = location;
  const ran = runtime === MODEL_DEFAULTS.runtime ? {} : { runtime };
  if (location.kind === 'folder') {
    const files = await resolveModelFiles(id, location.folder, task, dtype);
    return { ...files, runtime, identity: { id, revision: await fingerprint(files), dtype, device, ...ran } };
  }
  const { pullModel } = await import('../hub/pull-model.js');
  const { commit, folder } = await pullModel(location, task, { ...options, offline: choice.offline });
  const files = await resolveModelFiles(id, folder, task, dtype);
  return { ...files, runtime, identity: { id, revision: commit, dtype, device, ...ran } };
}
