import { layOut, type WasmExports, wasmOpener } from '../open-wasm.js';
import { GRID_CUT_WASM } from './grid-cut-wasm.js';

/** A graph of pixels: each node is joined to a source, a sink and its eight neighbors. Capacities are integers. */
export interface GridGraph {
  readonly width: number;
  readonly height: number;
  /** For each node the capacity from the source less the capacity to the sink. */
  readonly terminals: Int32Array;
  /** Capacities, both ways, to the right neighbor, the lower, the lower right and the lower left one; 0 or more. */
  readonly right: Int32Array;
  readonly down: Int32Array;
  readonly downRight: Int32Array;
  readonly downLeft: Int32Array;
}

/** The functions of `grid-cut.wat`. */
interface CutExports extends WasmExports {
  readonly open: (...addresses: number[]) => void;
  readonly takeGraph: (width: number, height: number, ...addresses: number[]) => void;
  readonly cut: () => void;
}

const openCut = wasmOpener(GRID_CUT_WASM) as (bytes: number) => CutExports;

/** `gridMinCut` in WebAssembly, with equal results. Undefined where a page's policy, the engine or the size do not allow it. */
export function cutInWebAssembly(graph: GridGraph): Uint8Array | undefined {
  const { width, height, terminals, right, down, downRight, downLeft } = graph;
  // One pixel of padding on all sides, without capacity, makes neighbors exist everywhere.
  const stride = width + 2;
  const count = stride * (height + 2);
  const links = [terminals, right, down, downRight, downLeft];
  const at = layOut({
    capacity: 32 * count,
    terminal: 4 * count,
    tree: count,
    parent: count,
    stamp: 4 * count,
    distance: 4 * count,
    active: 4 * count,
    activeQueued: count,
    orphans: 4 * count,
    orphansQueued: count,
    offsets: 32,
    graph: 4 * width * height * links.length,
  });
  let wasm: CutExports;
  try {
    wasm = openCut(at.end);
  } catch {
    return undefined;
  }
  const { buffer } = wasm.memory;
  new Uint8Array(buffer, 0, at.graph).fill(0);
  const offsets = [1, -1, stride, -stride, stride + 1, -stride - 1, stride - 1, 1 - stride];
  new Int32Array(buffer, at.offsets, 8).set(offsets);
  const places = links.map((values, k) => {
    const place = at.graph + 4 * width * height * k;
    new Int32Array(buffer, place, width * height).set(values);
    return place;
  });
  wasm.open(
    at.capacity,
    at.terminal,
    at.tree,
    at.parent,
    at.stamp,
    at.distance,
    at.active,
    at.activeQueued,
    at.orphans,
    at.orphansQueued,
    at.offsets,
    count,
  );
  wasm.takeGraph(width, height, ...places);
  wasm.cut();
  const trees = new Uint8Array(buffer, at.tree, count);
  const sourceSide = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const begin = (y + 1) * stride + 1;
    sourceSide.set(
      trees.subarray(begin, begin + width).map((tree) => tree & 1),
      y * width,
    );
  }
  return sourceSide;
}
