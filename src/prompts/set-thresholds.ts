import type { PromptTree } from './prompt-tree.js';

/**
 * The tree with a threshold of its own for each phrase that has none yet, on itself or on a group round it.
 * Phrases that `thresholdOf` knows nothing of stay as they are.
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
      return { ...tree, operand: setThresholds(tree.operand, thresholdOf) };
  }
}
