import { MaskwrightError } from '../errors.js';
import { parsePrompts } from '../prompts/parse-prompt.js';
import { type Fit, FIT_DEFAULTS } from '../raster/square-fit.js';
import type { Detail } from './detect-detail.js';
import type { MaskSource } from './sources.js';

/** How words are looked for. */
export interface TextSettings {
  /**
   * Probability from which a pixel is selected, 0..1, or `auto`: each phrase gets one of its own, chosen by
   * its heatmap. A source's own threshold goes before.
   */
  readonly threshold: number | 'auto';
  /** How the image is brought into the model's square. */
  readonly fit: Fit;
  /** Bring heatmaps to the image's size along its edges. */
  readonly refine?: boolean | undefined;
  /** Closer looks at what was found. */
  readonly detail?: Detail | undefined;
  /** Keep heatmaps on disk, and look there first. Default true. */
  readonly cache?: boolean | undefined;
}

export const TEXT_DEFAULTS = {
  threshold: 0.5,
  refine: true,
  detail: 'off',
  cache: true,
  ...FIT_DEFAULTS,
} as const satisfies TextSettings;

export type TextSource = Extract<MaskSource, { kind: 'text' }>;

/**
 * The sources that a text stands for: one a prompt, and prompts are separated by `;`.
 * Throws `TEXT_EMPTY` or `PROMPT_SYNTAX`.
 */
export function textSources(text: string, options: Pick<TextSource, 'threshold' | 'invert'> = {}): TextSource[] {
  if (text.trim() === '') {
    throw new MaskwrightError('TEXT_EMPTY', 'the text to look for is empty', { hint: 'name a thing: -tm orange' });
  }
  return parsePrompts(text).map((prompt): TextSource => ({ kind: 'text', prompt, ...options }));
}
