import { describe, expect, it } from 'vitest';
import { visible } from '../../../src/cli/escape-control-characters.js';

// Control characters, the bidirectional formatting characters of Unicode Standard Annex 9, and its two separators of lines.
const HIDDEN = [
  ...'\0\u0007\b\r\u001b\u007f\u0085\u009b\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
];

describe('visible', () => {
  it.each(HIDDEN)('%j is shown by its number', (character) => {
    const number = character.codePointAt(0)!.toString(16).padStart(4, '0');
    expect(visible(`a${character}b.png`)).toBe(`a\\u${number}b.png`);
  });

  it('a name cannot begin a line; the continuation of a message can', () => {
    expect(visible('no such file: a\nmaskwright: all is well')).toBe('no such file: a\\u000amaskwright: all is well');
    expect(visible('the prompt cannot be read\n  orange AND\n  ^')).toBe(
      'the prompt cannot be read\n  orange AND\n  ^',
    );
  });

  it('letters of every script, emoji and tabs stay', () => {
    const text = 'тест 図 عربي 👩‍🎨\té';
    expect(visible(text)).toBe(text);
  });
});
