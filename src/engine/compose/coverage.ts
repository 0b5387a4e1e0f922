import { createMask, type Mask } from '../../raster/index.js';

/** Full coverage in a `Coverage`. */
export const COVERAGE_ONE = 32768;

/** One plane of coverage in finer steps than a mask has: 0..`COVERAGE_ONE`. */
export interface Coverage {
  readonly kind: 'coverage';
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array;
}

/**
 * The mean of masks of the same size, each through a table of what its values mean, 0..255 with fractions:
 * not rounded to 256 levels in between.
 */
export function meanCoverage(inputs: readonly { readonly mask: Mask; readonly table: Float64Array }[]): Coverage {
  const { width, height } = inputs[0]!.mask;
  const data = new Uint16Array(width * height);
  for (const [k, { mask, table }] of inputs.entries()) {
    // The share of full coverage, rounded so that the shares of all masks add up to exactly one.
    const share = Math.round(((k + 1) * COVERAGE_ONE) / inputs.length) - Math.round((k * COVERAGE_ONE) / inputs.length);
    const parts = Uint16Array.from(table, (value) => Math.round((value / 255) * share));
    const source = mask.data;
    for (let i = 0; i < data.length; i++) {
      data[i] = data[i]! + parts[source[i]!]!;
    }
  }
  return { kind: 'coverage', width, height, data };
}

/** Coverage as a mask, rounded. */
export function coverageToMask({ width, height, data }: Coverage): Mask {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = (data[i]! * 255 + COVERAGE_ONE / 2) >> 15;
  }
  return createMask(width, height, out);
}
