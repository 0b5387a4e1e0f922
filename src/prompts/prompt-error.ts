import { MaskwrightError } from '../errors.js';

/**
 * `PROMPT_SYNTAX` with the prompt's line and a caret under the place. `at` counts UTF-16 units;
 * `problem` says what was found and what was expected there.
 */
export function promptError(text: string, at: number, problem: string, hint?: string): MaskwrightError {
  const indent = ' '.repeat(displayWidth(oneLine(text.slice(0, at))));
  return new MaskwrightError(
    'PROMPT_SYNTAX',
    `the prompt can't be read: ${problem}\n  ${oneLine(text)}\n  ${indent}^`,
    {
      hint,
    },
  );
}

/** Line breaks and controls as spaces, so that the caret stands where it should. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]/gu, ' ');
}

/** Columns that a text takes in a terminal: none for combining marks, two for wide characters. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) {
      continue;
    }
    width +=
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
