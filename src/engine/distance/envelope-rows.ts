import type { Mask } from '../../raster/index.js';
import { layOut, type WasmExports, wasmOpener } from '../open-wasm.js';
import { ENVELOPE_ROWS_WASM } from './envelope-rows-wasm.js';
import { type EnvelopeOptions, type Envelopes, envelopesInJavaScript } from './lower-envelope.js';

/** The functions of `envelope-rows.wat`. */
interface EnvelopeExports extends WasmExports {
  readonly stepDown: (data: number, above: number, to: number, width: number, cap: number) => void;
  readonly stepUp: (above: number, below: number, drops: number, width: number, cap: number) => void;
  readonly findStretches: (
    drops: number,
    width: number,
    cap: number,
    columns: number,
    starts: number,
    heights: number,
  ) => number;
  readonly fillDistances: (
    to: number,
    drops: number,
    width: number,
    columns: number,
    columnsEnd: number,
    starts: number,
  ) => void;
  readonly raiseNear: (
    to: number,
    drops: number,
    width: number,
    columns: number,
    columnsEnd: number,
    starts: number,
    table: number,
    limit: number,
  ) => void;
}

const openRows = wasmOpener(ENVELOPE_ROWS_WASM) as (bytes: number) => EnvelopeExports;

/**
 * The envelopes of a mask's rows, valid until envelopes are opened again. In WebAssembly (SIMD); in JavaScript where a page's
 * policy, the engine or the size do not allow it.
 */
export function openEnvelopes(mask: Mask, options: EnvelopeOptions): Envelopes {
  return envelopesInWebAssembly(mask, options) ?? envelopesInJavaScript(mask, options);
}

/** Pixels that are taken at a time. */
const GROUP = 8;

function envelopesInWebAssembly(
  { width, height, data }: Mask,
  { cap, table = new Uint8Array(0) }: EnvelopeOptions,
): Envelopes | undefined {
  const length = Math.ceil(width / GROUP) * GROUP;
  const stride = 2 * length;
  // A run of selected pixels adds two stretches and takes one pixel, and one for the gap before it.
  const most = 2 * length + 2;
  const at = layOut({
    row: 4 * (length + GROUP),
    below: stride,
    drops: stride,
    columns: 4 * most,
    starts: 4 * most,
    heights: 8 * most,
    table: table.length,
    above: (height + 1) * stride,
  });
  let wasm: EnvelopeExports;
  try {
    wasm = openRows(at.end);
  } catch {
    return undefined;
  }
  const { buffer } = wasm.memory;
  const bytes = new Uint8Array(buffer);
  bytes.set(table, at.table);
  // Nothing is selected above the first row, nor below the last.
  new Uint16Array(buffer, at.above, length).fill(cap);
  new Uint16Array(buffer, at.below, length).fill(cap);
  bytes.fill(0, at.row, at.row + length);
  for (let y = 0; y < height; y++) {
    bytes.set(data.subarray(y * width, (y + 1) * width), at.row);
    const above = at.above + y * stride;
    wasm.stepDown(at.row, above, above + stride, length, cap);
  }
  const drops = new Uint16Array(buffer, at.drops, width);
  const distances = new Float32Array(buffer, at.row, width);
  const values = new Uint8Array(buffer, at.row, width);
  let above = new Uint16Array(0);
  return {
    columns: new Int32Array(buffer, at.columns, most),
    starts: new Int32Array(buffer, at.starts, most),
    drops,
    step: (y) => {
      const start = at.above + (y + 1) * stride;
      above = new Uint16Array(buffer, start, width);
      wasm.stepUp(start, at.below, at.drops, length, cap);
      return (wasm.findStretches(at.drops, width, cap, at.columns, at.starts, at.heights) - at.columns) / 4;
    },
    isAbove: (column) => above[column] === drops[column],
    fillDistances: (count, out, index) => {
      wasm.fillDistances(at.row, at.drops, width, at.columns, at.columns + 4 * count, at.starts);
      out.set(distances, index);
    },
    raiseNear: (count, out, index) => {
      values.set(out.subarray(index, index + width));
      wasm.raiseNear(at.row, at.drops, width, at.columns, at.columns + 4 * count, at.starts, at.table, table.length);
      out.set(values, index);
    },
  };
}
