import { addEntries } from './add-entries.js';
import { type Range, SEGMENT } from './band-cells.js';
import { type BandMatrix, addLower, addUpper, sweepBack, sweepForth } from './band-matrix.js';
import {
  BLOCK,
  BLOCK_REACH,
  BLOCK_SIZE,
  type BlockMatrix,
  subtractDiagonalBlocks,
  subtractLowerBlocks,
  subtractUpperBlocks,
  sweepBlocksBack,
  sweepBlocksForth,
} from './block-matrix.js';
import { type Interpolation, interpolate, restrict } from './interpolation.js';
import { MATTING_KERNELS_WASM } from './matting-kernels-wasm.js';
import { addWindows, PAIR_PLANES } from './matting-windows.js';

/** Arrays of zeros in one memory, and the passes over them that take most of the solver's time. */
export interface MattingKernels {
  readonly float64: (length: number) => Float64Array;
  readonly float32: (length: number) => Float32Array;
  readonly int32: (length: number) => Int32Array;
  readonly addWindows: typeof addWindows;
  readonly addEntries: typeof addEntries;
  readonly addLower: typeof addLower;
  readonly addUpper: typeof addUpper;
  readonly sweepForth: typeof sweepForth;
  readonly sweepBack: typeof sweepBack;
  readonly restrict: typeof restrict;
  readonly interpolate: typeof interpolate;
  readonly subtractDiagonalBlocks: typeof subtractDiagonalBlocks;
  readonly subtractLowerBlocks: typeof subtractLowerBlocks;
  readonly subtractUpperBlocks: typeof subtractUpperBlocks;
  readonly sweepBlocksForth: typeof sweepBlocksForth;
  readonly sweepBlocksBack: typeof sweepBlocksBack;
  readonly dot: typeof dot;
  readonly greatest: typeof greatest;
  readonly scaleAndAdd: typeof scaleAndAdd;
  readonly addScaled: typeof addScaled;
}

/** The sum of the products. */
function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The greatest absolute value. */
function greatest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = Math.abs(values[i]!);
    if (value > most) most = value;
  }
  return most;
}

/** `out = a + scale * out`. */
function scaleAndAdd(out: Float32Array, scale: number, a: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = a[i]! + scale * out[i]!;
}

/** `out += scale * a`. */
function addScaled(out: Float32Array, scale: number, a: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i]! += scale * a[i]!;
}

type Pass = (...values: readonly number[]) => number;

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
  readonly addWindows: Pass;
  readonly addEntries: Pass;
  readonly addLower: Pass;
  readonly addUpper: Pass;
  readonly sweepForth: Pass;
  readonly sweepBack: Pass;
  readonly restrict: Pass;
  readonly interpolate: Pass;
  readonly subtractDiagonalBlocks: Pass;
  readonly subtractLowerBlocks: Pass;
  readonly subtractUpperBlocks: Pass;
  readonly sweepBlocksForth: Pass;
  readonly sweepBlocksBack: Pass;
  readonly dot: Pass;
  readonly greatest: Pass;
  readonly scaleAndAdd: Pass;
  readonly addScaled: Pass;
}

// The types of Node leave WebAssembly to those of browsers.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** Bytes of a point's values, of one block, and of the neighbors of a point and their blocks. */
const POINT_BYTES = BLOCK * Float32Array.BYTES_PER_ELEMENT;
const BLOCK_BYTES = BLOCK_SIZE * Float32Array.BYTES_PER_ELEMENT;
const NEIGHBOR_BYTES = BLOCK_REACH * Int32Array.BYTES_PER_ELEMENT;
const BLOCKS_BYTES = BLOCK_REACH * BLOCK_BYTES;
const PAGE = 65_536;
/** Values of 64 bits that `addWindows` takes for itself. */
const SCRATCH = 60;
/** Bytes that each array begins at a multiple of. */
const ALIGNMENT = 16;
/** Memory of WebAssembly never shrinks: more than this is not kept. */
const KEPT_BYTES = 64 * 2 ** 20;
let module: object | undefined;
let kept: KernelExports | undefined;

/**
 * Kernels whose arrays take up to so many bytes together, each rounded up to 16. Arrays are valid until kernels are
 * opened again. In WebAssembly (SIMD); in JavaScript where a page's policy, the engine or the size do not allow it.
 */
export function openMattingKernels(bytes: number): MattingKernels {
  try {
    module ??= new WebAssembly.Module(MATTING_KERNELS_WASM);
    const open = (): KernelExports => new WebAssembly.Instance(module!).exports as KernelExports;
    const passes = bytes > KEPT_BYTES ? open() : (kept ??= open());
    const pages = Math.ceil((bytes - passes.memory.buffer.byteLength) / PAGE);
    if (pages > 0) passes.memory.grow(pages);
    return kernelsInWebAssembly(passes);
  } catch {
    return mattingKernelsInJavaScript();
  }
}

/** As `openMattingKernels`, without WebAssembly. */
export function mattingKernelsInJavaScript(): MattingKernels {
  return {
    float64: (length) => new Float64Array(length),
    float32: (length) => new Float32Array(length),
    int32: (length) => new Int32Array(length),
    addWindows,
    addEntries,
    addLower,
    addUpper,
    sweepForth,
    sweepBack,
    restrict,
    interpolate,
    subtractDiagonalBlocks,
    subtractLowerBlocks,
    subtractUpperBlocks,
    sweepBlocksForth,
    sweepBlocksBack,
    dot,
    greatest,
    scaleAndAdd,
    addScaled,
  };
}

function kernelsInWebAssembly(passes: KernelExports): MattingKernels {
  const { buffer } = passes.memory;
  // Passes take address 0 for an array that is left out: none lies there.
  let used = ALIGNMENT;
  const take = (bytes: number): number => {
    const at = used;
    used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return at;
  };
  const float64 = (length: number): Float64Array =>
    new Float64Array(buffer, take(length * Float64Array.BYTES_PER_ELEMENT), length).fill(0);
  const int32 = (length: number): Int32Array =>
    new Int32Array(buffer, take(length * Int32Array.BYTES_PER_ELEMENT), length).fill(0);
  /** For each pair of a window's pixels how far its plane of entries is away. */
  let planes: Int32Array | undefined;
  let scratch: Float64Array | undefined;
  const end = (array: Float32Array | Int32Array): number => array.byteOffset + array.byteLength;
  const band = (
    { segments, entries }: BandMatrix,
    { length }: Float32Array,
    [begin, last]: Range,
  ): [number, number, number, number] => [
    segments.byteOffset + begin * SEGMENT * Int32Array.BYTES_PER_ELEMENT,
    segments.byteOffset + last * SEGMENT * Int32Array.BYTES_PER_ELEMENT,
    entries.byteOffset,
    length * Float32Array.BYTES_PER_ELEMENT,
  ];
  const levels = ({ aggregates, values }: Interpolation): [number, number, number] => [
    aggregates.byteOffset,
    end(aggregates),
    values.byteOffset,
  ];
  const points = ({ neighbors, blocks }: BlockMatrix, [begin, last]: Range): [number, number, number] => [
    neighbors.byteOffset + begin * NEIGHBOR_BYTES,
    neighbors.byteOffset + last * NEIGHBOR_BYTES,
    blocks.byteOffset + begin * BLOCKS_BYTES,
  ];
  return {
    float64,
    float32: (length) => new Float32Array(buffer, take(length * Float32Array.BYTES_PER_ELEMENT), length).fill(0),
    int32,
    addWindows: (lines, begin, last, { matrix: { entries, diagonal }, rightSide }, epsilon) => {
      if (planes === undefined) {
        planes = int32(PAIR_PLANES.length);
        planes.set(PAIR_PLANES.map((plane) => plane * diagonal.length * Float32Array.BYTES_PER_ELEMENT));
      }
      scratch ??= float64(SCRATCH);
      passes.addWindows(
        begin,
        last,
        ...lines.map(({ members }) => members.byteOffset),
        ...lines.map(({ colors }) => colors.byteOffset),
        scratch.byteOffset,
        planes.byteOffset,
        entries.byteOffset,
        diagonal.byteOffset,
        rightSide.byteOffset,
        epsilon,
      );
    },
    addEntries: (matrix, interpolation, entries, plane, begin, last, ahead) => {
      const { aggregates, values } = interpolation;
      passes.addEntries(
        begin,
        last,
        ahead,
        entries.byteOffset + plane * aggregates.byteLength,
        values.byteOffset,
        aggregates.byteOffset,
        matrix.columns.byteOffset,
        matrix.rows.byteOffset,
        matrix.diagonal.byteOffset,
        matrix.neighbors.byteOffset,
        matrix.blocks.byteOffset,
      );
    },
    addLower: (matrix, right, vector, scale, out, range) => {
      passes.addLower(
        ...band(matrix, out, range),
        right === undefined ? 0 : right.byteOffset,
        vector.byteOffset,
        scale,
        out.byteOffset,
      );
    },
    addUpper: (matrix, right, vector, scale, out, range) => {
      passes.addUpper(
        ...band(matrix, out, range),
        right === undefined ? 0 : right.byteOffset,
        vector.byteOffset,
        scale,
        out.byteOffset,
      );
    },
    sweepForth: (matrix, right, out, range) => {
      passes.sweepForth(...band(matrix, out, range), matrix.inverse.byteOffset, right.byteOffset, out.byteOffset);
    },
    sweepBack: (matrix, right, out, range) => {
      passes.sweepBack(...band(matrix, out, range), matrix.inverse.byteOffset, right.byteOffset, out.byteOffset);
    },
    restrict: (interpolation, residual, unknowns, out) => {
      out.fill(0);
      passes.restrict(...levels(interpolation), residual.byteOffset, unknowns, out.byteOffset);
    },
    interpolate: (interpolation, solution, unknowns, scale, out) => {
      passes.interpolate(...levels(interpolation), solution.byteOffset, unknowns, scale, out.byteOffset);
    },
    subtractDiagonalBlocks: ({ diagonal }, right, vector, out, [begin, last]) => {
      passes.subtractDiagonalBlocks(
        diagonal.byteOffset + begin * BLOCK_BYTES,
        diagonal.byteOffset + last * BLOCK_BYTES,
        right.byteOffset + begin * POINT_BYTES,
        vector.byteOffset + begin * POINT_BYTES,
        out.byteOffset + begin * POINT_BYTES,
      );
    },
    subtractLowerBlocks: (matrix, vector, out, range) => {
      passes.subtractLowerBlocks(...points(matrix, range), vector.byteOffset + range[0] * POINT_BYTES, out.byteOffset);
    },
    subtractUpperBlocks: (matrix, right, vector, out, range) => {
      passes.subtractUpperBlocks(
        ...points(matrix, range),
        right.byteOffset + range[0] * POINT_BYTES,
        vector.byteOffset,
        out.byteOffset + range[0] * POINT_BYTES,
      );
    },
    sweepBlocksForth: (matrix, inverses, out, range) => {
      passes.sweepBlocksForth(
        ...points(matrix, range),
        inverses.byteOffset + range[0] * BLOCK_BYTES,
        out.byteOffset + range[0] * POINT_BYTES,
        out.byteOffset,
      );
    },
    sweepBlocksBack: ({ neighbors, blocks }, inverses, right, vector, [begin, last]) => {
      passes.sweepBlocksBack(
        neighbors.byteOffset + begin * NEIGHBOR_BYTES,
        neighbors.byteOffset + last * NEIGHBOR_BYTES,
        blocks.byteOffset + last * BLOCKS_BYTES,
        inverses.byteOffset + last * BLOCK_BYTES,
        right.byteOffset + last * POINT_BYTES,
        vector.byteOffset + last * POINT_BYTES,
        vector.byteOffset,
      );
    },
    dot: (a, b) => passes.dot(a.byteOffset, end(a), b.byteOffset),
    greatest: (values) => passes.greatest(values.byteOffset, end(values)),
    scaleAndAdd: (out, scale, a) => {
      passes.scaleAndAdd(out.byteOffset, end(out), scale, a.byteOffset);
    },
    addScaled: (out, scale, a) => {
      passes.addScaled(out.byteOffset, end(out), scale, a.byteOffset);
    },
  };
}
