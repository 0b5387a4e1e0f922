/**
 * How many values fall into each of `bins` equal steps from 0 to 1; 1 itself counts in the last.
 *
 * @param values in [0, 1]
 */
export function histogram(values: Float32Array, bins: number): Uint32Array {
  const counts = new Uint32Array(bins);
  for (let i = 0; i < values.length; i++) {
    counts[Math.min(bins - 1, Math.floor(values[i]! * bins))]!++;
  }
  return counts;
}

/**
 * How often each of 256 values occurs. Bytes are read in pairs, which takes half the time, and every other
 * pair has its own counts: where neighbors are alike, a count would wait for the one before.
 */
export function byteHistogram(data: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  // Pairs begin at even addresses.
  const lead = data.byteOffset & 1;
  const count = Math.max(data.length - lead, 0) >> 1;
  const pairs = count === 0 ? new Uint16Array(0) : new Uint16Array(data.buffer, data.byteOffset + lead, count);
  const even = new Uint32Array(65536);
  const odd = new Uint32Array(65536);
  const whole = pairs.length & ~1;
  for (let i = 0; i < whole; i += 2) {
    const first = pairs[i]!;
    const second = pairs[i + 1]!;
    even[first] = even[first]! + 1;
    odd[second] = odd[second]! + 1;
  }
  for (let pair = 0; pair < 65536; pair++) {
    const count = even[pair]! + odd[pair]!;
    counts[pair & 255] = counts[pair & 255]! + count;
    counts[pair >> 8] = counts[pair >> 8]! + count;
  }
  for (let i = 0; i < Math.min(lead, data.length); i++) {
    counts[data[i]!] = counts[data[i]!]! + 1;
  }
  for (let i = lead + whole * 2; i < data.length; i++) {
    counts[data[i]!] = counts[data[i]!]! + 1;
  }
  return counts;
}
