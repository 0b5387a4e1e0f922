import { promptError } from './prompt-error.js';

export type Token = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'threshold'; readonly threshold: number }
  | { readonly kind: 'scale'; readonly by: '*' | '/'; readonly amount: number }
  | { readonly kind: 'grow'; readonly direction: '+' | '-'; readonly amount: number; readonly unit: 'px' | '%' }
  | { readonly kind: 'or' | 'xor' | 'and' | 'subtract' | 'not' | '(' | ')' | ';' | 'end' }
);

/** A prompt of more parts than this is a issue; it also bounds how deep a tree can be. */
const MAXIMUM_TOKENS = 500;

const WORDS = { AND: 'and', OR: 'or', XOR: 'xor', NOT: 'not', '-': 'subtract' } as const;
const SIGNS = { '&': 'and', '|': 'or', '!': 'not', '(': '(', ')': ')', ';': ';' } as const;

/** Characters that end a word of a phrase. */
const WORD = /[^\s()|&!;{}"@]+/uy;
const SPACE = /\s*/uy;
const QUOTED = /"((?:[^"\\]|\\["\\]|\\)*)"/uy;
const BARE_PATH = /[^\s()|&!;{}"@]+/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?![\w.])/uy;
const MODIFIER = /\{\s*([*/+-])\s*(\d+\.?\d*|\.\d+)\s*(px|%)?\s*\}/uy;

/**
 * Cuts a prompt into tokens, the last being `end`. Words in a row are one text, with single spaces.
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
    if (tokens.length > MAXIMUM_TOKENS) {
      throw promptError(source, at, `it has more than ${MAXIMUM_TOKENS} parts`, 'look for fewer things at once');
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
      // A number behind a term is its threshold; where an operand is due, everything is a file.
      const number = endsOperand(tokens.at(-1)) ? match(NUMBER) : null;
      if (number !== null) {
        at += number[0].length;
        tokens.push({ kind: 'threshold', threshold: readThreshold(source, number[0], start), start, end: at });
      } else {
        const quoted = source[at] === '"' ? readQuoted(source, match(QUOTED), at) : undefined;
        const bare = match(BARE_PATH)?.[0] ?? '';
        const path = quoted?.value ?? bare;
        if (path === '') {
          throw promptError(source, start, 'behind @ a file or a threshold was expected', AT_HINT);
        }
        at += quoted?.length ?? bare.length;
        tokens.push({ kind: 'file', path, start, end: at });
      }
    } else if (character === '{') {
      const modifier = match(MODIFIER);
      if (modifier === null) {
        throw promptError(source, start, 'this is no modifier', MODIFIER_HINT);
      }
      at += modifier[0].length;
      tokens.push({ ...readModifier(source, modifier), start, end: at });
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
        throw promptError(source, start, `found ${JSON.stringify(word)}, which begins with a minus`, MINUS_HINT);
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
const MINUS_HINT = 'to subtract, leave a space on both sides: fruit - leaf; text that begins with a minus needs quotes';

const OPERAND_ENDS: ReadonlySet<string> = new Set(['text', 'file', ')', 'scale', 'grow', 'threshold']);

function endsOperand(token: Token | undefined): boolean {
  return token !== undefined && OPERAND_ENDS.has(token.kind);
}

function readQuoted(source: string, match: RegExpExecArray | null, at: number): { value: string; length: number } {
  if (match === null) {
    throw promptError(source, at, 'this quote is not closed', 'put " behind the text; \\" is a quote inside it');
  }
  const value = match[1]!.replace(/\\(["\\])/g, '$1');
  if (value.trim() === '') {
    throw promptError(source, at, 'there is nothing between these quotes', 'name a thing');
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
    return refuse(`{${sign}} takes a bare number, without ${unit}`);
  }
  return amount > 0 ? { kind: 'scale', by: sign, amount } : refuse(`{${sign}} needs a number above 0`);
}
