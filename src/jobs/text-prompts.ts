import { MaskwrightError } from '../errors.js';
import { parsePrompts } from '../prompts/parse-prompt.js';
import { type Fit, FIT_DEFAULTS } from '../raster/square-fit.js';
import type { MaskSource } from './sources.js';

export interface TextSettings {
  /** Probability from which a pixel is selected, 0..1; a source's own threshold goes before. */
  readonly threshold: number;
  /** How the picture is brought into the model's square. */
  readonly fit: Fit;
}

export const TEXT_DEFAULTS: TextSettings = { threshold: 0.5, ...FIT_DEFAULTS };

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
