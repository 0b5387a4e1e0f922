import { CLIPSEG } from '../clipseg/clipseg-family.js';
import { DEPTH_ANYTHING } from '../depth-anything/depth-family.js';
import { GROUNDING_DINO } from '../grounding-dino/grounding-dino-family.js';
import { BACKGROUND_REMOVAL, SEGFORMER } from '../image-segmentation/image-segmentation-family.js';
import { OWLV2 } from '../owlv2/owlv2-family.js';
import { SAM, SAM2 } from '../sam/sam-family.js';
import { VITMATTE } from '../vitmatte/vitmatte-family.js';
import type { ModelFamily } from './model-family.js';
import type { ModelTask } from './model-task.js';

/** The families that can be loaded. Another one is a folder of `models/` and a line here. */
const MODEL_FAMILIES: readonly ModelFamily[] = [
  CLIPSEG,
  DEPTH_ANYTHING,
  SAM,
  SAM2,
  BACKGROUND_REMOVAL,
  SEGFORMER,
  GROUNDING_DINO,
  OWLV2,
  VITMATTE,
];

/** The family of a name. Throws `RangeError` where there is none. */
export function familyOf(name: string): ModelFamily {
  const family = MODEL_FAMILIES.find((candidate) => candidate.name === name);
  if (family === undefined) {
    throw new RangeError(`there is no model family ${name}`);
  }
  return family;
}

/** The family that the `model_type` of a config.json stands for. */
export function familyOfType(modelType: unknown): ModelFamily | undefined {
  return MODEL_FAMILIES.find(({ modelTypes }) => typeof modelType === 'string' && modelTypes.includes(modelType));
}

export function familiesFor(task: ModelTask | undefined): readonly ModelFamily[] {
  return MODEL_FAMILIES.filter((family) => task === undefined || family.task === task);
}
