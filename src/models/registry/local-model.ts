import type { ModelIdentity, Runtime } from './model-choice.js';

/** The files of a model on this machine. */
export interface LocalModelFiles {
  /** The family that the model belongs to: a name of `MODEL_FAMILIES`. */
  readonly family: string;
  readonly folder: string;
  /** Absolute path of each ONNX file of the family, by its name without dtype: `model`, `vision_encoder` ... */
  readonly graphs: Readonly<Record<string, string>>;
}

/** A model whose files are on this machine. */
export interface LocalModel extends LocalModelFiles {
  readonly identity: ModelIdentity;
  readonly runtime: Runtime;
}
