import type { ModelFamily } from '../registry/model-family.js';

const SHARED = {
  task: 'mask-generation',
  files: ['config.json', 'preprocessor_config.json'],
  graphs: ['vision_encoder', 'prompt_encoder_mask_decoder'],
  open: async () => (await import('./sam-task.js')).openSam,
} as const;

/** Segment Anything (Kirillov et al. 2023) and SlimSAM. */
export const SAM: ModelFamily = { ...SHARED, name: 'sam', modelTypes: ['sam'] };

/** SAM 2 (Ravi et al. 2024), EdgeTAM, and the part of SAM 3 that takes points and boxes. */
export const SAM2: ModelFamily = { ...SHARED, name: 'sam2', modelTypes: ['sam2', 'edgetam', 'sam3_tracker'] };
