/**
 * The different values of a depth map, ready to tell how many of them are smaller than a given one. A bit for
 * each float that occurs, in pages made only where there are any, with the number of bits before each word:
 * no sorting, and a few megabytes for real maps of any size.
 */
export interface ValueRanks {
  /** Number of different values. */
  readonly count: number;
  /** By the upper 16 bits of the value's key; undefined where no value lies. */
  readonly pages: readonly (RankPage | undefined)[];
}

interface RankPage {
  readonly bits: Uint32Array;
  /** Different values before each word of the page. */
  readonly before: Uint32Array;
}

const WORDS = 2048;

/** Ranks of the values from `from` up to, but without, `to`; NaN is left out, -0 is 0. */
export function rankValues(data: Float32Array, from: number, to: number): ValueRanks {
  const keys = new Int32Array(data.buffer, data.byteOffset, data.length);
  const bitsOf: (Uint32Array | undefined)[] = Array.from({ length: 65536 });
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value >= from && value < to) {
      const key = keyOfBits(keys[i]!);
      const page = (bitsOf[key >>> 16] ??= new Uint32Array(WORDS));
      const word = (key & 0xffff) >>> 5;
      page[word] = page[word]! | (1 << (key & 31));
    }
  }
  let count = 0;
  const pages = bitsOf.map((bits) => {
    if (bits === undefined) {
      return undefined;
    }
    const before = new Uint32Array(WORDS);
    for (let word = 0; word < WORDS; word++) {
      before[word] = count;
      count += bitCount(bits[word]!);
    }
    return { bits, before };
  });
  return { count, pages };
}

/** How many of the values are smaller than the one with these bits, which must be one of them. */
export function rankOfBits({ pages }: ValueRanks, floatBits: number): number {
  const key = keyOfBits(floatBits);
  const { bits, before } = pages[key >>> 16]!;
  const word = (key & 0xffff) >>> 5;
  return before[word]! + bitCount(bits[word]! & ((1 << (key & 31)) - 1));
}

/** How many of the values are smaller than `depth`, which need not be one of them. */
export function countBelow({ pages, count }: ValueRanks, depth: number): number {
  const float = Math.fround(depth);
  const key = keyOfBits(new Int32Array(Float32Array.of(float).buffer)[0]!) + (float < depth ? 1 : 0);
  const page = pages.findIndex((candidate, index) => candidate !== undefined && index >= key >>> 16);
  if (page < 0 || key > 0xffffffff) {
    return count;
  }
  const { bits, before } = pages[page]!;
  if (page > key >>> 16) {
    return before[0]!;
  }
  const word = (key & 0xffff) >>> 5;
  return before[word]! + bitCount(bits[word]! & ((1 << (key & 31)) - 1));
}

/** A number for each page's words of 32 floats. */
export type WordTable = readonly (Int32Array | undefined)[];

/**
 * What `labelOf` says of the ranks in each word of floats where it says the same of its first and last, -1
 * elsewhere: so that most values of a map need no rank of their own. Labels must be such that what two ranks
 * share, those between them share too.
 */
export function labelWords({ pages }: ValueRanks, labelOf: (rank: number) => number): WordTable {
  return pages.map((page) => {
    if (page === undefined) {
      return undefined;
    }
    const labels = new Int32Array(WORDS).fill(-1);
    for (let word = 0; word < WORDS; word++) {
      const count = bitCount(page.bits[word]!);
      if (count > 0) {
        const rank = page.before[word]!;
        const label = labelOf(rank);
        labels[word] = label === labelOf(rank + count - 1) ? label : -1;
      }
    }
    return labels;
  });
}

/** A float's bits as an unsigned number in the order of the floats; its upper 16 bits are the page. */
export function keyOfBits(bits: number): number {
  return bits >= 0 ? (bits ^ 0x80000000) >>> 0 : bits === -0x80000000 ? 0x80000000 : ~bits >>> 0;
}

function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const quads = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((quads + (quads >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
