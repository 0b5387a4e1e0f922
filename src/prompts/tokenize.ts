import { INSTANCE_ORDERS, type InstanceOrder, type InstanceSelector } from '../engine/instances/select-instances.js';
import { promptError } from './prompt-error.js';

export type Token = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'threshold'; readonly threshold: number }
  | { readonly kind: 'scale'; readonly by: '*' | '/'; readonly amount: number }
  | { readonly kind: 'grow'; readonly direction: '+' | '-'; readonly amount: number; readonly unit: 'px' | '%' }
  | { readonly kind: 'instances'; readonly selector: InstanceSelector }
  | { readonly kind: 'or' | 'xor' | 'and' | 'subtract' | 'not' | '(' | ')' | ';' | 'end' }
);

/** The longest prompt that is accepted. It also bounds the depth of a tree. */
const MAX_TOKENS = 500;

/** The highest rank of an instance that can be written. */
const MAX_RANK = 1_000_000;

const WORDS = { AND: 'and', OR: 'or', XOR: 'xor', NOT: 'not', '-': 'subtract' } as const;
const SIGNS = { '&': 'and', '|': 'or', '!': 'not', '(': '(', ')': ')', ';': ';' } as const;

/** Characters that end a word of a phrase. */
const WORD = /[^\s()|&!;{}"@#]+/uy;
const SPACE = /\s*/uy;
const QUOTED = /"((?:[^"\\]|\\["\\]|\\)*)"/uy;
const BARE_PATH = /[^\s()|&!;{}"@#]+/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?![\w.])/uy;
const SELECTOR = /#(?:([a-z]+)(?::(\d+))?|(\d+))(?:\.\.(\d+))?(?![\w.:])/uy;
const MODIFIER = /\{\s*([*/+-])\s*(\d+\.?\d*|\.\d+)\s*(px|%)?\s*\}/uy;

/**
 * Splits a prompt into tokens; the last one is `end`. Consecutive words are one text, joined by single spaces.
 * Throws `PROMPT_SYNTAX`.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  for (;;) {
    at += match(SPACE)![0].length;
    if (tokens.length > MAX_TOKENS) {
      throw promptError(source, at, `it has more than ${MAX_TOKENS} parts`, 'split it into several prompts');
    }
    const start = at;
    if (start === source.length) {
      tokens.push({ kind: 'end', start, end: start });
      return tokens;
    }
    const character = source[start]!;
    const sign = SIGNS[character as keyof typeof SIGNS];
    if (sign !== undefined) {
      tokens.push({ kind: sign, start, end: ++at });
    } else if (character === '"') {
      const text = readQuoted(source, match(QUOTED), start);
      at += text.length;
      tokens.push({ kind: 'text', text: text.value, start, end: at });
    } else if (character === '@') {
      at++;
      // A number after an operand is its threshold; where an operand is expected, everything is a file.
      const number = endsOperand(tokens.at(-1)) ? match(NUMBER) : null;
      if (number !== null) {
        at += number[0].length;
        tokens.push({ kind: 'threshold', threshold: readThreshold(source, number[0], start), start, end: at });
      } else {
        const quoted = source[at] === '"' ? readQuoted(source, match(QUOTED), at) : undefined;
        const bare = match(BARE_PATH)?.[0] ?? '';
        const path = quoted?.value ?? bare;
        if (path === '') {
          throw promptError(source, start, 'expected a file or a threshold after @', AT_HINT);
        }
        at += quoted?.length ?? bare.length;
        tokens.push({ kind: 'file', path, start, end: at });
      }
    } else if (character === '{') {
      const modifier = match(MODIFIER);
      if (modifier === null) {
        throw promptError(source, start, 'this is not a modifier', MODIFIER_HINT);
      }
      at += modifier[0].length;
      tokens.push({ ...readModifier(source, modifier), start, end: at });
    } else if (character === '#') {
      const selector = endsOperand(tokens.at(-1)) ? match(SELECTOR) : null;
      if (selector === null) {
        throw promptError(source, start, 'this is not an instance selector', SELECTOR_HINT);
      }
      at += selector[0].length;
      tokens.push({ kind: 'instances', selector: readSelector(source, selector), start, end: at });
    } else if (character === '}') {
      throw promptError(source, start, 'found } without a {', MODIFIER_HINT);
    } else {
      const word = match(WORD)![0];
      at += word.length;
      const operator = Object.hasOwn(WORDS, word) ? WORDS[word as keyof typeof WORDS] : undefined;
      const before = tokens.at(-1);
      if (operator !== undefined) {
        tokens.push({ kind: operator, start, end: at });
      } else if (word.startsWith('-')) {
        throw promptError(source, start, `found ${JSON.stringify(word)}, which starts with a minus`, MINUS_HINT);
      } else if (before?.kind === 'text' && source[before.start] !== '"') {
        tokens[tokens.length - 1] = { ...before, text: `${before.text} ${word}`, end: at };
      } else {
        tokens.push({ kind: 'text', text: word, start, end: at });
      }
    }
  }
}

const AT_HINT = 'a mask file is @sky.png or @"my sky.png", a threshold hair@0.6; text with an @ needs quotes';
const MODIFIER_HINT = 'modifiers are {*1.5} {/2} {+12} {+12px} {-1%}; text with braces needs quotes';
const MINUS_HINT = 'to subtract, put a space on both sides: fruit - leaf; text that starts with a minus needs quotes';
const SELECTOR_HINT =
  'selectors follow a term: person#2, person#left, person#left..3, person#left:2; orders are ' +
  `${INSTANCE_ORDERS.join(', ')}; text with a # needs quotes`;

const OPERAND_ENDS: ReadonlySet<string> = new Set(['text', 'file', ')', 'scale', 'grow', 'threshold', 'instances']);

function endsOperand(token: Token | undefined): boolean {
  return token !== undefined && OPERAND_ENDS.has(token.kind);
}

function readQuoted(source: string, match: RegExpExecArray | null, at: number): { value: string; length: number } {
  if (match === null) {
    throw promptError(
      source,
      at,
      'this quote is not closed',
      'add a " after the text; inside quotes, write \\" for a quote',
    );
  }
  const value = match[1]!.replace(/\\(["\\])/g, '$1');
  if (value.trim() === '') {
    throw promptError(source, at, 'nothing between these quotes', 'put a phrase between them');
  }
  return { value, length: match[0].length };
}

function readThreshold(source: string, digits: string, at: number): number {
  const threshold = Number(digits);
  if (!(threshold > 0 && threshold < 1)) {
    throw promptError(
      source,
      at,
      `the threshold of a term is ${digits}`,
      'it must lie between 0 and 1, as in hair@0.6',
    );
  }
  return threshold;
}

function readSelector(source: string, match: RegExpExecArray): InstanceSelector {
  const [, name = 'largest', ordinal, rank, count] = match;
  const refuse = (problem: string): never => {
    throw promptError(source, match.index, problem, SELECTOR_HINT);
  };
  if (!isInstanceOrder(name)) {
    return refuse(`${JSON.stringify(name)} is not an order of instances`);
  }
  const first = Number(ordinal ?? rank ?? 1);
  const last = count === undefined ? first : Number(count);
  if (first < 1 || last > MAX_RANK) {
    return refuse(`instances are counted from 1 to ${MAX_RANK}`);
  }
  return last < first ? refuse(`the range ${first}..${last} is empty`) : { order: name, first, last };
}

function isInstanceOrder(name: string): name is InstanceOrder {
  return (INSTANCE_ORDERS as readonly string[]).includes(name);
}

type Modifier =
  | { readonly kind: 'scale'; readonly by: '*' | '/'; readonly amount: number }
  | { readonly kind: 'grow'; readonly direction: '+' | '-'; readonly amount: number; readonly unit: 'px' | '%' };

function readModifier(source: string, match: RegExpExecArray): Modifier {
  const sign = match[1] as '*' | '/' | '+' | '-';
  const amount = Number(match[2]);
  const unit = match[3] as 'px' | '%' | undefined;
  const refuse = (problem: string): never => {
    throw promptError(source, match.index, problem, MODIFIER_HINT);
  };
  if (!Number.isFinite(amount)) {
    return refuse('this number is too large');
  }
  if (sign === '+' || sign === '-') {
    return { kind: 'grow', direction: sign, amount, unit: unit ?? 'px' };
  }
  if (unit !== undefined) {
    return refuse(`{${sign}} takes a number without ${unit}`);
  }
  return amount > 0 ? { kind: 'scale', by: sign, amount } : refuse(`{${sign}} needs a number above 0`);
}
