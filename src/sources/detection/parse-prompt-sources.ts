import { MaskwrightError } from '../../errors.js';
import type { Prompt } from '../../prompts/index.js';
import { parsePrompts } from '../../prompts/parse-prompt.js';

/** The sources that a text stands for: prompts separated by `;`. Throws `TEXT_EMPTY` or `PROMPT_SYNTAX`. */
export function parsePromptSources<Options extends object>(
  prompts: string,
  options?: Options,
): (Options & { kind: 'prompt'; prompt: Prompt })[] {
  if (prompts.trim() === '') {
    throw new MaskwrightError('TEXT_EMPTY', 'the prompt is empty', { hint: 'name a thing: -p orange' });
  }
  return parsePrompts(prompts).map((prompt) => ({ ...(options as Options), kind: 'prompt', prompt }));
}
