import { findRunLengths } from '../../engine/components/run-lengths.js';
import type { Mask } from '../../raster/index.js';

/** Fully transparent pixels that are connected, or several such holes together: run lengths, row by row. */
export interface Hole {
  /** In pixels. */
  readonly area: number;
  /** First pixel of each run, and the one after its last, as indexes into the image. */
  readonly begins: Int32Array;
  readonly ends: Int32Array;
}

/** Holes smaller than this say too little by themselves and are judged together. */
const SMALL_HOLE = 48;

/** The run lengths of each hole, the values below 128; those of all small holes together come last. */
export function findHoles(visible: Mask): Hole[] {
  const { begins, ends, components, componentCount } = findRunLengths(visible, 'unselected', 4);
  const areas = new Int32Array(componentCount);
  const counts = new Int32Array(componentCount);
  for (let run = 0; run < components.length; run++) {
    areas[components[run]!]! += ends[run]! - begins[run]!;
    counts[components[run]!]!++;
  }
  const sorted = { begins: new Int32Array(components.length), ends: new Int32Array(components.length) };
  // Where the next run of each component goes: the large ones one after the other, then the small ones.
  const next = new Int32Array(componentCount);
  const holes: Hole[] = [];
  let end = 0;
  let smallArea = 0;
  const holeOf = (from: number, to: number, area: number): Hole => ({
    area,
    begins: sorted.begins.subarray(from, to),
    ends: sorted.ends.subarray(from, to),
  });
  for (let component = 0; component < componentCount; component++) {
    if (areas[component]! < SMALL_HOLE) {
      smallArea += areas[component]!;
    } else {
      next[component] = end;
      holes.push(holeOf(end, end + counts[component]!, areas[component]!));
      end += counts[component]!;
    }
  }
  let nextSmall = end;
  for (let run = 0; run < components.length; run++) {
    const component = components[run]!;
    const to = areas[component]! < SMALL_HOLE ? nextSmall++ : next[component]!++;
    sorted.begins[to] = begins[run]!;
    sorted.ends[to] = ends[run]!;
  }
  return smallArea > 0 ? [...holes, holeOf(end, nextSmall, smallArea)] : holes;
}
