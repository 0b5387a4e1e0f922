import { layOut, type WasmExports, wasmOpener } from '../open-wasm.js';
import type { ColorPlanes } from './color-planes.js';
import { SQUARE_ROWS_WASM } from './square-rows-wasm.js';

/** The functions of `square-rows.wat`. */
interface SquareExports extends WasmExports {
  readonly addValues: (columns: number, values: number, width: number, sign: number) => void;
  readonly meanRow: (
    columns: number,
    width: number,
    reach: number,
    upTo: number,
    scales: number,
    scale: number,
    out: number,
  ) => void;
  readonly addMoments: (columns: number, planes: number, width: number, sign: number) => void;
  readonly solveRow: (columns: number, width: number, radius: number, epsilon: number, out: number) => void;
  readonly addModels: (columns: number, models: number, width: number, sign: number) => void;
  readonly meanModels: (columns: number, width: number, radius: number, rows: number, out: number) => void;
}

const openRows = wasmOpener(SQUARE_ROWS_WASM) as (bytes: number) => SquareExports;

/** Bytes of a pixel's moments, of the sums of its models, and of a model. */
const MOMENTS_BYTES = 14 * 8;
const SUMS_BYTES = 4 * 8;
const MODEL_BYTES = 4 * 4;

/**
 * `guidedFit` in WebAssembly, equal in every bit. Models of single squares are kept for the rows of one square. Undefined
 * where a page's policy, the engine or the size do not allow it.
 */
export function fitInWebAssembly(
  { width, height, red, green, blue }: ColorPlanes,
  target: Float32Array,
  weights: Float32Array,
  radius: number,
  epsilon: number,
): Float32Array | undefined {
  const held = 2 * radius + 2;
  const at = layOut({
    moments: width * MOMENTS_BYTES,
    sums: width * SUMS_BYTES,
    planes: width * 5 * 4,
    out: width * MODEL_BYTES,
    models: width * MODEL_BYTES * held,
  });
  let wasm: SquareExports;
  try {
    wasm = openRows(at.end);
  } catch {
    return undefined;
  }
  const { buffer } = wasm.memory;
  new Uint8Array(buffer, at.moments, width * MOMENTS_BYTES).fill(0);
  new Uint8Array(buffer, at.sums, width * SUMS_BYTES).fill(0);
  const planes = new Float32Array(buffer, at.planes, width * 5);
  const model = new Float32Array(buffer, at.out, width * 4);
  const addMoments = (y: number, sign: 1 | -1): void => {
    [red, green, blue, target, weights].forEach((plane, k) =>
      planes.set(plane.subarray(y * width, (y + 1) * width), k * width),
    );
    wasm.addMoments(at.moments, at.planes, width, sign);
  };
  const modelsOf = (y: number): number => at.models + (y % held) * width * MODEL_BYTES;
  const out = new Float32Array(width * height * 4);
  for (let y = 0; y < Math.min(radius, height); y++) {
    addMoments(y, 1);
  }
  for (let last = 0; last < height + radius; last++) {
    if (last < height) {
      if (last + radius < height) addMoments(last + radius, 1);
      if (last > radius) addMoments(last - radius - 1, -1);
      wasm.solveRow(at.moments, width, radius, epsilon, modelsOf(last));
      wasm.addModels(at.sums, modelsOf(last), width, 1);
    }
    const y = last - radius;
    if (y < 0) continue;
    if (y > radius) wasm.addModels(at.sums, modelsOf(y - radius - 1), width, -1);
    wasm.meanModels(at.sums, width, radius, squareSide(y, radius, height), at.out);
    out.set(model, y * width * 4);
  }
  return out;
}

/** `boxMean` in WebAssembly, equal in every bit; undefined as `fitInWebAssembly`. */
export function meanInWebAssembly(
  plane: Float32Array,
  width: number,
  height: number,
  radius: number,
): Float32Array | undefined {
  const reach = Math.min(radius, width);
  // Values are added four at a time.
  const length = Math.ceil(width / 4) * 4;
  const at = layOut({
    columns: 8 * length,
    upTo: 8 * (width + 2 * reach + 1),
    scales: 8 * width,
    values: 4 * length,
    out: 4 * width,
  });
  let wasm: SquareExports;
  try {
    wasm = openRows(at.end);
  } catch {
    return undefined;
  }
  const { buffer } = wasm.memory;
  new Float64Array(buffer, at.columns, length).fill(0);
  new Float64Array(buffer, at.scales, width).set(inverseSides(width, radius));
  const values = new Float32Array(buffer, at.values, length).fill(0);
  const means = new Float32Array(buffer, at.out, width);
  const addRow = (y: number, sign: 1 | -1): void => {
    values.set(plane.subarray(y * width, (y + 1) * width));
    wasm.addValues(at.columns, at.values, width, sign);
  };
  const out = new Float32Array(plane.length);
  for (let y = -radius; y < height; y++) {
    if (y + radius < height) addRow(y + radius, 1);
    if (y < 0) continue;
    if (y > radius) addRow(y - radius - 1, -1);
    wasm.meanRow(at.columns, width, reach, at.upTo, at.scales, 1 / squareSide(y, radius, height), at.out);
    out.set(means, y * width);
  }
  return out;
}

/** Pixels of a row or column that lie at most `radius` from the one at `position`. */
export function squareSide(position: number, radius: number, length: number): number {
  return Math.min(position + radius, length - 1) - Math.max(position - radius, 0) + 1;
}

/** One by `squareSide`, along a row or column. */
export function inverseSides(length: number, radius: number): Float64Array {
  return Float64Array.from({ length }, (_, position) => 1 / squareSide(position, radius, length));
}
