import { z } from 'zod';
import { filesOf, type Prompt } from '../prompts/index.js';
import { parsePromptSources } from './detection/parse-prompt-sources.js';
import { checked, text, threshold } from './schema-fields.js';
import { type SourceFields, sourceFields, type SourceModule } from './source.js';

/** What a prompt selects. */
export interface PromptSource extends SourceFields {
  readonly kind: 'prompt';
  readonly prompt: Prompt;
  readonly threshold?: number | 'auto' | undefined;
  /** Another image of the same size that it is detected in. */
  readonly image?: string | undefined;
}

export const promptSource = {
  schema: ({ path }) =>
    z
      .strictObject({
        kind: z.literal('prompt'),
        prompt: checked(text(), parsePromptSources).describe('what to detect: hair, "face AND NOT hair", sky{+12px}'),
        threshold: threshold().optional().describe('probability from which a pixel is selected, for this prompt'),
        image: path.optional().describe('another image of the same size that it is detected in'),
        ...sourceFields(),
      })
      .transform(({ prompt, ...options }) => parsePromptSources(prompt, options)),
  label: ({ prompt }) => prompt.text,
  files: ({ prompt, image }) => [...filesOf(prompt.tree), ...(image === undefined ? [] : [image])],
  find: async (sources, image, settings) => {
    const { findPrompts } = await import('./detection/find-prompts.js');
    return findPrompts(sources, image, settings);
  },
} satisfies SourceModule<PromptSource>;
