import { ROW_MAXIMA_WASM } from './row-maxima-wasm.js';

/** Maxima of rows of bytes, which lie in a memory of their own. Addresses and lengths are multiples of 16. */
export interface RowMaxima {
  readonly memory: Uint8Array;
  /** Each byte of the row at `to` becomes the larger of itself and the one at `from`. */
  readonly raise: (to: number, from: number, length: number) => void;
  /** Each byte of the row at `to` becomes the largest of those at `from`, at `from - step` and at `from + step`. */
  readonly widen: (to: number, from: number, length: number, step: number) => void;
}

interface MaximaExports extends Pick<RowMaxima, 'raise' | 'widen'> {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
}

// The types of Node leave WebAssembly to those of browsers.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const PAGE = 65_536;
/** Memory of WebAssembly never shrinks: more than this is not kept. */
const KEPT_BYTES = 16 * 2 ** 20;
let module: object | undefined;
let kept: MaximaExports | undefined;

/**
 * A memory of so many bytes, all 0, until it is opened again, with operations in WebAssembly (SIMD); in JavaScript where a page's policy, or the
 * engine, does not take WebAssembly.
 */
export function openRowMaxima(bytes: number): RowMaxima {
  try {
    module ??= new WebAssembly.Module(ROW_MAXIMA_WASM);
    const open = (): MaximaExports => new WebAssembly.Instance(module!).exports as MaximaExports;
    const { memory, raise, widen } = bytes > KEPT_BYTES ? open() : (kept ??= open());
    const pages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (pages > 0) {
      memory.grow(pages);
    }
    return { memory: new Uint8Array(memory.buffer).fill(0, 0, bytes), raise, widen };
  } catch {
    return rowMaximaInJavaScript(bytes);
  }
}

/** As `openRowMaxima`, without WebAssembly. */
export function rowMaximaInJavaScript(bytes: number): RowMaxima {
  const memory = new Uint8Array(bytes);
  return {
    memory,
    raise: (to, from, length) => {
      for (let i = 0; i < length; i++) {
        const value = memory[from + i]!;
        if (value > memory[to + i]!) memory[to + i] = value;
      }
    },
    widen: (to, from, length, step) => {
      for (let i = from, k = to; i < from + length; i++, k++) {
        const left = memory[i - step]!;
        const right = memory[i + step]!;
        const side = left > right ? left : right;
        memory[k] = side > memory[i]! ? side : memory[i]!;
      }
    },
  };
}
