import type { ModelFamily } from '../registry/model-family.js';

const SHARED = {
  files: ['config.json', 'preprocessor_config.json'],
  graphs: ['model'],
  open: async () => (await import('./image-segmentation-task.js')).openImageSegmentation,
} as const;

/** Models that separate what stands in front: BiRefNet, BEN2, ormbg (an IS-Net) and MODNet. */
export const BACKGROUND_REMOVAL: ModelFamily = {
  ...SHARED,
  name: 'background-removal',
  task: 'background-removal',
  modelTypes: ['birefnet', 'ben', 'isnet', 'modnet'],
};

/** Models that label each pixel: SegFormer (Xie et al. 2021), trained on faces or clothes. */
export const SEGFORMER: ModelFamily = {
  ...SHARED,
  name: 'segformer',
  task: 'image-segmentation',
  modelTypes: ['segformer'],
};
