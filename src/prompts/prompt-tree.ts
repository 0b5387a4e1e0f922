import type { InstanceSelector } from '../engine/instances/select-instances.js';

/** Every `CombineOperator`, from the loosest binding to the tightest. */
export const COMBINE_OPERATORS = ['or', 'xor', 'and', 'subtract'] as const;
/** How heatmaps are combined: `or` max(a, b), `xor` |a - b|, `and` min(a, b), `subtract` min(a, 1 - b). */
export type CombineOperator = (typeof COMBINE_OPERATORS)[number];

/**
 * A prompt as a tree. Parentheses are not nodes, and a chain of one operator is one node: `a OR b OR c` has three
 * operands.
 */
export type PromptTree =
  | { readonly kind: 'phrase'; readonly phrase: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'not'; readonly operand: PromptTree }
  | { readonly kind: 'combine'; readonly operator: CombineOperator; readonly operands: readonly PromptTree[] }
  /** `{*1.5}` and `{/2}`: probability multiplied or divided by a number above 0. */
  | { readonly kind: 'scale'; readonly operand: PromptTree; readonly by: '*' | '/'; readonly amount: number }
  /** `{+12}`, `{-1%}`: grown or shrunk, in pixels of the image or percent of its diagonal. */
  | {
      readonly kind: 'grow';
      readonly operand: PromptTree;
      readonly direction: '+' | '-';
      readonly amount: number;
      readonly unit: 'px' | '%';
    }
  /** `hair@0.6`: the term is selected at or above this probability. */
  | { readonly kind: 'threshold'; readonly operand: PromptTree; readonly threshold: number }
  /** `person#2`, `person#left..3`: some of the term's instances. */
  | { readonly kind: 'instances'; readonly operand: PromptTree; readonly selector: InstanceSelector };

/** A prompt and the text that it was parsed from, for labels. */
export interface Prompt {
  readonly text: string;
  readonly tree: PromptTree;
}

/** The operands directly below a node. */
export function operandsOf(tree: PromptTree): readonly PromptTree[] {
  switch (tree.kind) {
    case 'phrase':
    case 'file':
      return [];
    case 'combine':
      return tree.operands;
    case 'not':
    case 'scale':
    case 'grow':
    case 'threshold':
    case 'instances':
      return [tree.operand];
  }
}

/** Characters of a phrase that servers detect; models read some 77 tokens of it. */
export const MAX_PHRASE_LENGTH = 1000;

/** The distinct phrases of a tree, in the order of the text. */
export function phrasesOf(tree: PromptTree): string[] {
  return [...new Set(leavesOf(tree).flatMap((leaf) => (leaf.kind === 'phrase' ? [leaf.phrase] : [])))];
}

/** The distinct phrases of several prompts, in their order. */
export function phrasesIn(prompts: readonly { readonly tree: PromptTree }[]): string[] {
  return [...new Set(prompts.flatMap(({ tree }) => phrasesOf(tree)))];
}

/** The distinct mask files of a tree, in the order of the text. */
export function filesOf(tree: PromptTree): string[] {
  return [...new Set(leavesOf(tree).flatMap((leaf) => (leaf.kind === 'file' ? [leaf.path] : [])))];
}

function leavesOf(tree: PromptTree): PromptTree[] {
  const operands = operandsOf(tree);
  return operands.length === 0 ? [tree] : operands.flatMap(leavesOf);
}
