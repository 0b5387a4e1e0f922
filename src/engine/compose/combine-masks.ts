import { assertInRange, invalidOption } from '../../errors.js';
import { assertSameSize, createMask, type Mask } from '../../raster/index.js';
import { applyLut } from '../tone/apply-lut.js';

/** Every `CombineMode`. */
export const COMBINE_MODES = ['mean', 'union', 'intersect', 'subtract', 'xor', 'multiply', 'screen'] as const;

/**
 * How masks become one. On binary masks `union`, `multiply` and so on are the set operations; on soft ones,
 * with a and b from 0 to 1:
 * `mean` (weighted) average; `union` max(a, b); `intersect` min(a, b); `subtract` min(a, 1 - b), the first
 * without all others; `xor` |a - b|; `multiply` a b; `screen` a + b - a b.
 */
export type CombineMode = (typeof COMBINE_MODES)[number];

/** One mask of a combination. */
export interface CombineInput {
  readonly mask: Mask;
  /** Combine the inverted mask. */
  readonly invert?: boolean | undefined;
  /**
   * Default 1. In `mean` its share relative to the others, 0 and more; in all other modes its coverage is
   * multiplied by it, 0..1.
   */
  readonly weight?: number | undefined;
}

/**
 * One mask of several of the same size, folded from the first to the last. `mean` rounds once, halves up;
 * `multiply` and `screen` round at every step. A mask that is alone is returned itself.
 *
 * Throws `SIZE_MISMATCH`; `OPTION_RANGE` for weights out of range; `RangeError` without masks.
 *
 * @example
 * import { combineMasks, type Mask } from 'maskwright/engine';
 *
 * const withoutHair = (face: Mask, hair: Mask): Mask => combineMasks([face, hair], 'subtract');
 */
export function combineMasks(inputs: readonly (Mask | CombineInput)[], mode: CombineMode = 'mean'): Mask {
  const [first, ...rest] = inputs.map((input): CombineInput => ('mask' in input ? input : { mask: input }));
  if (first === undefined) {
    throw new RangeError('there are no masks to combine');
  }
  for (const { mask } of rest) {
    assertSameSize('the first mask', first.mask, 'another', mask);
  }
  if (rest.length === 0 && first.invert !== true && (first.weight ?? 1) === 1) {
    return first.mask;
  }
  const { width, height } = first.mask;
  if (mode === 'mean') {
    return createMask(width, height, mean([first, ...rest]));
  }
  const out = applyLut(first.mask, inputLut(first));
  for (const input of rest) {
    FOLDS[mode](out.data, input.mask.data, inputLut(input));
  }
  return out;
}

function inputLut({ invert = false, weight = 1 }: CombineInput): Uint8Array {
  assertInRange("a mask's weight", weight, 0, 1);
  return Uint8Array.from({ length: 256 }, (_, value) => Math.round((invert ? 255 - value : value) * weight));
}

function mean(inputs: readonly CombineInput[]): Uint8Array {
  const weights = inputs.map(({ weight = 1 }) => assertInRange("a mask's weight", weight, 0, Number.MAX_VALUE));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) {
    throw invalidOption('the weight of every mask', 'above 0 for one of them', 0);
  }
  const tables = inputs.map(({ invert = false }, k) =>
    Float64Array.from({ length: 256 }, (_, value) => ((invert ? 255 - value : value) * weights[k]!) / total),
  );
  const out = new Uint8Array(inputs[0]!.mask.data.length);
  // A stretch at a time, so that the sums stay in the cache.
  const sums = new Float64Array(4096);
  for (let start = 0; start < out.length; start += sums.length) {
    const length = Math.min(sums.length, out.length - start);
    // Slightly above a half, so that halves round up whatever the order of the additions.
    sums.fill(0.5 + 1e-9);
    for (const [k, { mask }] of inputs.entries()) {
      addValues(sums, tables[k]!, mask.data, start, length);
    }
    for (let i = 0; i < length; i++) {
      out[start + i] = sums[i]!;
    }
  }
  return out;
}

function addValues(sums: Float64Array, table: Float64Array, data: Uint8Array, start: number, length: number): void {
  for (let i = 0; i < length; i++) {
    sums[i] = sums[i]! + table[data[start + i]!]!;
  }
}

type Fold = (out: Uint8Array, data: Uint8Array, table: Uint8Array) => void;

const FOLDS: Readonly<Record<Exclude<CombineMode, 'mean'>, Fold>> = {
  union: (out, data, table) => {
    for (let i = 0; i < out.length; i++) {
      const value = table[data[i]!]!;
      if (value > out[i]!) {
        out[i] = value;
      }
    }
  },
  intersect: (out, data, table) => {
    for (let i = 0; i < out.length; i++) {
      const value = table[data[i]!]!;
      if (value < out[i]!) {
        out[i] = value;
      }
    }
  },
  subtract: (out, data, table) => {
    for (let i = 0; i < out.length; i++) {
      const value = 255 - table[data[i]!]!;
      if (value < out[i]!) {
        out[i] = value;
      }
    }
  },
  xor: (out, data, table) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = Math.abs(out[i]! - table[data[i]!]!);
    }
  },
  multiply: (out, data, table) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = (out[i]! * table[data[i]!]! + 127) / 255;
    }
  },
  screen: (out, data, table) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = 255 - ((((255 - out[i]!) * (255 - table[data[i]!]!) + 127) / 255) | 0);
    }
  },
};
