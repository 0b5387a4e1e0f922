const NONE = new Int32Array(0);
const LOWEST_FIRST = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Pixels of three samples, four at a time: three words of `words` hold what one word of `quads` gets a byte each for.
 * Both are empty where the data does not lie on a word's border or has another layout, and where a word's first byte
 * is its highest.
 *
 * Callers repeat the loop over the words: V8 inlines the computation only into a loop that calls nothing else, and
 * hoists the read of a table only where the table is an argument or belongs to the module, not to a closure.
 */
export function wordsOf(
  data: Uint8Array,
  channels: number,
  out: Uint8Array,
): { readonly words: Int32Array; readonly quads: Int32Array } {
  if (!LOWEST_FIRST || channels !== 3 || data.byteOffset % 4 !== 0) {
    return { words: NONE, quads: NONE };
  }
  const count = out.length >> 2;
  return {
    words: new Int32Array(data.buffer, data.byteOffset, count * 3),
    quads: new Int32Array(out.buffer, out.byteOffset, count),
  };
}
