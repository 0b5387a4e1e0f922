import type { ModelIdentity } from './model-choice.js';

/** A model whose files are all here and were looked at. */
export interface LocalModel {
  readonly identity: ModelIdentity;
  readonly folder: string;
  /** Path of the ONNX file, absolute. */
  readonly weights: string;
}

export type ModelTask = 'text-segmentation' | 'depth-estimation';

/** The files of a task beside the weights. */
export const TASK_FILES: Readonly<Record<ModelTask, readonly string[]>> = {
  'text-segmentation': ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'],
  'depth-estimation': ['config.json', 'preprocessor_config.json'],
};

/** What `config.json` calls the models that a task can use. */
export const TASK_MODEL_TYPES: Readonly<Record<ModelTask, readonly string[]>> = {
  'text-segmentation': ['clipseg'],
  'depth-estimation': ['depth_anything'],
};
