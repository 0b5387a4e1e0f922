/** Bits of a code, to be written from the lowest, and their number. */
export interface HuffmanCode {
  readonly bits: number;
  readonly count: number;
}

/**
 * The length in bits of the Huffman code of each symbol; 0 where it does not occur. Lengths above `maxBits` are cut, and
 * other codes are lengthened until all fit: a little longer than the best code of limited length. A symbol that is the
 * only one has 1 bit.
 */
export function huffmanLengths(counts: Uint32Array, maxBits: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const symbols = Array.from(counts.keys())
    .filter((symbol) => counts[symbol]! > 0)
    .sort((a, b) => counts[a]! - counts[b]!);
  const leaves = symbols.length;
  if (leaves < 2) {
    for (const symbol of symbols) {
      lengths[symbol] = 1;
    }
    return lengths;
  }
  // Leaves in the order of their weights, then inner nodes, which are made in that order: no heap is needed.
  const weights = new Float64Array(2 * leaves - 1);
  const parents = new Int32Array(2 * leaves - 1);
  symbols.forEach((symbol, i) => {
    weights[i] = counts[symbol]!;
  });
  let leaf = 0;
  let inner = leaves;
  for (let node = leaves; node < weights.length; node++) {
    for (let child = 0; child < 2; child++) {
      const least = leaf < leaves && (inner >= node || weights[leaf]! <= weights[inner]!) ? leaf++ : inner++;
      weights[node]! += weights[least]!;
      parents[least] = node;
    }
  }
  const depths = new Int32Array(weights.length);
  const sizes = new Int32Array(maxBits + 1);
  for (let node = weights.length - 2; node >= 0; node--) {
    depths[node] = depths[parents[node]!]! + 1;
    if (node < leaves) {
      sizes[Math.min(depths[node]!, maxBits)]!++;
    }
  }
  shorten(sizes, maxBits);
  // The rarest have the longest codes.
  let at = 0;
  for (let length = maxBits; length > 0; length--) {
    for (let n = 0; n < sizes[length]!; n++) {
      lengths[symbols[at++]!] = length;
    }
  }
  return lengths;
}

/** Makes the numbers of codes of each length satisfy Kraft's equation, where the longest were cut. */
function shorten(sizes: Int32Array, maxBits: number): void {
  let total = 0;
  for (let length = 1; length <= maxBits; length++) {
    total += sizes[length]! << (maxBits - length);
  }
  for (; total > 1 << maxBits; total--) {
    // One of the longest becomes the sibling of a shorter one, which is lengthened by a bit.
    sizes[maxBits]!--;
    let shorter = maxBits - 1;
    while (sizes[shorter] === 0) {
      shorter--;
    }
    sizes[shorter]!--;
    sizes[shorter + 1]! += 2;
  }
}

/** The canonical codes of such lengths (RFC 1951, section 3.2.2). */
export function huffmanCodes(lengths: Uint8Array): HuffmanCode[] {
  const sizes = new Int32Array(17);
  for (const length of lengths) {
    sizes[length]!++;
  }
  sizes[0] = 0;
  const next = new Int32Array(17);
  for (let length = 1, code = 0; length <= 16; length++) {
    code = (code + sizes[length - 1]!) << 1;
    next[length] = code;
  }
  return Array.from(lengths, (count) => ({ bits: count === 0 ? 0 : reverse(next[count]!++, count), count }));
}

function reverse(code: number, count: number): number {
  let reversed = 0;
  for (let bit = 0; bit < count; bit++) {
    reversed |= ((code >> bit) & 1) << (count - 1 - bit);
  }
  return reversed;
}
