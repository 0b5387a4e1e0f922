import { readClipSegConfig } from '../clipseg/clipseg-config.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from './model-choice.js';
import { findModel } from './resolve-model.js';

/** A text model's properties, known without loading it. */
export interface TextModelInfo {
  readonly identity: ModelIdentity;
  /** Side of the model's square input in pixels. */
  readonly inputSize: number;
  /** The largest number of tokens of a phrase, start and end of text included. */
  readonly tokenLimit: number;
}

/** Finds a text model's files, downloading them where they have to be, and reads its configuration. Throws `MODEL_*`. */
export async function describeTextModel(choice: ModelChoice, options: LoadOptions = {}): Promise<TextModelInfo> {
  const { identity, folder } = await findModel(choice, 'text-segmentation', options);
  const { inputSize, tokenLimit } = await readClipSegConfig(folder);
  return { identity, inputSize, tokenLimit };
}
