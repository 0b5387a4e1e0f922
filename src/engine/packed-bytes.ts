/**
 * The bytes as 32-bit words, the last one padded with zeros: four equal values are compared at once. Shares
 * memory with `data` where its address and length allow.
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
