import { MaskwrightError } from '../errors.js';

/**
 * A `PROMPT_SYNTAX` error that shows the prompt with a caret under the position `at`, in UTF-16 units.
 * `problem` names what was found and what was expected.
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

/** Replaces line breaks and control characters by spaces, so that the caret is in the right column. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]/gu, ' ');
}

/** The number of terminal columns of a text: none for combining marks, two for wide characters. */
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
