import { createMask, type Mask } from '../../raster/index.js';
import { byteHistogram } from '../tone/value-histogram.js';

/** Full coverage in a `Coverage`. */
export const COVERAGE_ONE = 32768;

/** One plane of coverage in finer steps than a mask has: 0..`COVERAGE_ONE`. */
export interface Coverage {
  readonly kind: 'coverage';
  readonly width: number;
  readonly height: number;
  readonly data: Uint16Array;
}

/** A mask, and what its values mean, 0..255 with fractions. */
export interface CoverageInput {
  readonly mask: Mask;
  readonly table: Float64Array;
}

/** The mean of masks of the same size: not rounded to 256 levels in between. */
export function meanCoverage(inputs: readonly CoverageInput[]): Coverage {
  return openMeanCoverage(inputs).rows(0, inputs[0]!.mask.height);
}

/** The mean of masks of the same size, some rows at a time. */
export interface MeanCoverage {
  /** Rows `from` up to, not including, `to`. */
  readonly rows: (from: number, to: number) => Coverage;
  /** Of all pixels, 0..1. */
  readonly share: () => number;
}

/** As `meanCoverage`, for an image that is never in memory as a whole. */
export function openMeanCoverage(inputs: readonly CoverageInput[]): MeanCoverage {
  const terms = inputs.map(({ mask, table }, k) => {
    // The share of full coverage, rounded so that the shares of all masks add up to exactly one.
    const share = Math.round(((k + 1) * COVERAGE_ONE) / inputs.length) - Math.round((k * COVERAGE_ONE) / inputs.length);
    return { mask, parts: Uint16Array.from(table, (value) => Math.round((value / 255) * share)) };
  });
  const { width, height } = inputs[0]!.mask;
  return {
    rows: (from, to) => {
      const data = new Uint16Array(width * (to - from));
      for (const { mask, parts } of terms) {
        const source = mask.data.subarray(from * width, to * width);
        for (let i = 0; i < data.length; i++) {
          data[i] = data[i]! + parts[source[i]!]!;
        }
      }
      return { kind: 'coverage', width, height: to - from, data };
    },
    share: () => {
      const sums = terms.map(({ mask, parts }) =>
        byteHistogram(mask.data).reduce((sum, count, value) => sum + count * parts[value]!, 0),
      );
      return sums.reduce((sum, part) => sum + part, 0) / (width * height) / COVERAGE_ONE;
    },
  };
}

/** Coverage as a mask, rounded. */
export function coverageToMask({ width, height, data }: Coverage): Mask {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = (data[i]! * 255 + COVERAGE_ONE / 2) >> 15;
  }
  return createMask(width, height, out);
}
