import type { ModelFamily } from '../registry/model-family.js';

/** Grounding DINO (Liu et al. 2023): boxes of what a phrase names. */
export const GROUNDING_DINO: ModelFamily = {
  name: 'grounding-dino',
  task: 'zero-shot-object-detection',
  modelTypes: ['grounding-dino'],
  files: ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'],
  graphs: ['model'],
  open: async () => (await import('./grounding-dino-task.js')).openGroundingDino,
};
