/**
 * A text as it may be shown on a terminal: names and words can hold characters that move the cursor, change colors,
 * end a line or turn the direction of reading. They are shown by their numbers. An end of line with two spaces behind
 * it, the continuation of a message, stays.
 */
export function visible(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /\n(?! {2})|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
