import type { Raster } from '../../raster/index.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from '../registry/model-choice.js';
import type { ModelTask } from '../registry/model-task.js';
import type { Computed, ModelUsage } from '../registry/model-usage.js';
import { findModel } from '../registry/resolve-model.js';
import { startWorker, type WorkerClient } from './worker-client.js';

/** A model in its thread, and what every kind of model offers. */
export interface OpenModel {
  readonly info: unknown;
  readonly call: WorkerClient['call'];
  readonly identity: ModelIdentity;
  /** What has been computed so far, and in what time. */
  readonly usage: () => Promise<ModelUsage>;
  /** Ends the thread after the native call under way. Safe to call twice. */
  readonly dispose: () => Promise<void>;
}

/**
 * Opens a model that transformers.js runs, downloading it first where it has to be. Throws as `loadTextSegmenter`.
 *
 * @param path what runs the model, for `usage`
 */
export async function openModel(
  choice: ModelChoice,
  task: ModelTask,
  options: LoadOptions,
  path = 'through transformers.js',
): Promise<OpenModel> {
  await findModel(choice, task, options);
  const started = performance.now();
  const worker = await startWorker(choice, task, options.signal);
  const loadMs = performance.now() - started;
  return {
    info: worker.info,
    call: worker.call,
    identity: worker.identity,
    usage: async () => ({
      identity: worker.identity,
      path,
      loadMs,
      ...((await worker.call('usage', undefined)) as Computed),
    }),
    dispose: worker.close,
  };
}

/** The samples of RGB pixels of 8 bits. Throws `RangeError` for other pixels. */
export function rgbSamples({ channels, data }: Raster): Uint8Array {
  if (channels !== 3 || !(data instanceof Uint8Array)) {
    throw new RangeError(`expected RGB pixels of 8 bits, got ${channels} channels`);
  }
  return data;
}
