import { readClipSegConfig } from '../clipseg/clipseg-config.js';
import type { LoadOptions, ModelChoice, ModelIdentity } from './model-choice.js';
import { findModel } from './resolve-model.js';

/** What is known of a text model without loading it. */
export interface TextModelInfo {
  readonly identity: ModelIdentity;
  /** Side of the square of pixels that the model looks at. */
  readonly inputSize: number;
  /** Tokens that a phrase may have, the two that frame it included. */
  readonly tokenLimit: number;
}

/** Finds a text model's files (downloading them where they have to be) and reads what they say. Throws `MODEL_*`. */
export async function describeTextModel(choice: ModelChoice, options: LoadOptions = {}): Promise<TextModelInfo> {
  const { identity, folder } = await findModel(choice, 'text-segmentation', options);
  const { inputSize, tokenLimit } = await readClipSegConfig(folder);
  return { identity, inputSize, tokenLimit };
}
