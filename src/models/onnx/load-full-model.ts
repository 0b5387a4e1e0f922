import { AutoConfig, env, LogLevel, PreTrainedModel, type Tensor } from '@huggingface/transformers';
import { loadFailure, runFailure } from './runtime-errors.js';
import type { LocalModel } from '../registry/local-model.js';
import { sessionOptions } from './session-options.js';

// Nothing is fetched from here, and a failing run would print whole tensors.
env.allowRemoteModels = false;
env.logLevel = LogLevel.NONE;

export type RunWhole = (inputs: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>;

/** Loads a model's one file through transformers.js. Throws `MODEL_DAMAGED` or `MODEL_DEVICE`. */
export async function loadFullModel({ folder, weights, identity }: LocalModel): Promise<RunWhole> {
  try {
    const config = await AutoConfig.from_pretrained(folder, { local_files_only: true });
    const network = await PreTrainedModel.from_pretrained(folder, {
      config,
      local_files_only: true,
      dtype: identity.dtype as 'fp32',
      device: identity.device as 'cpu',
      session_options: sessionOptions(identity.device),
    });
    return async (inputs) => {
      try {
        return (await network.forward(inputs)) as Record<string, Tensor>;
      } catch (error) {
        throw runFailure(identity.id, error);
      }
    };
  } catch (error) {
    throw loadFailure(weights, identity.device, error);
  }
}
