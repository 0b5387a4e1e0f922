import type { ModelFamily } from '../registry/model-family.js';

export const CLIPSEG: ModelFamily = {
  name: 'clipseg',
  task: 'text-segmentation',
  modelTypes: ['clipseg'],
  files: ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json'],
  graphs: ['model'],
  open: async () => (await import('./clipseg-task.js')).openClipSeg,
};
