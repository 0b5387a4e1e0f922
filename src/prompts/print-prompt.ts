import type { InstanceSelector } from '../engine/instances/select-instances.js';
import { BINDING } from './parse-prompt.js';
import type { CombineOperator, PromptTree } from './prompt-tree.js';
import { tokenize } from './tokenize.js';

const OPERATOR_WORDS: Readonly<Record<CombineOperator, string>> = { or: 'OR', xor: 'XOR', and: 'AND', subtract: '-' };

/** Prints a tree in its normal form: `parsePrompt(printPrompt(tree))` equals `tree`. */
export function printPrompt(tree: PromptTree): string {
  switch (tree.kind) {
    case 'phrase':
      return isBareText(tree.phrase) ? tree.phrase : quote(tree.phrase);
    case 'file':
      return /^[^\s()|&!;{}"@#]+$/u.test(tree.path) ? `@${tree.path}` : `@${quote(tree.path)}`;
    case 'not':
      return `NOT ${tree.operand.kind === 'combine' ? parenthesize(tree.operand) : printPrompt(tree.operand)}`;
    case 'combine':
      return tree.operands
        .map((operand, index) =>
          bindsTighter(operand, tree.operator, index) ? printPrompt(operand) : parenthesize(operand),
        )
        .join(` ${OPERATOR_WORDS[tree.operator]} `);
    case 'scale':
    case 'grow':
    case 'threshold':
    case 'instances': {
      const { operand } = tree;
      const inner = operand.kind === 'combine' || operand.kind === 'not' ? parenthesize(operand) : printPrompt(operand);
      return `${inner}${printModifier(tree)}`;
    }
  }
}

/** Prints a modifier as it is written after its operand. */
export function printModifier(
  tree: Extract<PromptTree, { kind: 'scale' | 'grow' | 'threshold' | 'instances' }>,
): string {
  switch (tree.kind) {
    case 'scale':
      return `{${tree.by}${decimal(tree.amount)}}`;
    case 'grow':
      return `{${tree.direction}${decimal(tree.amount)}${tree.unit}}`;
    case 'threshold':
      return `@${decimal(tree.threshold)}`;
    case 'instances':
      return `#${printSelector(tree.selector)}`;
  }
}

/** `left`, `left..3`, `left:2`, `left:2..3`; of the largest `2` and `2..3`. */
export function printSelector({ order, first, last }: InstanceSelector): string {
  if (first === 1) {
    return last === 1 ? order : `${order}..${decimal(last)}`;
  }
  const ranks = first === last ? decimal(first) : `${decimal(first)}..${decimal(last)}`;
  return order === 'largest' ? ranks : `${order}:${ranks}`;
}

function parenthesize(tree: PromptTree): string {
  return `(${printPrompt(tree)})`;
}

/** Whether an operand needs no parentheses. A chain of the other operator of the same level needs none in front. */
function bindsTighter(operand: PromptTree, operator: CombineOperator, index: number): boolean {
  if (operand.kind !== 'combine') {
    return true;
  }
  const difference = BINDING[operand.operator] - BINDING[operator];
  return difference > 0 || (difference === 0 && index === 0 && operand.operator !== operator);
}

function isBareText(phrase: string): boolean {
  if (/[()|&!;{}"@#]/.test(phrase) || phrase.split(/\s/u).some((word) => word.startsWith('-'))) {
    return false;
  }
  const [first, second] = tokenize(phrase);
  return first?.kind === 'text' && first.text === phrase && second?.kind === 'end';
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Prints a number without an exponent, so that parsing it gives the same number. */
function decimal(value: number): string {
  const text = String(value);
  const [, whole, fraction = '', exponent] = /^(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(text) ?? [];
  if (whole === undefined) {
    return text;
  }
  const shift = Number(exponent);
  return shift < 0
    ? `0.${'0'.repeat(-shift - 1)}${whole}${fraction}`
    : `${whole}${fraction}${'0'.repeat(shift - fraction.length)}`;
}
