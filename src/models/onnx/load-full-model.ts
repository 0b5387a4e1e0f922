import {
  AutoConfig,
  env,
  LogLevel,
  PreTrainedModel,
  type PretrainedModelOptions,
  Tensor,
} from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-node';
import { toHalf } from './float16.js';
import type { LocalModel } from '../registry/local-model.js';
import { nativeCall } from '../worker/stop-flag.js';
import { type DeclaredInput, declaredInputs } from './inference-session.js';
import { loadFailure, runFailure } from './runtime-errors.js';
import { sessionOptions } from './session-options.js';

// Nothing is fetched from here, and a failing run would print whole tensors.
env.allowRemoteModels = false;
env.logLevel = LogLevel.NONE;

/** A model of transformers.js. */
export interface FullModel {
  /** The model itself, for methods of its class. */
  readonly model: PreTrainedModel;
  /** The inputs of one of its sessions, by transformers.js's name of it. */
  readonly inputsOf: (session: string) => ReadonlyMap<string, DeclaredInput>;
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
  readonly outputs: readonly string[];
  /** Throws `MODEL_RUN`. */
  readonly run: (inputs: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>;
  /** Runs one session by itself, for inputs that its class does not pass on. Throws `MODEL_RUN`. */
  readonly runSession: (name: string, inputs: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>;
}

/** A class of transformers.js that loads models: `CLIPSegForImageSegmentation` ... */
export interface ModelClass {
  from_pretrained: (folder: string, options: PretrainedModelOptions) => Promise<PreTrainedModel>;
}

/** Loads a model through transformers.js. Throws `MODEL_DAMAGED` or `MODEL_DEVICE`. */
export async function loadFullModel(
  { folder, graphs, identity }: LocalModel,
  modelClass: ModelClass = PreTrainedModel,
): Promise<FullModel> {
  try {
    const config = await AutoConfig.from_pretrained(folder, { local_files_only: true });
    const model = await nativeCall(() =>
      modelClass.from_pretrained(folder, {
        config,
        local_files_only: true,
        dtype: identity.dtype as 'fp32',
        device: identity.device as 'cpu',
        // onnxruntime finds external data next to the file.
        use_external_data_format: false,
        session_options: sessionOptions(identity.device),
      }),
    );
    const { sessions } = model as unknown as { sessions: Record<string, InferenceSession> };
    const [session] = Object.values(sessions);
    return {
      model,
      inputsOf: (name) => (sessions[name] === undefined ? new Map() : declaredInputs(sessions[name])),
      inputs: declaredInputs(session!),
      outputs: session!.outputNames,
      run: async (inputs) => {
        try {
          return (await nativeCall(() => model.forward(inputs))) as Record<string, Tensor>;
        } catch (error) {
          throw runFailure(identity.id, error);
        }
      },
      runSession: async (name, inputs) => {
        const feeds = Object.entries(inputs).map(([input, tensor]) => [input, tensor.ort_tensor] as const);
        try {
          const outputs = await nativeCall(() => sessions[name]!.run(Object.fromEntries(feeds) as never));
          return Object.fromEntries(
            Object.entries(outputs).map(([output, value]) => [output, new Tensor(value as never)] as const),
          );
        } catch (error) {
          throw runFailure(identity.id, error);
        }
      },
    };
  } catch (error) {
    throw loadFailure(Object.values(graphs)[0]!, identity.device, error);
  }
}

/** Floats as a tensor of transformers.js, of the precision that an input declares. */
export function floatInput(data: Float32Array, dims: readonly number[], type: string | undefined): Tensor {
  return type === 'float16'
    ? new Tensor('float16', toHalf(data) as never, [...dims])
    : new Tensor('float32', data, [...dims]);
}
