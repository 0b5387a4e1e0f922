import type { InstanceSelector } from '../engine/instances/select-instances.js';
import { operandsOf, type PromptTree } from './prompt-tree.js';
import { printModifier, printPrompt } from './print-prompt.js';

/** Formats a tree as lines for a terminal: one node a line with its meaning, branches in box-drawing characters. */
export function formatPromptTree(tree: PromptTree): string[] {
  const operands = operandsOf(tree);
  return [
    nodeTitle(tree),
    ...operands.flatMap((operand, index) => {
      const last = index === operands.length - 1;
      return formatPromptTree(operand).map((line, row) => {
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
      return `${printModifier(tree)}: ${tree.direction === '+' ? 'grown' : 'shrunk'} by ${length} on every side`;
    }
    case 'threshold':
      return `${printModifier(tree)}: selected at a probability of ${tree.threshold} or more`;
    case 'instances':
      return `${printModifier(tree)}: ${formatSelector(tree.selector)}`;
  }
}

const ORDER_TITLES = {
  largest: 'by size',
  smallest: 'by size, the smallest first',
  left: 'from the left',
  right: 'from the right',
  top: 'from the top',
  bottom: 'from the bottom',
  center: 'from the center',
} as const;

function formatSelector({ order, first, last }: InstanceSelector): string {
  return `${first === last ? `instance ${first}` : `instances ${first} to ${last}`}, ${ORDER_TITLES[order]}`;
}
