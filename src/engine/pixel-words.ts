const NONE = new Int32Array(0);

/**
 * Pixels of three samples, four at a time: three words of `words` hold what one word of `quads` gets a byte each for.
 * Both are empty where the data does not lie on a word's border or has another layout.
 */
export function wordsOf(
  data: Uint8Array,
  channels: number,
  out: Uint8Array,
): { readonly words: Int32Array; readonly quads: Int32Array } {
  if (channels !== 3 || data.byteOffset % 4 !== 0) {
    return { words: NONE, quads: NONE };
  }
  const count = out.length >> 2;
  return {
    words: new Int32Array(data.buffer, data.byteOffset, count * 3),
    quads: new Int32Array(out.buffer, out.byteOffset, count),
  };
}
