import { asWords } from './packed-bytes.js';

/** Whether all values are 0 or 255. */
export function isBinary(data: Uint8Array): boolean {
  const words = asWords(data);
  let odd = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    // A byte is 0 or 255 if it is 255 times its own lowest bit.
    odd |= word ^ Math.imul(word & 0x01010101, 255);
  }
  return odd === 0;
}
