import { type WasmExports, wasmOpener } from '../open-wasm.js';
import { ROW_MAXIMA_WASM } from './row-maxima-wasm.js';

/** Maxima of rows of bytes, which lie in a memory of their own. Addresses and lengths are multiples of 16. */
export interface RowMaxima {
  readonly memory: Uint8Array;
  /** Each byte of the row at `to` becomes the larger of itself and the one at `from`. */
  readonly raise: (to: number, from: number, length: number) => void;
  /** Each byte of the row at `to` becomes the largest of those at `from`, at `from - step` and at `from + step`. */
  readonly widen: (to: number, from: number, length: number, step: number) => void;
}

interface MaximaExports extends WasmExports, Pick<RowMaxima, 'raise' | 'widen'> {}

const openMaxima = wasmOpener(ROW_MAXIMA_WASM) as (bytes: number) => MaximaExports;

/**
 * A memory of so many bytes, all 0, until it is opened again, with operations in WebAssembly (SIMD); in JavaScript where a page's policy, or the
 * engine, does not take WebAssembly.
 */
export function openRowMaxima(bytes: number): RowMaxima {
  try {
    const { memory, raise, widen } = openMaxima(bytes);
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
