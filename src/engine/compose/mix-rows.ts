import { layOut, type WasmExports, wasmOpener } from '../open-wasm.js';
import { MIX_ROWS_WASM } from './mix-rows-wasm.js';

/** The share that stands for one whole. */
export const SHARE_ONE = 32_768;

interface MixExports extends WasmExports {
  readonly mix: (out: number, back: number, front: number, shares: number, pixels: number) => void;
  readonly toBytes: (out: number, shares: number, pixels: number) => void;
}

const openMix = wasmOpener(MIX_ROWS_WASM) as (bytes: number) => MixExports;

/** Pixels that are mixed at a time: few enough to stay in the processor's cache. */
const BLOCK = 8192;
const SPARE = 64;
const AT = layOut({
  back: 3 * BLOCK + SPARE,
  front: 3 * BLOCK + SPARE,
  out: 3 * BLOCK + SPARE,
  shares: 2 * BLOCK + SPARE,
});

/**
 * RGB samples of 8 bits mixed: `back + (front - back) * share`, a share for each pixel in parts of `SHARE_ONE`, rounded
 * half up. In WebAssembly (SIMD); in JavaScript where a page's policy, or the engine, does not take it.
 */
export function mixRows(out: Uint8Array, back: Uint8Array, front: Uint8Array, shares: Uint16Array): void {
  let wasm: MixExports;
  try {
    wasm = openMix(AT.end);
  } catch {
    mixRowsInJavaScript(out, back, front, shares);
    return;
  }
  const bytes = new Uint8Array(wasm.memory.buffer);
  const words = new Uint16Array(wasm.memory.buffer);
  for (let from = 0; from < shares.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, shares.length);
    bytes.set(back.subarray(3 * from, 3 * to), AT.back);
    bytes.set(front.subarray(3 * from, 3 * to), AT.front);
    words.set(shares.subarray(from, to), AT.shares / 2);
    wasm.mix(AT.out, AT.back, AT.front, AT.shares, to - from);
    out.set(bytes.subarray(AT.out, AT.out + 3 * (to - from)), 3 * from);
  }
}

/** As `mixRows`, without WebAssembly. */
export function mixRowsInJavaScript(out: Uint8Array, back: Uint8Array, front: Uint8Array, shares: Uint16Array): void {
  const half = SHARE_ONE / 2;
  for (let i = 0, j = 0; i < shares.length; i++, j += 3) {
    const share = shares[i]!;
    const r = back[j]!;
    const g = back[j + 1]!;
    const b = back[j + 2]!;
    out[j] = r + (((front[j]! - r) * share + half) >> 15);
    out[j + 1] = g + (((front[j + 1]! - g) * share + half) >> 15);
    out[j + 2] = b + (((front[j + 2]! - b) * share + half) >> 15);
  }
}

/** Shares in parts of `SHARE_ONE` as bytes, 0 to 255, rounded half up. */
export function sharesToBytes(shares: Uint16Array): Uint8Array<ArrayBuffer> {
  let wasm: MixExports;
  try {
    wasm = openMix(AT.end);
  } catch {
    return sharesToBytesInJavaScript(shares);
  }
  const out = new Uint8Array(shares.length);
  const bytes = new Uint8Array(wasm.memory.buffer);
  const words = new Uint16Array(wasm.memory.buffer);
  for (let from = 0; from < shares.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, shares.length);
    words.set(shares.subarray(from, to), AT.shares / 2);
    wasm.toBytes(AT.out, AT.shares, to - from);
    out.set(bytes.subarray(AT.out, AT.out + to - from), from);
  }
  return out;
}

/** As `sharesToBytes`, without WebAssembly. */
export function sharesToBytesInJavaScript(shares: Uint16Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(shares.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = (shares[i]! * 255 + SHARE_ONE / 2) >> 15;
  }
  return out;
}
