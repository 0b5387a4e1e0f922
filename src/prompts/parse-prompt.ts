import { promptError } from './prompt-error.js';
import type { CombineOperator, Prompt, PromptTree } from './prompt-tree.js';
import { type Token, tokenize } from './tokenize.js';

/** How tightly operators bind: subtracting is AND NOT, and binds as AND does. */
export const BINDING: Readonly<Record<CombineOperator, number>> = { or: 0, xor: 1, and: 2, subtract: 2 };
const TIGHTEST = 2;

interface Cursor {
  readonly source: string;
  readonly tokens: readonly Token[];
  next: number;
}

/**
 * Reads one prompt. Precedence, tightest first: modifiers and `@` thresholds, `NOT` `!`, `AND` `&` and `-`,
 * `XOR`, `OR` `|`; operators are upper case, everything else is text. All of it must be understood:
 * throws `PROMPT_SYNTAX` with a caret under the place otherwise.
 */
export function parsePrompt(source: string): PromptTree {
  const cursor: Cursor = { source, tokens: tokenize(source), next: 0 };
  const tree = parseChain(cursor, 0);
  const token = peek(cursor);
  if (token.kind === ';') {
    throw expected(cursor, 'one prompt alone', 'several results are several prompts');
  }
  assertEnd(cursor, token);
  return tree;
}

/** Reads prompts separated by `;`, each for a result of its own. Throws `PROMPT_SYNTAX`. */
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
    throw promptError(cursor.source, token.start, 'this ) closes nothing', 'put a ( before it, or quote the text');
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
    throw expected(cursor, 'words to look for', 'operators are upper case: fruit AND NOT (pears OR leaf)');
  }
  cursor.next++;
  const tree = parseChain(cursor, 0);
  if (peek(cursor).kind !== ')') {
    throw peek(cursor).kind === 'end'
      ? promptError(cursor.source, token.start, 'this ( is not closed', 'put a ) behind the group')
      : expected(cursor, 'AND, OR, XOR, - or )', OPERATOR_HINT);
  }
  cursor.next++;
  return tree;
}

const OPERATOR_HINT = 'put an operator between two things (fruit AND NOT leaf), or quotes round literal text';

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
