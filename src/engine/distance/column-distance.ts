import { asWords } from '../packed-bytes.js';

/** Four selected values, by their highest bits. */
const ALL_SELECTED = 0x80808080 | 0;

/**
 * For each pixel the distance, in its own column, down from the nearest selected pixel (128 and more) at or
 * above it, at most `cap` (under 65536).
 */
export function distanceFromAbove(data: Uint8Array, width: number, cap: number): Uint16Array<ArrayBuffer> {
  const above = new Uint16Array(data.length);
  for (let x = 0; x < width; x++) {
    above[x] = data[x]! >= 128 ? 0 : cap;
  }
  if (width % 4 !== 0) {
    for (let i = width; i < data.length; i++) {
      const next = above[i - width]! + 1;
      above[i] = data[i]! >= 128 ? 0 : next < cap ? next : cap;
    }
    return above;
  }
  // Pixels that have nothing near them, or are all selected, go four at a time.
  const words = asWords(data);
  const aboveWords = new Int32Array(above.buffer, 0, above.length >> 1);
  const far = cap | (cap << 16);
  for (let i = width; i < data.length; i += 4) {
    const two = i >> 1;
    const upper = (i - width) >> 1;
    const selected = words[i >> 2]! & ALL_SELECTED;
    if (selected === ALL_SELECTED) {
      continue;
    }
    if (selected === 0 && aboveWords[upper] === far && aboveWords[upper + 1] === far) {
      aboveWords[two] = aboveWords[two + 1] = far;
      continue;
    }
    for (let k = i; k < i + 4; k++) {
      const next = above[k - width]! + 1;
      above[k] = data[k]! >= 128 ? 0 : next < cap ? next : cap;
    }
  }
  return above;
}
