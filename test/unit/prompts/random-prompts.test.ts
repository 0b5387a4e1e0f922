import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTANCE_ORDERS } from '../../../src/engine/instances/select-instances.js';
import { MaskwrightError } from '../../../src/errors.js';
import { formatPromptTree } from '../../../src/prompts/format-prompt-tree.js';
import { parsePrompt, parsePrompts } from '../../../src/prompts/parse-prompt.js';
import { printPrompt } from '../../../src/prompts/print-prompt.js';
import { COMBINE_OPERATORS, operandsOf, type PromptTree } from '../../../src/prompts/prompt-tree.js';
import { propertyRuns } from '../../support/property-runs.js';

const SCRAPS =
  '( ) | & ! ; " \\ @ { } - * + / % px . , AND OR XOR NOT cat dog é 犬 🍊 {+5} {*1.5} {-1%} 0.6 @0.6 @a.png 1e9 # #2 #left #left..3 #top:2 #0';

const scraps = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...SCRAPS.split(' '),
      ' ',
      '\n',
      ' AND ',
      ' OR ',
      ' XOR ',
      ' NOT ',
      ' - ',
      '@"b c.png"',
      '9'.repeat(400),
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  ),
  { maxLength: 14 },
);

const text = fc.oneof(
  fc.constantFrom('cat', 'a man, a woman', "dog's nose", '-5', 'a - b', 'x AND y', '@', '"', '\\', ' padded ', 'a  b'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => value.trim() !== ''),
);
const amount = fc.oneof(
  fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
  fc.integer({ min: 1, max: 500 }),
  fc.double({ min: 1e20, max: 1e25, noNaN: true }),
);

const { tree } = fc.letrec<{ tree: PromptTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant('phrase' as const), phrase: text }),
    fc.record({ kind: fc.constant('file' as const), path: text }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('tree') }),
    fc.record({ kind: fc.constant('scale' as const), operand: tie('tree'), by: fc.constantFrom('*', '/'), amount }),
    fc.record({
      kind: fc.constant('grow' as const),
      operand: tie('tree'),
      direction: fc.constantFrom('+', '-'),
      amount,
      unit: fc.constantFrom('px', '%'),
    }),
    fc.record({
      kind: fc.constant('threshold' as const),
      operand: tie('tree'),
      threshold: fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
    }),
    fc.record({
      kind: fc.constant('instances' as const),
      operand: tie('tree'),
      selector: fc
        .record({
          order: fc.constantFrom(...INSTANCE_ORDERS),
          first: fc.integer({ min: 1, max: 900_000 }),
          more: fc.nat({ max: 3 }),
        })
        .map(({ order, first, more }) => ({ order, first, last: first + more })),
    }),
    fc.record({
      kind: fc.constant('combine' as const),
      operator: fc.constantFrom(...COMBINE_OPERATORS),
      operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

describe('random texts and trees', { timeout: 120_000 }, () => {
  it('parsePrompts: any text is parsed, or refused with PROMPT_SYNTAX and a caret', () => {
    let read = 0;
    fc.assert(
      fc.property(scraps, (pieces) => {
        const source = pieces.join('');
        try {
          for (const prompt of parsePrompts(source)) {
            expect(parsePrompt(printPrompt(prompt.tree))).toEqual(prompt.tree);
            read++;
          }
        } catch (error) {
          if (!(error instanceof MaskwrightError) || error.code !== 'PROMPT_SYNTAX') {
            throw error;
          }
          expect(error.message.endsWith('^')).toBe(true);
        }
      }),
      { numRuns: propertyRuns(100_000), seed: 4 },
    );
    expect(read).toBeGreaterThan(1000);
  });

  it('parsePrompt inverts printPrompt', () => {
    fc.assert(
      fc.property(tree, (generated) => {
        expect(parsePrompt(printPrompt(generated))).toEqual(generated);
      }),
      { numRuns: propertyRuns(5000) },
    );
  });

  it('formatPromptTree: one line a node', () => {
    const count = (node: PromptTree): number => 1 + operandsOf(node).reduce((sum, child) => sum + count(child), 0);
    fc.assert(
      fc.property(tree, (generated) => {
        expect(formatPromptTree(generated)).toHaveLength(count(generated));
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
