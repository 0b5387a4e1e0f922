import { promptError } from './prompt-error.js';
import type { CombineOperator, Prompt, PromptTree } from './prompt-tree.js';
import { type Token, tokenize } from './tokenize.js';

/** The binding strength of operators. Subtraction is AND NOT and binds like AND. */
export const BINDING: Readonly<Record<CombineOperator, number>> = { or: 0, xor: 1, and: 2, subtract: 2 };
const TIGHTEST = 2;

interface Cursor {
  readonly source: string;
  readonly tokens: readonly Token[];
  next: number;
}

/**
 * Parses one prompt. Precedence, tightest first: modifiers, `@` thresholds and `#` selectors; `NOT` `!`; `AND` `&`
 * and `-`; `XOR`; `OR` `|`. Operators are upper case, everything else is text.
 *
 * Throws `PROMPT_SYNTAX`, with a caret under the position, unless the whole text is a prompt.
 *
 * @example
 * import { parsePrompt, type PromptTree } from 'maskwright';
 *
 * const tree: PromptTree = parsePrompt('person#left{+12px} AND NOT "hair band"@0.4');
 */
export function parsePrompt(source: string): PromptTree {
  const cursor: Cursor = { source, tokens: tokenize(source), next: 0 };
  const tree = parseChain(cursor, 0);
  const token = peek(cursor);
  if (token.kind === ';') {
    throw expected(cursor, 'a single prompt', 'only a list of prompts may contain ;');
  }
  assertEnd(cursor, token);
  return tree;
}

/** Parses prompts separated by `;`, one result each. Throws `PROMPT_SYNTAX`. */
export function parsePrompts(source: string): Prompt[] {
  const cursor: Cursor = { source, tokens: tokenize(source), next: 0 };
  const prompts: Prompt[] = [];
  for (;;) {
    const start = peek(cursor).start;
    const tree = parseChain(cursor, 0);
    const token = peek(cursor);
    prompts.push({ text: source.slice(start, token.start).trim(), tree });
    if (token.kind !== ';') {
      assertEnd(cursor, token);
      return prompts;
    }
    cursor.next++;
  }
}

function assertEnd(cursor: Cursor, token: Token): void {
  if (token.kind === ')') {
    throw promptError(cursor.source, token.start, 'this ) has no (', 'add the ( before it, or quote the text');
  }
  if (token.kind !== 'end') {
    throw expected(cursor, 'AND, OR, XOR, - or the end', OPERATOR_HINT);
  }
}

function parseChain(cursor: Cursor, level: number): PromptTree {
  if (level > TIGHTEST) {
    return parseUnary(cursor);
  }
  let tree = parseChain(cursor, level + 1);
  let operands: PromptTree[] = [tree];
  let chained: CombineOperator | undefined;
  for (;;) {
    const { kind } = peek(cursor);
    if (!isOperator(kind) || BINDING[kind] !== level) {
      return tree;
    }
    cursor.next++;
    const right = parseChain(cursor, level + 1);
    operands = kind === chained ? [...operands, right] : [tree, right];
    chained = kind;
    tree = { kind: 'combine', operator: kind, operands };
  }
}

function parseUnary(cursor: Cursor): PromptTree {
  let negations = 0;
  while (peek(cursor).kind === 'not') {
    cursor.next++;
    negations++;
  }
  let tree = parseModified(cursor);
  for (; negations > 0; negations--) {
    tree = { kind: 'not', operand: tree };
  }
  return tree;
}

function parseModified(cursor: Cursor): PromptTree {
  let operand = parseOperand(cursor);
  for (;;) {
    const token = peek(cursor);
    if (token.kind === 'scale') {
      operand = { kind: 'scale', operand, by: token.by, amount: token.amount };
    } else if (token.kind === 'grow') {
      operand = { kind: 'grow', operand, direction: token.direction, amount: token.amount, unit: token.unit };
    } else if (token.kind === 'threshold') {
      operand = { kind: 'threshold', operand, threshold: token.threshold };
    } else if (token.kind === 'instances') {
      operand = { kind: 'instances', operand, selector: token.selector };
    } else {
      return operand;
    }
    cursor.next++;
  }
}

function parseOperand(cursor: Cursor): PromptTree {
  const token = peek(cursor);
  if (token.kind === 'text') {
    cursor.next++;
    return { kind: 'phrase', phrase: token.text };
  }
  if (token.kind === 'file') {
    cursor.next++;
    return { kind: 'file', path: token.path };
  }
  if (token.kind !== '(') {
    throw expected(cursor, 'a phrase', 'operators are upper case: fruit AND NOT (pears OR leaf)');
  }
  cursor.next++;
  const tree = parseChain(cursor, 0);
  if (peek(cursor).kind !== ')') {
    throw peek(cursor).kind === 'end'
      ? promptError(cursor.source, token.start, 'this ( has no )', 'add the ) after the group')
      : expected(cursor, 'AND, OR, XOR, - or )', OPERATOR_HINT);
  }
  cursor.next++;
  return tree;
}

const OPERATOR_HINT = 'put an operator between two terms (fruit AND NOT leaf), or quotes around literal text';

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.next]!;
}

function isOperator(kind: Token['kind']): kind is CombineOperator {
  return Object.hasOwn(BINDING, kind);
}

function expected(cursor: Cursor, what: string, hint: string): Error {
  const { kind, start, end } = peek(cursor);
  const found = kind === 'end' ? 'the end' : cursor.source.slice(start, end);
  return promptError(cursor.source, start, `found ${found}, expected ${what}`, hint);
}
