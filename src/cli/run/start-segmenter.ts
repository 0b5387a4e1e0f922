import type { StartedSegmenter } from '../../models/clipseg/text-segmenter.js';
import { phrasesIn } from '../../prompts/index.js';
import { FIT_DEFAULTS } from '../../raster/square-fit.js';
import type { RecipeInput } from '../../recipe/schema.js';
import { parsePromptSources } from '../../sources/detection/parse-prompt-sources.js';
import { seenPhrases } from '../../sources/detection/seen-input.js';
import { runtimeOfEnvironment } from '../options/model-options.js';

/**
 * Begins to load the network for the prompts of a command line, while the code that runs recipes is loaded. Undefined
 * where the answers seem to be cached. It is a guess: what was loaded in vain is disposed.
 */
export async function startSegmenter(recipe: RecipeInput, cache = true): Promise<StartedSegmenter | undefined> {
  const prompts = (recipe.sources ?? []).flatMap((source) =>
    source.kind === 'prompt' ? parsePromptSources(source.prompt).map(({ prompt }) => prompt) : [],
  );
  const phrases = phrasesIn(prompts);
  const [image, ...others] = [recipe.inputs ?? []].flat();
  if (phrases.length === 0 || image === undefined) {
    return undefined;
  }
  const fit = recipe.fit ?? FIT_DEFAULTS.fit;
  if (cache && others.length === 0 && (await seenPhrases(image, phrases, fit).has())) {
    return undefined;
  }
  const { startTextSegmenter } = await import('../../models/clipseg/text-segmenter.js');
  const { model = process.env['MASKWRIGHT_MODEL'], revision, dtype, device } = recipe;
  const runtime = recipe.runtime ?? runtimeOfEnvironment();
  return startTextSegmenter({ model, revision, dtype, device, runtime });
}
