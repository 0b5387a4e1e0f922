import type { GraySplits } from '../../../src/depth/gray/gray-splits.js';
import type { GrayOptions } from '../../../src/depth/gray/map-grays.js';
import type { DepthMap } from '../../../src/raster/index.js';

/** Levels by the description of the format, value by value: lists, a set, and Python's rounding. */
export function graysOf(
  map: DepthMap,
  splits: GraySplits,
  options: GrayOptions,
): { grays: number[]; inside: number[] } {
  const distances = map.depthOrder === 'near-is-small';
  const shades = options.bits === 16 ? 256 : 1;
  const top = 256 * shades - 1;
  const { cutoff } = options;
  const isPartitioned = (v: number): boolean => cutoff !== undefined && (distances ? v >= cutoff : v <= cutoff);
  const values = [...map.data].map((v) => (isBackground(v) ? Number.NaN : isPartitioned(v) ? cutoff! : v));
  const levels = new Map<number, number>();
  let offset = 0;
  for (const { start, end, levels: own } of splits) {
    const unique = [...new Set(values.filter((v) => v >= start && v < end))].toSorted((a, b) => a - b);
    for (const [rank, value] of own === 0 ? [] : unique.entries()) {
      const share =
        options.compress === true
          ? unique.length === 1
            ? 0
            : rank / (unique.length - 1)
          : (value - start) / (end - start);
      levels.set(value, Math.min(offset * shades + roundHalfEven(share * (own * shades)), top));
    }
    offset += own;
  }
  const farLevel = distances ? top : 0;
  const first = splits[0]!.start;
  const last = splits.at(-1)!.end;
  const results = [...map.data].map((original, i) => {
    const value = values[i]!;
    const level = levels.get(value);
    if (level !== undefined) {
      return { level, inside: isPartitioned(original) ? 0 : 255 };
    }
    const isNearer = !Number.isNaN(value) && !isPartitioned(original) && (distances ? value < first : value >= last);
    return isNearer ? { level: top - farLevel, inside: 255 } : { level: farLevel, inside: 0 };
  });
  const turned = distances === ((options.polarity ?? 'near-white') === 'near-white');
  return {
    grays: results.map(({ level }) => (turned ? top - level : level)),
    inside: results.map(({ inside }) => inside),
  };
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}

function isBackground(value: number): boolean {
  return !Number.isFinite(value) || Math.abs(value) >= 1e10;
}
