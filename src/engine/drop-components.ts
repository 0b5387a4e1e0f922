import { createMask, type Mask } from '../raster/index.js';
import { type Connectivity, findRuns, type Runs } from './runs.js';
import { isBinary } from './is-binary.js';

/** For each component of `runs`, not 0 where it stays. */
export type ChooseKept = (runs: Runs, areas: Float64Array, mask: Mask) => Uint8Array;

/**
 * The mask without the components of its selected pixels (128 and more) that `choose` does not keep: their
 * pixels become 0, and so do fainter ones that hang together with none that is kept.
 */
export function dropComponents(mask: Mask, connectivity: Connectivity, choose: ChooseKept): Mask {
  const runs = findRuns(mask, 128, 255, connectivity);
  const kept = choose(runs, areasOf(runs), mask);
  const out = mask.data.slice();
  erase(out, runs, kept);
  if (!isBinary(mask.data)) {
    const faint = findRuns(createMask(mask.width, mask.height, out), 1, 255, connectivity);
    erase(out, faint, holdSelected(faint, out));
  }
  return createMask(mask.width, mask.height, out);
}

function areasOf({ begins, ends, components, componentCount }: Runs): Float64Array {
  const areas = new Float64Array(componentCount);
  for (let run = 0; run < components.length; run++) {
    areas[components[run]!]! += ends[run]! - begins[run]!;
  }
  return areas;
}

function holdSelected({ begins, ends, components, componentCount }: Runs, data: Uint8Array): Uint8Array {
  const kept = new Uint8Array(componentCount);
  for (let run = 0; run < components.length; run++) {
    const component = components[run]!;
    for (let i = begins[run]!; i < ends[run]! && kept[component] === 0; i++) {
      kept[component] = data[i]! >> 7;
    }
  }
  return kept;
}

function erase(out: Uint8Array, { begins, ends, components }: Runs, kept: Uint8Array): void {
  for (let run = 0; run < components.length; run++) {
    if (kept[components[run]!] === 0) {
      out.fill(0, begins[run], ends[run]);
    }
  }
}
