import { DEFLATE_RUNS_WASM } from './deflate-runs-wasm.js';
import { huffmanCodes, huffmanLengths } from './huffman-code.js';

interface RunsExports {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
  readonly countTokens: (at: number, end: number) => void;
  readonly writeTokens: (at: number, end: number, position: number) => number;
}

// The types of Node leave WebAssembly to those of browsers.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Bytes that share a Huffman code. */
const BLOCK_BYTES = 131_072;
/** So that four codes and seven bits before them fit into 64 bits. */
const MAX_LITERAL_BITS = 12;
/** RFC 1951, section 3.2.7. */
const MAX_LENGTH_BITS = 7;
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;
const REPETITIONS = [
  { symbol: 18, min: 11, max: 138, bits: 7, zero: true },
  { symbol: 17, min: 3, max: 10, bits: 3, zero: true },
  { symbol: 16, min: 3, max: 6, bits: 2, zero: false },
] as const;
const END_OF_BLOCK = 256;
const MAX_RUN = 258;
/** Where deflate-runs.wat has its tables and counts, and the data. */
const RUN_TABLE = 1024;
const LITERAL_COUNTS = 4096;
const RUN_COUNTS = 5120;
const DATA = 8192;
const PAGE = 65_536;

/** Symbol, number of extra bits and their value for each length of a repetition (RFC 1951, section 3.2.5). */
const RUN_CODES = Array.from({ length: MAX_RUN + 1 }, (_, length) => runCode(length));

let instance: RunsExports | undefined;

/**
 * Raw deflate data (RFC 1951) of literals and of repetitions of one byte, with Huffman codes made for each block. Where
 * little repeats but single bytes, as in the filtered rows of a photograph, it is about as small as what zlib makes, in
 * a fifth of its time. Unless it is the `last`, it ends as after a sync flush: on a whole byte, with no end of the stream.
 */
export function deflateRuns(data: Uint8Array, last: boolean): Uint8Array {
  const wasm = (instance ??= instantiate());
  const start = DATA + 8;
  const end = start + data.length;
  const out = end + 16;
  const blocks = Math.max(Math.ceil(data.length / BLOCK_BYTES), 1);
  // A literal has at most 12 bits; the codes of a block are described in at most 320 bytes.
  reserve(wasm, out + Math.ceil(data.length * 1.5) + blocks * 320 + 32);
  const memory = new Uint8Array(wasm.memory.buffer);
  memory.set(data, start);
  // Nothing goes before the first byte: it repeats nothing.
  memory[start - 1] = ~(data[0] ?? 0);
  let writer: BitWriter = { memory, at: out, bits: 0, count: 0 };
  for (let block = 0; block < blocks; block++) {
    const from = start + block * BLOCK_BYTES;
    const to = Math.min(from + BLOCK_BYTES, end);
    const codes = startBlock(wasm, writer, from, to, last && block === blocks - 1);
    flush(writer);
    const position = wasm.writeTokens(from, to, writer.at * 8 + writer.count);
    writer = {
      memory,
      at: position >>> 3,
      bits: memory[position >>> 3]! & ((1 << (position & 7)) - 1),
      count: position & 7,
    };
    put(writer, codes[END_OF_BLOCK]!.bits, codes[END_OF_BLOCK]!.count);
  }
  if (last) {
    put(writer, 0, -writer.count & 7);
  } else {
    // An empty stored block.
    put(writer, 0, 3);
    put(writer, 0, -writer.count & 7);
    put(writer, 0, 16);
    put(writer, 0xffff, 16);
  }
  flush(writer);
  return memory.slice(out, writer.at);
}

/** Writes the head of a block and fills the tables of its codes. */
function startBlock(wasm: RunsExports, writer: BitWriter, from: number, to: number, final: boolean) {
  const { buffer } = wasm.memory;
  const literals = new Uint32Array(buffer, LITERAL_COUNTS, 256);
  const runs = new Uint32Array(buffer, RUN_COUNTS, MAX_RUN + 1);
  // Only a part of the literals is counted: any may occur.
  literals.fill(1);
  runs.fill(0);
  wasm.countTokens(from, to);
  const counts = new Uint32Array(286);
  counts.set(literals);
  counts[END_OF_BLOCK] = 1;
  for (let length = 8; length <= MAX_RUN; length++) {
    counts[RUN_CODES[length]!.symbol]! += runs[length]!;
  }
  const lengths = huffmanLengths(counts, MAX_LITERAL_BITS);
  let symbols = lengths.length;
  while (lengths[symbols - 1] === 0) {
    symbols--;
  }
  put(writer, final ? 1 : 0, 1);
  put(writer, 2, 2);
  // One distance, of one byte, with a code of one bit.
  writeLengths(writer, [...lengths.subarray(0, symbols), 1], symbols);
  const codes = huffmanCodes(lengths);
  const literalTable = new Uint32Array(buffer, 0, 256);
  const runTable = new Uint32Array(buffer, RUN_TABLE, MAX_RUN + 1);
  for (let value = 0; value < 256; value++) {
    literalTable[value] = codes[value]!.bits | (codes[value]!.count << 24);
  }
  for (let length = 8; length <= MAX_RUN; length++) {
    const { symbol, extra, extraBits } = RUN_CODES[length]!;
    const { bits, count } = codes[symbol]!;
    runTable[length] = bits | (extra << count) | ((count + extraBits + 1) << 24);
  }
  return codes;
}

/** The lengths of the codes, as a dynamic block states them (RFC 1951, section 3.2.7). */
function writeLengths(writer: BitWriter, lengths: readonly number[], literals: number): void {
  const tokens: { symbol: number; extra: number; bits: number }[] = [];
  for (let i = 0; i < lengths.length;) {
    const value = lengths[i]!;
    // A zero is repeated by its first, another length only after it.
    const repeats = value === 0 || value === lengths[i - 1];
    let run = 1;
    while (lengths[i + run] === value) {
      run++;
    }
    const how = repeats ? REPETITIONS.find(({ min, zero }) => run >= min && zero === (value === 0)) : undefined;
    const taken = how === undefined ? 1 : Math.min(run, how.max);
    tokens.push(
      how === undefined
        ? { symbol: value, extra: 0, bits: 0 }
        : { symbol: how.symbol, extra: taken - how.min, bits: how.bits },
    );
    i += taken;
  }
  const counts = new Uint32Array(LENGTH_ORDER.length);
  for (const { symbol } of tokens) {
    counts[symbol]!++;
  }
  const codeLengths = huffmanLengths(counts, MAX_LENGTH_BITS);
  let stated = LENGTH_ORDER.length;
  while (stated > 4 && codeLengths[LENGTH_ORDER[stated - 1]!] === 0) {
    stated--;
  }
  put(writer, literals - 257, 5);
  put(writer, 0, 5);
  put(writer, stated - 4, 4);
  for (const symbol of LENGTH_ORDER.slice(0, stated)) {
    put(writer, codeLengths[symbol]!, 3);
  }
  const codes = huffmanCodes(codeLengths);
  for (const { symbol, extra, bits } of tokens) {
    put(writer, codes[symbol]!.bits, codes[symbol]!.count);
    put(writer, extra, bits);
  }
}

function runCode(length: number): { readonly symbol: number; readonly extra: number; readonly extraBits: number } {
  if (length === MAX_RUN) {
    return { symbol: 285, extra: 0, extraBits: 0 };
  }
  const steps = Math.max(length - 3, 0);
  const extraBits = Math.max(Math.floor(Math.log2(Math.max(steps, 1))) - 2, 0);
  const symbol = 257 + 4 * extraBits + (steps >> extraBits);
  return { symbol, extra: steps & ((1 << extraBits) - 1), extraBits };
}

/** Writes bits from the lowest to the highest of each byte. */
interface BitWriter {
  readonly memory: Uint8Array;
  at: number;
  bits: number;
  count: number;
}

/** At most 16 bits. */
function put(writer: BitWriter, bits: number, count: number): void {
  writer.bits |= bits << writer.count;
  writer.count += count;
  while (writer.count >= 8) {
    writer.memory[writer.at++] = writer.bits;
    writer.bits >>>= 8;
    writer.count -= 8;
  }
}

/** Writes the bits of a byte that is not full; it is written again with those that follow. */
function flush({ memory, at, bits }: BitWriter): void {
  memory[at] = bits;
}

function instantiate(): RunsExports {
  const module = new WebAssembly.Module(DEFLATE_RUNS_WASM);
  return new WebAssembly.Instance(module).exports as RunsExports;
}

function reserve({ memory }: RunsExports, bytes: number): void {
  const pages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  if (pages > 0) {
    memory.grow(pages);
  }
}
