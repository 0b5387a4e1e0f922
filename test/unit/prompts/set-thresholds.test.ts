import { expect, it } from 'vitest';
import { parsePrompt, printPrompt, setThresholds } from '../../../src/prompts/index.js';

it.each([
  ['a#left', 'a@0.3#left'],
  ['a', 'a@0.3'],
  ['a AND NOT b{+2px} - c', 'a@0.3 AND NOT b@0.4{+2px} - c'],
  ['a@0.9 OR (a XOR b)@0.7', 'a@0.9 OR (a XOR b)@0.7'],
  ['@m.png | (b{*2} & a)', '@m.png OR b@0.4{*2} AND a@0.3'],
])('setThresholds: %s becomes %s', (text, expected) => {
  const thresholds: Readonly<Record<string, number>> = { a: 0.3, b: 0.4 };
  expect(printPrompt(setThresholds(parsePrompt(text), (phrase) => thresholds[phrase]))).toBe(
    printPrompt(parsePrompt(expected)),
  );
});
