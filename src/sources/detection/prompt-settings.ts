import type { RefineMode } from '../../engine/index.js';
import { MaskwrightError } from '../../errors.js';
import { type Fit, FIT_DEFAULTS } from '../../raster/square-fit.js';

/**
 * Whether there is a second pass at a higher resolution: over each part that the first one found (`parts`), or over
 * the whole image in `tiles` times `tiles` pieces and then over the parts, for things that are small in the image.
 */
export type Detail = 'off' | 'parts' | { readonly tiles: number };

/**
 * How a heatmap is brought to the image's size: along its edges, by interpolation (`off`), or by a promptable model
 * (`sam`) that is asked for each instance.
 */
export type Refine = RefineMode | 'sam' | 'off';

/** How prompts are detected. */
export interface PromptSettings {
  /**
   * Probability from which a pixel is selected, 0..1, or `auto`: chosen for each phrase from its heatmap. The
   * threshold of a source goes before.
   */
  readonly threshold: number | 'auto';
  /** How the image is brought into the model's square. */
  readonly fit: Fit;
  /** How heatmaps are brought to the image's size: along its edges, or by interpolation (`off`). */
  readonly refine?: Refine | undefined;
  /** The second pass. */
  readonly detail?: Detail | undefined;
  /** Whether `#` selectors of prompts separate touching instances. */
  readonly splitTouching?: boolean | undefined;
  /** A phrase that selects more than this share of the image counts as absent: `60%`. */
  readonly maxShare?: string | undefined;
  /** Keep heatmaps on disk between runs. Default true. */
  readonly cache?: boolean | undefined;
}

export const PROMPT_DEFAULTS = {
  threshold: 0.5,
  refine: 'fast',
  detail: 'off',
  cache: true,
  ...FIT_DEFAULTS,
} as const satisfies PromptSettings;

/** Reads a share such as `60%` (or `60`) as a number in (0, 1]. Throws `OPTION_RANGE`. */
export function parseShare(value: string): number {
  const [, digits] = /^\s*(\d+\.?\d*|\.\d+)\s*%?\s*$/.exec(value) ?? [];
  const share = Number(digits) / 100;
  if (!(share > 0 && share <= 1)) {
    throw new MaskwrightError('OPTION_RANGE', `${JSON.stringify(value)} is not a share of the image`, {
      hint: 'a share is above 0% and at most 100%: 60%',
    });
  }
  return share;
}
