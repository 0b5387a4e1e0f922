/** What a graph that segments an image by text calls its inputs and its output. */
export interface ValueNames {
  readonly image: string;
  readonly ids: string;
  readonly mask: string;
  readonly output: string;
}

/** The names that transformers.js uses. */
const USUAL: ValueNames = {
  image: 'pixel_values',
  ids: 'input_ids',
  mask: 'attention_mask',
  output: 'logits',
};

/**
 * The names of a graph's values: the usual ones, or for those that are missing what else there is. The attention mask is
 * found by its name, since exporters write it as integers, floats or booleans; image and token ids by their types.
 *
 * @param isFloat whether an input holds floats
 */
export function findValueNames(
  inputs: readonly string[],
  isFloat: (input: string) => boolean,
  outputs: readonly string[],
): ValueNames {
  const find = (usual: string, candidates: readonly string[], isIt: (name: string) => boolean): string =>
    candidates.includes(usual) ? usual : (candidates.find(isIt) ?? usual);
  const mask = find(USUAL.mask, inputs, (name) => /mask|attention/i.test(name));
  const others = inputs.filter((name) => name !== mask);
  return {
    mask,
    image: find(USUAL.image, others, isFloat),
    ids: find(USUAL.ids, others, (name) => !isFloat(name)),
    output: find(USUAL.output, outputs, (name) => /logit|mask|pred/i.test(name) || outputs.length === 1),
  };
}
