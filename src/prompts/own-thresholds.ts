import type { PromptTree } from './prompt-tree.js';

/**
 * The thresholds that a prompt gives to phrases itself: `hair@0.6`, or `(hair OR beard)@0.6` to both. A phrase has none
 * where it stands without one elsewhere, or with another; nor where what is cut is no longer its own probability (a `NOT`
 * or a modifier lies between).
 */
export function ownThresholds(tree: PromptTree): ReadonlyMap<string, number> {
  const found = new Map<string, number | undefined>();
  const visit = (node: PromptTree, own: number | undefined): void => {
    switch (node.kind) {
      case 'phrase':
        found.set(node.phrase, found.has(node.phrase) && found.get(node.phrase) !== own ? undefined : own);
        break;
      case 'file':
        break;
      case 'threshold':
        visit(node.operand, node.threshold);
        break;
      case 'combine':
        for (const operand of node.operands) {
          visit(operand, node.operator === 'or' || node.operator === 'and' ? own : undefined);
        }
        break;
      case 'not':
      case 'scale':
      case 'grow':
        visit(node.operand, undefined);
        break;
    }
  };
  visit(tree, undefined);
  return new Map([...found].flatMap(([phrase, own]) => (own === undefined ? [] : [[phrase, own]])));
}
