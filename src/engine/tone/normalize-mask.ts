import { assertWholeNumber } from '../../errors.js';
import type { Mask } from '../../raster/index.js';
import { applyLut } from './apply-lut.js';

/**
 * Raises the contrast of a mask by maskilayer's formula: level 0 changes nothing, 1 stretches the values to
 * 0..255, 2 and more also clip both ends and apply a gamma, more with each level. A mask of one value is
 * unchanged.
 *
 * Throws `OPTION_RANGE` unless `level` is a whole number, 0 or more.
 */
export function normalizeMask(mask: Mask, level: number): Mask {
  assertNormalizeLevel(level);
  return level === 0 ? mask : applyLut(mask, Uint8Array.from(normalizeLut(mask, level), Math.round));
}

/** Throws `OPTION_RANGE` unless `level` is a whole number, 0 or more. */
export function assertNormalizeLevel(level: number): number {
  return assertWholeNumber('the normalization level', level, 0);
}

/** The lookup table of `normalizeMask`: 256 values in 0..255, not rounded. */
export function normalizeLut(mask: Mask, level: number): Float64Array {
  const { low, high } = rangeOf(mask.data);
  if (level === 0 || low === high) {
    return Float64Array.from({ length: 256 }, (_, value) => value);
  }
  const cutoff = level === 1 ? 0 : 0.5 - 0.25 * Math.exp(-(level - 2) * 0.5);
  const gamma = level === 1 ? 1 : 1 - 0.75 * (1 - Math.exp(-(level - 1) * 2));
  return Float64Array.from({ length: 256 }, (_, value) => {
    const stretched = (value - low) / (high - low);
    const clipped = Math.min(Math.max(stretched, cutoff), 1 - cutoff);
    return ((clipped - cutoff) / (1 - 2 * cutoff)) ** gamma * 255;
  });
}

function rangeOf(data: Uint8Array): { low: number; high: number } {
  let low = 255;
  let high = 0;
  // Most masks have black and white within their first rows: nothing is outside of them.
  for (let i = 0; i < data.length && (low > 0 || high < 255); i++) {
    const value = data[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
