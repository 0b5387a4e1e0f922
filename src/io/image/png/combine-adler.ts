const BASE = 65_521;

/**
 * Adler-32 (RFC 1950) of two pieces of data that follow one another, from the checksum of each and the length of the second in bytes.
 */
export function combineAdler(first: number, second: number, secondLength: number): number {
  const a1 = first & 0xffff;
  const a2 = second & 0xffff;
  const b1 = first >>> 16;
  const b2 = second >>> 16;
  // The second piece's sum began with 1 instead of a1: each of its bytes adds the difference once more to b.
  const a = (a1 + a2 + BASE - 1) % BASE;
  const b = (b1 + b2 + (secondLength % BASE) * ((a1 + BASE - 1) % BASE)) % BASE;
  return ((b << 16) | a) >>> 0;
}
