import type { Seeds } from '../../engine/index.js';
import type { Mask } from '../../raster/index.js';

/** Seeds, and an earlier mask of the thing as a hint. */
export interface PromptSeeds extends Seeds {
  /** Of the size of the image. Promptable models alone take it. */
  readonly mask?: Mask | undefined;
}
