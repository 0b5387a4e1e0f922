import type { PromptTree } from './prompt-tree.js';

/**
 * The thresholds that a prompt assigns to its phrases: `hair@0.6` to one, `(hair OR beard)@0.6` to both.
 *
 * A phrase is left out where it occurs twice with different thresholds or once without one, and where a `NOT` or a
 * modifier between phrase and threshold means that the threshold does not apply to the phrase's probability.
 */
export function phraseThresholds(tree: PromptTree): ReadonlyMap<string, number> {
  const found = new Map<string, number | undefined>();
  const visit = (node: PromptTree, assigned: number | undefined): void => {
    switch (node.kind) {
      case 'phrase':
        found.set(node.phrase, found.has(node.phrase) && found.get(node.phrase) !== assigned ? undefined : assigned);
        break;
      case 'file':
        break;
      case 'threshold':
        visit(node.operand, node.threshold);
        break;
      case 'combine':
        for (const operand of node.operands) {
          visit(operand, node.operator === 'or' || node.operator === 'and' ? assigned : undefined);
        }
        break;
      case 'instances':
        visit(node.operand, assigned);
        break;
      case 'not':
      case 'scale':
      case 'grow':
        visit(node.operand, undefined);
        break;
    }
  };
  visit(tree, undefined);
  return new Map([...found].flatMap(([phrase, assigned]) => (assigned === undefined ? [] : [[phrase, assigned]])));
}
