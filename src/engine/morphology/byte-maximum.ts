/** Memory for rows of bytes, and the one operation on them. */
export interface RowMemory {
  readonly bytes: Uint8Array;
  /**
   * Writes the largest of `a`, `b` and `c` to `out`, `length` bytes each, all of them positions in `bytes`.
   * `length` is a multiple of 16, above 0; `out` may be one of the three.
   */
  readonly max: (out: number, a: number, b: number, c: number, length: number) => void;
}

/** Zeroed memory of at least `size` bytes. The operation runs in WebAssembly SIMD, where there is any. */
export function createRowMemory(size: number): RowMemory {
  const instance = instantiate(size);
  if (instance === undefined) {
    const bytes = new Uint8Array(size);
    return { bytes, max: (out, a, b, c, length) => maxSlowly(bytes, out, a, b, c, length) };
  }
  const { memory, max } = instance.exports;
  return { bytes: new Uint8Array(memory.buffer), max };
}

/** The operation where WebAssembly is missing or forbidden (a content security policy without `wasm-unsafe-eval`). */
export function maxSlowly(bytes: Uint8Array, out: number, a: number, b: number, c: number, length: number): void {
  for (let i = 0; i < length; i++) {
    const [first, second, third] = [bytes[a + i]!, bytes[b + i]!, bytes[c + i]!];
    const larger = first > second ? first : second;
    bytes[out + i] = larger > third ? larger : third;
  }
}

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65536;

interface MaxInstance {
  readonly exports: {
    readonly memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number };
    readonly max: RowMemory['max'];
  };
}

/** What is needed of the global that Node and browsers have, and that the compiler's library has for browsers alone. */
declare const WebAssembly:
  | { readonly Module: new (code: Uint8Array) => object; readonly Instance: new (module: object) => MaxInstance }
  | undefined;

let module: object | undefined;

function instantiate(size: number): MaxInstance | undefined {
  if (typeof WebAssembly === 'undefined') {
    return undefined;
  }
  try {
    const instance = new WebAssembly.Instance((module ??= new WebAssembly.Module(MODULE)));
    instance.exports.memory.grow(Math.ceil(size / PAGE));
    return instance;
  } catch {
    // No SIMD, forbidden, or not enough memory.
    return undefined;
  }
}

/** The module in WebAssembly's binary format, version 1 (https://webassembly.github.io/spec/core/binary). */
// oxfmt-ignore
const MODULE = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  // Types: one function, five parameters of i32 (out, a, b, c, length), no result.
  0x01, 0x09, 0x01, 0x60, 0x05, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x00,
  // Functions: one of that type. Memories: one, no page at first.
  0x03, 0x02, 0x01, 0x00,
  0x05, 0x03, 0x01, 0x00, 0x00,
  // Exports: "memory" and "max".
  0x07, 0x10, 0x02,
  0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00,
  0x03, 0x6d, 0x61, 0x78, 0x00, 0x00,
  // Code: one body of 59 bytes with one more local, i (5).
  0x0a, 0x3d, 0x01, 0x3b, 0x01, 0x01, 0x7f,
  0x03, 0x40, // loop
  0x20, 0x00, 0x20, 0x05, 0x6a, // out + i
  0x20, 0x01, 0x20, 0x05, 0x6a, 0xfd, 0x00, 0x00, 0x00, // v128.load a + i
  0x20, 0x02, 0x20, 0x05, 0x6a, 0xfd, 0x00, 0x00, 0x00, // v128.load b + i
  0xfd, 0x79, // i8x16.max_u
  0x20, 0x03, 0x20, 0x05, 0x6a, 0xfd, 0x00, 0x00, 0x00, // v128.load c + i
  0xfd, 0x79, // i8x16.max_u
  0xfd, 0x0b, 0x00, 0x00, // v128.store
  0x20, 0x05, 0x41, 0x10, 0x6a, 0x22, 0x05, // i = i + 16
  0x20, 0x04, 0x49, 0x0d, 0x00, // again where i < length
  0x0b, 0x0b,
);
