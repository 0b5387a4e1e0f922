import { z } from 'zod';
import type { MaskSource } from '../sources.js';
import { textSources } from '../text-prompts.js';
import { checked, flag, number, text } from './schema-parts.js';

/** Where a mask comes from. A prompt with `;` in it is several sources. */
export function sourceSchema(path: z.ZodType<string>) {
  return z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('text'),
        prompt: checked(text(), textSources).describe('what to look for: hair, "face AND NOT hair", sky{+12px}'),
        threshold: number(0, 1).optional().describe('probability from which a pixel is selected, for this prompt'),
        invert: flag().optional().describe('select what it does not select'),
      }),
      z.strictObject({
        kind: z.literal('file'),
        path: path.describe('a mask file, white = selected'),
        invert: flag().optional(),
      }),
    ])
    .transform((source): MaskSource[] =>
      source.kind === 'text'
        ? textSources(source.prompt, { threshold: source.threshold, invert: source.invert ?? false })
        : [source],
    );
}
