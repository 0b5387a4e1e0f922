import { MaskwrightError } from '../../errors.js';

/**
 * The words of a line: separated by spaces, quotes keep what is between them together, a backslash takes the
 * next character as it is (but not before letters and digits, where it is part of a Windows path).
 * Throws `USAGE` for a quote that does not end.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (character === '\\' && quote !== "'" && /[\s"'\\]/.test(line[i + 1] ?? '')) {
      word = (word ?? '') + line[++i]!;
    } else if (quote !== undefined) {
      if (character === quote) {
        quote = undefined;
      } else {
        word += character;
      }
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) {
        words.push(word);
        word = undefined;
      }
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) {
    throw new MaskwrightError('USAGE', `the quote ${quote} has no end`);
  }
  return word === undefined ? words : [...words, word];
}

/** A word as `splitWords` reads it back. */
export function quoteWord(word: string): string {
  return /^[^\s"'\\]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
}
