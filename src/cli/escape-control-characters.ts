/**
 * A text as it may be shown on a terminal: names and words can hold characters that move the cursor, change colors
 * or turn the direction of reading. They are shown by their numbers; ends of lines stay.
 */
export function visible(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
