import { createMask, type Mask } from '../../raster/index.js';
import { applyLut } from '../tone/apply-lut.js';
import { findRunLengths } from '../components/run-lengths.js';
import { thresholdLut } from './threshold-lut.js';

/** The binary mask of all components of values from `low` (corners touching) that hold a value from `high`. */
export function thresholdHysteresis(mask: Mask, low: number, high: number): Mask {
  const { data } = mask;
  const { begins, ends, components, componentCount } = findRunLengths(applyLut(mask, thresholdLut(low)), 'selected', 8);
  const strong = new Uint8Array(componentCount);
  for (let run = 0; run < components.length; run++) {
    const component = components[run]!;
    for (let i = begins[run]!; i < ends[run]! && strong[component] === 0; i++) {
      strong[component] = data[i]! >= high ? 1 : 0;
    }
  }
  const out = new Uint8Array(data.length);
  for (let run = 0; run < components.length; run++) {
    if (strong[components[run]!] !== 0) {
      out.fill(255, begins[run], ends[run]);
    }
  }
  return createMask(mask.width, mask.height, out);
}
