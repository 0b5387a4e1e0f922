import type { ModelFamily } from '../registry/model-family.js';

/** ViTMatte (Yao et al. 2024): the alpha of the unknown pixels of a trimap. */
export const VITMATTE: ModelFamily = {
  name: 'vitmatte',
  task: 'image-matting',
  modelTypes: ['vitmatte'],
  files: ['config.json', 'preprocessor_config.json'],
  graphs: ['model'],
  open: async () => (await import('./vitmatte-task.js')).openVitmatte,
};
