import { describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../../src/errors.js';
import { formatPromptTree } from '../../../src/prompts/format-prompt-tree.js';
import { parsePrompt, parsePrompts } from '../../../src/prompts/parse-prompt.js';
import { printPrompt } from '../../../src/prompts/print-prompt.js';
import { filesOf, phrasesOf, type PromptTree } from '../../../src/prompts/prompt-tree.js';

const phrase = (text: string): PromptTree => ({ kind: 'phrase', phrase: text });
const not = (operand: PromptTree): PromptTree => ({ kind: 'not', operand });
const combine =
  (operator: 'or' | 'xor' | 'and' | 'subtract') =>
  (...operands: PromptTree[]): PromptTree => ({ kind: 'combine', operator, operands });
const [or, xor, and, subtract] = [combine('or'), combine('xor'), combine('and'), combine('subtract')];
const times = (operand: PromptTree, amount: number): PromptTree => ({ kind: 'scale', operand, by: '*', amount });
const grow = (operand: PromptTree, direction: '+' | '-', amount: number, unit: 'px' | '%' = 'px'): PromptTree => ({
  kind: 'grow',
  operand,
  direction,
  amount,
  unit,
});
const file = (path: string): PromptTree => ({ kind: 'file', path });
const at = (operand: PromptTree, threshold: number): PromptTree => ({ kind: 'threshold', operand, threshold });
const some = (
  operand: PromptTree,
  order: Extract<PromptTree, { kind: 'instances' }>['selector']['order'],
  first: number,
  last = first,
): PromptTree => ({ kind: 'instances', operand, selector: { order, first, last } });

function errorOf(text: string): MaskwrightError {
  try {
    parsePrompts(text);
  } catch (error) {
    if (error instanceof MaskwrightError) {
      return error;
    }
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

const parts = [phrase('wheels'), phrase('trunk'), phrase('engine'), phrase('windows')];

describe('parsePrompt: the examples of imaginAIry', () => {
  it.each<[string, PromptTree]>([
    ['fruit bowl', phrase('fruit bowl')],
    ['((((fruit bowl))))', phrase('fruit bowl')],
    ['fruit OR bowl', or(phrase('fruit'), phrase('bowl'))],
    ['fruit|bowl', or(phrase('fruit'), phrase('bowl'))],
    ['fruit | bowl', or(phrase('fruit'), phrase('bowl'))],
    ['fruit OR bowl OR pear', or(phrase('fruit'), phrase('bowl'), phrase('pear'))],
    ['fruit AND bowl', and(phrase('fruit'), phrase('bowl'))],
    ['fruit & bowl', and(phrase('fruit'), phrase('bowl'))],
    ['fruit AND NOT green', and(phrase('fruit'), not(phrase('green')))],
    ['fruit bowl{+0.5}', grow(phrase('fruit bowl'), '+', 0.5)],
    ['fruit bowl{+0.5} OR fruit', or(grow(phrase('fruit bowl'), '+', 0.5), phrase('fruit'))],
    ['NOT pizza', not(phrase('pizza'))],
    [
      'car AND (wheels OR trunk OR engine OR windows) AND NOT (truck OR headlights{*10})',
      and(phrase('car'), or(...parts), not(or(phrase('truck'), times(phrase('headlights'), 10)))),
    ],
    [
      'car AND (wheels OR trunk OR engine OR windows OR headlights) AND NOT (truck OR headlights){*10}',
      and(phrase('car'), or(...parts, phrase('headlights')), not(times(or(phrase('truck'), phrase('headlights')), 10))),
    ],
  ])('%s', (text, tree) => {
    expect(parsePrompt(text)).toEqual(tree);
  });
});

describe('parsePrompt: text that imaginAIry ignores', () => {
  it.each<[string, PromptTree]>([
    ['red Ferrari', phrase('red Ferrari')],
    ["dog's nose", phrase("dog's nose")],
    ['a man, a woman', phrase('a man, a woman')],
    ['café', phrase('café')],
    ['fruit{+5}{*2}', times(grow(phrase('fruit'), '+', 5), 2)],
    ['Cat', phrase('Cat')],
    ['fruit{+1}', grow(phrase('fruit'), '+', 1)],
  ])('%s is parsed whole', (text, tree) => {
    expect(parsePrompt(text)).toEqual(tree);
  });

  it('a missing operator is an error', () => {
    const error = errorOf('shoes NOT (white surrounding){-5}');
    expect(error.code).toBe('PROMPT_SYNTAX');
    expect(error.message).toContain('found NOT, expected AND, OR, XOR, - or the end');
    expect(error.message).toContain('\n  shoes NOT (white surrounding){-5}\n        ^');
  });
});

describe('parsePrompt: precedence, quoting, modifiers', () => {
  it.each<[string, PromptTree]>([
    ['fruit AND NOT (pears OR leaf)', and(phrase('fruit'), not(or(phrase('pears'), phrase('leaf'))))],
    ['a OR b AND c', or(phrase('a'), and(phrase('b'), phrase('c')))],
    ['a XOR b OR c AND d', or(xor(phrase('a'), phrase('b')), and(phrase('c'), phrase('d')))],
    ['!a & !!b', and(not(phrase('a')), not(not(phrase('b'))))],
    ['a - b - c', subtract(phrase('a'), phrase('b'), phrase('c'))],
    ['a AND b - c AND d', and(subtract(and(phrase('a'), phrase('b')), phrase('c')), phrase('d'))],
    ['a OR b - c', or(phrase('a'), subtract(phrase('b'), phrase('c')))],
    ['(a OR b) OR c', or(or(phrase('a'), phrase('b')), phrase('c'))],
    ['t-shirt - black-and-white print', subtract(phrase('t-shirt'), phrase('black-and-white print'))],
    ['salt and pepper or not', phrase('salt and pepper or not')],
    ['"salt AND (pepper)"', phrase('salt AND (pepper)')],
    [String.raw`"a \"sign\" \\"`, phrase(String.raw`a "sign" \ `.trim())],
    ['NOTE AND ANDROID', and(phrase('NOTE'), phrase('ANDROID'))],
    ['  two \t words\n here ', phrase('two words here')],
    ['日本の車 AND 🍊', and(phrase('日本の車'), phrase('🍊'))],
    ['hair{*1.5}', times(phrase('hair'), 1.5)],
    ['hair{/2}', { kind: 'scale', operand: phrase('hair'), by: '/', amount: 2 }],
    ['hair{ -1 % }', grow(phrase('hair'), '-', 1, '%')],
    ['hair{+12px}', grow(phrase('hair'), '+', 12)],
    ['hair@0.6 OR face @.25', or(at(phrase('hair'), 0.6), at(phrase('face'), 0.25))],
    ['(hair OR face)@0.6{+2}', grow(at(or(phrase('hair'), phrase('face')), 0.6), '+', 2)],
    ['NOT hair@0.6', not(at(phrase('hair'), 0.6))],
    ['dog AND NOT @logo.png', and(phrase('dog'), not(file('logo.png')))],
    ['@masks/sky.png{+3} | @"my sky (1).png"', or(grow(file('masks/sky.png'), '+', 3), file('my sky (1).png'))],
    [String.raw`@C:\masks\sky.png@0.3`, at(file(String.raw`C:\masks\sky.png`), 0.3)],
    ['@0.6', file('0.6')],
    ['person#2', some(phrase('person'), 'largest', 2)],
    ['two people #left', some(phrase('two people'), 'left', 1)],
    ['person#left..3', some(phrase('person'), 'left', 1, 3)],
    ['person#2..4', some(phrase('person'), 'largest', 2, 4)],
    ['person#left:2 OR cup#bottom:2..3', or(some(phrase('person'), 'left', 2), some(phrase('cup'), 'bottom', 2, 3))],
    ['NOT person@0.4#center{+3}', not(grow(some(at(phrase('person'), 0.4), 'center', 1), '+', 3))],
    ['(cat OR dog)#smallest#1', some(some(or(phrase('cat'), phrase('dog')), 'smallest', 1), 'largest', 1)],
    ['@mask.png#top', some(file('mask.png'), 'top', 1)],
    ['"C# code" AND @"a#b.png"', and(phrase('C# code'), file('a#b.png'))],
  ])('%s', (text, tree) => {
    expect(parsePrompt(text)).toEqual(tree);
  });

  it('phrasesOf and filesOf list each leaf once', () => {
    const tree = parsePrompt('a AND (b OR a) - @m.png OR @m.png AND A');
    expect(phrasesOf(tree)).toEqual(['a', 'b', 'A']);
    expect(filesOf(tree)).toEqual(['m.png']);
  });

  it('parsePrompts: semicolons separate prompts, and each keeps its text', () => {
    expect(parsePrompts('cat ;dog  OR  cow; "a;b" ')).toEqual([
      { text: 'cat', tree: phrase('cat') },
      { text: 'dog  OR  cow', tree: or(phrase('dog'), phrase('cow')) },
      { text: '"a;b"', tree: phrase('a;b') },
    ]);
  });

  it('a semicolon is an error where one prompt is expected', () => {
    expect(() => parsePrompt('cat; dog')).toThrow('found ;, expected a single prompt');
  });

  it('formatPromptTree: one line a node, branches drawn', () => {
    expect(formatPromptTree(parsePrompt('fruit AND NOT (pears{+2} OR @leaf.png)'))).toEqual([
      'AND: where all of these are',
      '├─ "fruit"',
      '└─ NOT: where this is not',
      '   └─ OR: where any of these is',
      '      ├─ {+2px}: grown by 2 px on every side',
      '      │  └─ "pears"',
      '      └─ the mask @leaf.png',
    ]);
  });
});

describe('parsePrompts: errors', () => {
  it.each<[string, string, number]>([
    ['', 'found the end, expected a phrase', 0],
    ['   ', 'found the end, expected a phrase', 3],
    ['AND b', 'found AND, expected a phrase', 0],
    ['a AND', 'found the end, expected a phrase', 5],
    ['a AND OR b', 'found OR, expected a phrase', 6],
    ['(a OR b', 'this ( has no )', 0],
    ['a OR b)', 'this ) has no (', 6],
    ['()', 'found ), expected a phrase', 1],
    ['a "b"', 'found "b", expected AND, OR', 2],
    ['a (b)', 'found (, expected AND, OR', 2],
    ['(a "b")', 'found "b", expected AND, OR, XOR, - or )', 3],
    ['say "hello', 'this quote is not closed', 4],
    ['""', 'nothing between these quotes', 0],
    ['cat{5}', 'this is not a modifier', 3],
    ['cat{', 'this is not a modifier', 3],
    ['cat{*-2}', 'this is not a modifier', 3],
    ['cat{*0}', '{*} needs a number above 0', 3],
    ['cat{/2px}', '{/} takes a number', 3],
    ['cat{+1,5}', 'this is not a modifier', 3],
    ['cat}', 'found } without a {', 3],
    ['{+5}', 'found {+5}, expected a phrase', 0],
    ['hair@1', 'the threshold of a term is 1', 4],
    ['hair@0', 'the threshold of a term is 0', 4],
    ['hair@', 'expected a file or a threshold after @', 4],
    ['hair@0.6.png', 'found @0.6.png, expected AND', 4],
    ['me@mail', 'found @mail, expected AND', 2],
    ['cat -dog', 'found "-dog", which starts with a minus', 4],
    ['- dog', 'found -, expected a phrase', 0],
    ['a;;b', 'found ;, expected a phrase', 2],
    ['#2', 'this is not an instance selector', 0],
    ['C# code', 'this is not an instance selector', 1],
    ['cat#0', 'instances are counted from 1', 3],
    ['cat#first', '"first" is not an order of instances', 3],
    ['cat#left..0', 'the range 1..0 is empty', 3],
    ['cat#3..2', 'the range 3..2 is empty', 3],
    ['cat#2.5', 'this is not an instance selector', 3],
    ['cat#left:', 'this is not an instance selector', 3],
    ['cat#99999999999999999999', 'instances are counted from 1 to 1000000', 3],
    ['a;', 'found the end, expected a phrase', 2],
  ])('%j', (text, message, column) => {
    const error = errorOf(text);
    expect(error.code).toBe('PROMPT_SYNTAX');
    expect(error.message).toContain(message);
    expect(error.message.split('\n').at(-1)).toBe(`  ${' '.repeat(column)}^`);
    expect(error.hint).toBeTruthy();
  });

  it('the caret is in the column of the position for wide and combining characters', () => {
    expect(errorOf('車 (b)').message.split('\n').at(-1)).toBe('     ^');
    expect(errorOf('e\u0301 (b)').message.split('\n').at(-1)).toBe('    ^');
    expect(errorOf('a\n(b)').message.split('\n').slice(1)).toEqual(['  a (b)', '    ^']);
  });

  it('prompts of more than 500 tokens are refused', () => {
    expect(errorOf('('.repeat(100_000)).message).toContain('more than 500 parts');
    expect(errorOf('!'.repeat(100_000)).code).toBe('PROMPT_SYNTAX');
    expect(phrasesOf(parsePrompt(`${'!('.repeat(160)}a${')'.repeat(160)}`))).toEqual(['a']);
  });
});

describe('printPrompt', () => {
  it.each([
    ['((a|b))&c', '(a OR b) AND c'],
    ['!(a){*2}', 'NOT a{*2}'],
    ['(!a){*2}', '(NOT a){*2}'],
    ['a AND (b - c)', 'a AND (b - c)'],
    ['"plain words"', 'plain words'],
    ['"-5"', '"-5"'],
    ['"a  b"', '"a  b"'],
    ['"a#b"', '"a#b"'],
    ['a#largest', 'a#largest'],
    ['a#1', 'a#largest'],
    ['a#largest:2..3', 'a#2..3'],
    ['a #left:1..3', 'a#left..3'],
    ['(a|b)#left:2', '(a OR b)#left:2'],
    ['a{+0.0000001}', 'a{+0.0000001px}'],
    [`a{*${'9'.repeat(25)}}`, `a{*10000000000000000000000000}`],
  ])('%s', (text, printed) => {
    expect(printPrompt(parsePrompt(text))).toBe(printed);
  });
});
