import { operandsOf, type PromptTree } from './prompt-tree.js';
import { printModifier, printPrompt } from './print-prompt.js';

/** A tree as lines for people: one node a line, branches drawn, and what each node does. */
export function drawPromptTree(tree: PromptTree): string[] {
  const operands = operandsOf(tree);
  return [
    nodeTitle(tree),
    ...operands.flatMap((operand, index) => {
      const last = index === operands.length - 1;
      return drawPromptTree(operand).map((line, row) => {
        const branch = row === 0 ? (last ? '└─ ' : '├─ ') : last ? '   ' : '│  ';
        return `${branch}${line}`;
      });
    }),
  ];
}

const COMBINE_TITLES = {
  or: 'OR: where any of these is',
  xor: 'XOR: where an odd number of these are',
  and: 'AND: where all of these are',
  subtract: '-: the first, without the others',
} as const;

function nodeTitle(tree: PromptTree): string {
  switch (tree.kind) {
    case 'phrase':
      return JSON.stringify(tree.phrase);
    case 'file':
      return `the mask ${printPrompt(tree)}`;
    case 'not':
      return 'NOT: where this is not';
    case 'combine':
      return COMBINE_TITLES[tree.operator];
    case 'scale':
      return `${printModifier(tree)}: probability ${tree.by === '*' ? 'times' : 'divided by'} ${tree.amount}`;
    case 'grow': {
      const length = tree.unit === 'px' ? `${tree.amount} px` : `${tree.amount} % of the diagonal`;
      return `${printModifier(tree)}: ${tree.direction === '+' ? 'wider' : 'narrower'} by ${length} on every side`;
    }
    case 'threshold':
      return `${printModifier(tree)}: selected from probability ${tree.threshold}`;
  }
}
