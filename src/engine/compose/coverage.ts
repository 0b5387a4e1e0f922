import { createMask, type Mask } from '../../raster/index.js';
import { SHARE_ONE, sharesToBytes } from './mix-rows.js';

/** Full coverage in a `Coverage`. */
export const COVERAGE_ONE = SHARE_ONE;

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
}

/** As `meanCoverage`, for an image that is never in memory as a whole. */
export function openMeanCoverage(inputs: readonly CoverageInput[]): MeanCoverage {
  const terms = inputs.map(({ mask, table }, k) => {
    // The share of full coverage, rounded so that the shares of all masks add up to exactly one.
    const share = Math.round(((k + 1) * COVERAGE_ONE) / inputs.length) - Math.round((k * COVERAGE_ONE) / inputs.length);
    return { mask, parts: Uint16Array.from(table, (value) => Math.round((value / 255) * share)) };
  });
  const { width } = inputs[0]!.mask;
  return {
    rows: (from, to) => {
      const data = new Uint16Array(width * (to - from));
      const planes = terms.map(({ mask, parts }) => ({ plane: mask.data.subarray(from * width, to * width), parts }));
      // Three masks in one pass: each pass reads and writes the whole sum.
      for (let k = 0; k < planes.length; k += 3) {
        addParts(data, planes[k]!, planes[k + 1] ?? NOTHING, planes[k + 2] ?? NOTHING);
      }
      return { kind: 'coverage', width, height: to - from, data };
    },
  };
}

interface PlaneParts {
  readonly plane: Uint8Array;
  /** What each value adds. */
  readonly parts: Uint16Array;
}

const NOTHING: PlaneParts = { plane: new Uint8Array(), parts: new Uint16Array(256) };

function addParts(sum: Uint16Array, one: PlaneParts, two: PlaneParts, three: PlaneParts): void {
  const [a, b, c] = [one.parts, two.parts, three.parts];
  const [p, q, r] = [one.plane, two.plane, three.plane];
  if (r.length > 0) {
    for (let i = 0; i < sum.length; i++) {
      sum[i] = sum[i]! + a[p[i]!]! + b[q[i]!]! + c[r[i]!]!;
    }
  } else if (q.length > 0) {
    for (let i = 0; i < sum.length; i++) {
      sum[i] = sum[i]! + a[p[i]!]! + b[q[i]!]!;
    }
  } else {
    for (let i = 0; i < sum.length; i++) {
      sum[i] = sum[i]! + a[p[i]!]!;
    }
  }
}

/** Coverage as a mask, rounded. */
export function coverageToMask({ width, height, data }: Coverage): Mask {
  return createMask(width, height, sharesToBytes(data));
}
