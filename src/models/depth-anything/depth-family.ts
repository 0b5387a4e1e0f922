import type { ModelFamily } from '../registry/model-family.js';

export const DEPTH_ANYTHING: ModelFamily = {
  name: 'depth-anything',
  task: 'depth-estimation',
  modelTypes: ['depth_anything'],
  files: ['config.json', 'preprocessor_config.json'],
  graphs: ['model'],
  open: async () => (await import('./depth-task.js')).openDepthAnything,
};
