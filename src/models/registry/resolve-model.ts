import { assertDevice } from './devices.js';
import type { LocalModel, ModelTask } from './local-model.js';
import { locateModel } from './locate-model.js';
import { type LoadOptions, MODEL_DEFAULTS, type ModelChoice } from './model-choice.js';
import { checkFolder, fingerprint, openFolder } from './open-folder.js';

/**
 * Makes a choice of model into files that are here and sound, downloaded first where they have to be.
 * Throws errors of the category `model`.
 */
export async function resolveModel(
  choice: ModelChoice,
  task: ModelTask,
  options: LoadOptions = {},
): Promise<LocalModel> {
  const model = await findModel(choice, task, options);
  await checkFolder(model, task);
  return model;
}

/** The same without looking into the files: enough to know the model by. */
export async function findModel(choice: ModelChoice, task: ModelTask, options: LoadOptions = {}): Promise<LocalModel> {
  const device = choice.device ?? MODEL_DEFAULTS.device;
  assertDevice(device);
  const location = locateModel(choice, task);
  const { id, dtype, folder } = location;
  if (location.kind === 'folder') {
    const files = await openFolder(id, folder, task, dtype);
    return { ...files, identity: { id, revision: await fingerprint(files), dtype, device } };
  }
  const { pullModel } = await import('../hub/pull-model.js');
  const { commit } = await pullModel(location, task, { ...options, offline: choice.offline });
  const files = await openFolder(id, folder, task, dtype);
  return { ...files, identity: { id, revision: commit ?? location.revision, dtype, device } };
}
