/**
 * The bytes as little 32-bit words, the last filled up with zeros: most masks are mostly flat, and four equal
 * values are seen at once. Shares memory with `data` where it can.
 */
export function asWords(data: Uint8Array): Int32Array {
  const count = data.length >> 2;
  if (data.length % 4 === 0 && data.byteOffset % 4 === 0) {
    return new Int32Array(data.buffer, data.byteOffset, count);
  }
  const padded = new Uint8Array((count + 1) * 4);
  padded.set(data);
  return new Int32Array(padded.buffer);
}
