import { createMask, type Mask } from '../../raster/index.js';
import { applyLut } from '../tone/apply-lut.js';
import { isBinary } from '../is-binary.js';
import { type Connectivity, findRunLengths, type RunLengths, type RunLengthsOf } from './run-lengths.js';
import { thresholdLut } from '../threshold/threshold-lut.js';

/** For each component of `runs`, not 0 where it stays. */
export type ChooseKept = (runs: RunLengths, areas: Float64Array) => Uint8Array;

/**
 * The mask without the components of its selected pixels (128 and more) that `choose` does not keep: their
 * pixels become 0, and so do values below 128 that are connected to no component that is kept. With
 * `unselected` the same on the inverted mask: removed pixels become 255.
 */
export function filterComponents(mask: Mask, of: RunLengthsOf, connectivity: Connectivity, choose: ChooseKept): Mask {
  const { width, height } = mask;
  const runs = findRunLengths(mask, of, connectivity);
  const kept = choose(runs, areasOf(runs));
  const out = mask.data.slice();
  const dropped = of === 'selected' ? 0 : 255;
  paintDropped(out, runs, kept, dropped);
  if (!isBinary(mask.data)) {
    const nonZero = applyLut(createMask(width, height, out), thresholdLut(of === 'selected' ? 1 : 255));
    const connected = findRunLengths(nonZero, of, connectivity);
    paintDropped(out, connected, holdRuns(connected, out, of), dropped);
  }
  return createMask(width, height, out);
}

function areasOf({ begins, ends, components, componentCount }: RunLengths): Float64Array {
  const areas = new Float64Array(componentCount);
  for (let run = 0; run < components.length; run++) {
    areas[components[run]!]! += ends[run]! - begins[run]!;
  }
  return areas;
}

function holdRuns(
  { begins, ends, components, componentCount }: RunLengths,
  data: Uint8Array,
  of: RunLengthsOf,
): Uint8Array {
  const inside = of === 'selected' ? 128 : 0;
  const kept = new Uint8Array(componentCount);
  for (let run = 0; run < components.length; run++) {
    const component = components[run]!;
    for (let i = begins[run]!; i < ends[run]! && kept[component] === 0; i++) {
      kept[component] = (data[i]! & 128) === inside ? 1 : 0;
    }
  }
  return kept;
}

function paintDropped(
  out: Uint8Array,
  { begins, ends, components }: RunLengths,
  kept: Uint8Array,
  value: 0 | 255,
): void {
  for (let run = 0; run < components.length; run++) {
    if (kept[components[run]!] === 0) {
      out.fill(value, begins[run], ends[run]);
    }
  }
}
