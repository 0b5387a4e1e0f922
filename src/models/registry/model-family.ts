import type { LoadedModel } from '../worker/worker-protocol.js';
import type { LocalModel } from './local-model.js';
import type { ModelTask } from './model-task.js';

/** Everything that loading has to know of a family of models: its files, and the code that runs them. */
export interface ModelFamily {
  readonly name: string;
  readonly task: ModelTask;
  /** What `model_type` in config.json may be. */
  readonly modelTypes: readonly string[];
  /** The files other than the weights. `config.json` is one of them. */
  readonly files: readonly string[];
  /** The ONNX files, as `onnx/<graph><dtype suffix>.onnx`. Their external data belong to them. */
  readonly graphs: readonly string[];
  /** Loads the code that loads a model; in the worker thread. */
  readonly open: () => Promise<(model: LocalModel) => Promise<LoadedModel>>;
}
