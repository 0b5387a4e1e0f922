import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { expandBraces } from '../../../../src/io/files/expand-braces.js';

describe('expandBraces', () => {
  it.each([
    'a',
    'a{b,c}',
    '{a,b}{c,d}',
    'x{a,b{c,d}e}y',
    'i{n/..,n/sub}/p',
    'a{b}c',
    'a{b,}',
    '{,a}b',
    'a{b,c',
    'a}b{c',
    '{{a,b}}',
    '{a,{b,{c,d}}}',
  ])('%s expands as in bash', (pattern) => {
    // Globbing is off, and the words of the shell are counted by their ends.
    const words = execFileSync('bash', ['-fc', `printf '%s\\n' ${pattern}`], { encoding: 'utf8' });
    expect(expandBraces(pattern).sort()).toEqual(words.trimEnd().split('\n').sort());
  });

  it('leaves escaped braces', () => {
    expect(expandBraces('a\\{b,c\\}{d,e}')).toEqual(['a\\{b,c\\}d', 'a\\{b,c\\}e']);
  });

  it('refuses a pattern that stands for very many', () => {
    expect(() => expandBraces('{a,b}'.repeat(40))).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
