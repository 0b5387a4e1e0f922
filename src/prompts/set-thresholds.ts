import type { PromptTree } from './prompt-tree.js';

/**
 * The tree with a threshold node around each phrase that has no threshold yet, neither directly nor from an
 * enclosing group. Phrases for which `thresholdOf` returns undefined are unchanged.
 */
export function setThresholds(tree: PromptTree, thresholdOf: (phrase: string) => number | undefined): PromptTree {
  switch (tree.kind) {
    case 'phrase': {
      const threshold = thresholdOf(tree.phrase);
      return threshold === undefined ? tree : { kind: 'threshold', operand: tree, threshold };
    }
    case 'file':
    case 'threshold':
      return tree;
    case 'combine':
      return { ...tree, operands: tree.operands.map((operand) => setThresholds(operand, thresholdOf)) };
    case 'not':
    case 'scale':
    case 'grow':
    case 'instances':
      return { ...tree, operand: setThresholds(tree.operand, thresholdOf) };
  }
}
