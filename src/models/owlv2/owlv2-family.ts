import type { ModelFamily } from '../registry/model-family.js';

/** OWLv2 (Minderer et al. 2023): boxes of what a phrase names. */
export const OWLV2: ModelFamily = {
  name: 'owlv2',
  task: 'zero-shot-object-detection',
  modelTypes: ['owlv2'],
  files: ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'],
  graphs: ['model'],
  open: async () => (await import('./owlv2-task.js')).openOwlv2,
};
