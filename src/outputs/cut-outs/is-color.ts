import { parseColor } from '../../engine/color/chroma-key.js';

/** Whether a background is a color, and not a path. Throws `USAGE` for `#` without a color behind it. */
export function isColor(value: string): boolean {
  try {
    parseColor(value);
    return true;
  } catch (error) {
    if (/^#[^./\\]*$/.test(value)) {
      throw error;
    }
    return false;
  }
}
