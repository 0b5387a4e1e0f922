import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyLevels,
  chooseThreshold,
  combineMasks,
  type CombineMode,
  coverageToMask,
  meanCoverage,
  normalizeMask,
  normalizeLut,
  parseArea,
  parseLength,
  thresholdHeatmap,
  thresholdMask,
} from '../../../src/engine/index.js';
import { createHeatmap, createMask, type Mask } from '../../../src/raster/index.js';
import { arbitraryMask, arbitraryMasks } from '../../support/arbitrary-masks.js';
import { expectWithin } from '../../support/same-pixels.js';
import { propertyRuns } from '../../support/property-runs.js';

const row = (...values: number[]): Mask => createMask(values.length, 1, Uint8Array.from(values));

describe('lengths and areas', () => {
  const size = { width: 300, height: 400 };

  it.each([
    [12, 12],
    ['12', 12],
    ['12px', 12],
    ['12 px', 12],
    ['-3.5', -3.5],
    ['+2', 2],
    ['.5', 0.5],
    ['1%', 5],
    ['-0.5%', -2.5],
    [' 7 ', 7],
  ])('%j is %d', (length, pixels) => {
    expect(parseLength(length, size)).toBe(pixels);
  });

  it.each(['', 'px', '12 em', '1,5', '%', '--3', 'NaN', 'Infinity', '1e999', Number.NaN])(
    '%j is no length',
    (length) => {
      expect(() => parseLength(length, size)).toThrow(/the length is .*must be pixels/);
    },
  );

  it('areas are parts of all pixels', () => {
    expect(parseArea('0.5%', size)).toBe(600);
    expect(parseArea(40, size)).toBe(40);
    expect(() => parseArea('-1', size)).toThrow(/the area is "-1", but must be 0 or more/);
    expect(() => parseArea('much', size)).toThrow(/the area is "much", but must be pixels/);
  });
});

function stretch(values: number[]): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return values.map((value) => (value - low) / (high - low));
}

/** maskilayer's formula, step by step on floating point masks. */
function formula({ data }: Mask, level: number): number[] {
  const first = stretch(Array.from(data, (value) => value / 255));
  if (level === 1) {
    return first;
  }
  const cutoff = 0.5 - 0.25 * Math.exp(-(level - 2) * 0.5);
  const gamma = 1.0 - 0.75 * (1 - Math.exp(-(level - 1) * 2.0));
  const cut = first.map((value) => (Math.min(Math.max(value, cutoff), 1 - cutoff) - cutoff) / (1 - 2 * cutoff));
  return stretch(cut.map((value) => value ** gamma));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Between the two classes, up to a factor. */
function varianceAt(data: Uint8Array, limit: number): number {
  const [below, above] = [[...data].filter((value) => value < limit), [...data].filter((value) => value >= limit)];
  return below.length * above.length === 0 ? 0 : below.length * above.length * (mean(below) - mean(above)) ** 2;
}

describe('normalization', () => {
  it('is the formula of maskilayer, rounded', () => {
    const mask = arbitraryMask().filter(({ data }) => new Set(data).size > 1);
    fc.assert(
      fc.property(mask, fc.integer({ min: 1, max: 8 }), (mask, level) => {
        expectWithin(
          normalizeMask(mask, level),
          formula(mask, level).map((value) => value * 255),
          0.5 + 1e-6,
        );
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('leaves a mask of one value, and level 0, alone', () => {
    expect(normalizeMask(row(9, 9, 9), 3).data).toEqual(row(9, 9, 9).data);
    expect(normalizeMask(row(1, 9, 200), 0).data).toEqual(row(1, 9, 200).data);
  });

  it.each([-1, 1.5, Number.NaN, Infinity])('refuses level %d', (level) => {
    expect(() => normalizeMask(row(0, 1), level)).toThrow(/level/);
  });
});

describe('levels of a mask', () => {
  it('stretches, bends and limits', () => {
    expect([...applyLevels(row(0, 20, 120, 220, 255), { black: 20, white: 220 }).data]).toEqual([0, 0, 128, 255, 255]);
    expect([...applyLevels(row(0, 128, 255), { outBlack: 10, outWhite: 20 }).data]).toEqual([10, 15, 20]);
    expect([...applyLevels(row(0, 255), { outBlack: 255, outWhite: 0 }).data]).toEqual([255, 0]);
    expect(applyLevels(row(64), { gray: 2 }).data[0]).toBe(Math.round(255 * Math.sqrt(64 / 255)));
  });

  it('refuses points out of order or range', () => {
    expect(() => applyLevels(row(1), { black: 200, white: 100 })).toThrow(
      /black point is 200, but must be below the white point, 100/,
    );
    expect(() => applyLevels(row(1), { gray: 0 })).toThrow(/gray/);
    expect(() => applyLevels(row(1), { white: 300 })).toThrow(/white/);
  });
});

describe('thresholds of a mask', () => {
  it('select what is there or above', () => {
    expect([...thresholdMask(row(0, 99, 100, 255), 100).data]).toEqual([0, 0, 255, 255]);
    expect([...thresholdHeatmap(createHeatmap(4, 1, Float32Array.of(0, 0.1, 0.3, 1)), 0.1).data]).toEqual([
      0, 255, 255, 255,
    ]);
    expect(() => thresholdHeatmap(createHeatmap(1, 1), 1.5)).toThrow(/threshold/);
    expect(() => thresholdMask(row(1), { low: 9, high: 3 })).toThrow(
      /low threshold is 9, but must be at most the high one, 3/,
    );
  });

  it("Otsu's method maximizes the variance between the classes", () => {
    fc.assert(
      fc.property(
        arbitraryMask().filter(({ data }) => new Set(data).size > 1),
        (mask) => {
          const chosen = varianceAt(mask.data, chooseThreshold(mask, 'otsu'));
          const best = Math.max(...Array.from({ length: 256 }, (_, limit) => varianceAt(mask.data, limit)));
          expect(chosen).toBeCloseTo(best, 4);
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });

  it('the triangle cuts off the tail of a histogram with one peak', () => {
    const peak = [900, 500, 200, 80, 30, 10].flatMap((count, i) => Array<number>(count).fill(10 + i));
    const values = [...peak, 60, 60, 200];
    const threshold = chooseThreshold(row(...values), 'triangle');
    expect(threshold).toBeGreaterThan(15);
    expect(threshold).toBeLessThan(60);
  });

  it('a mask of one value is cut in the middle', () => {
    expect([...thresholdMask(row(127, 127), 'otsu').data]).toEqual([0, 0]);
    expect([...thresholdMask(row(128, 128), 'triangle').data]).toEqual([255, 255]);
  });
});

describe('combining masks', () => {
  it.each<[CombineMode, number[]]>([
    ['mean', [50, 128, 255]],
    ['union', [100, 255, 255]],
    ['intersect', [0, 0, 255]],
    ['subtract', [0, 0, 0]],
    ['xor', [100, 255, 0]],
    ['multiply', [0, 0, 255]],
    ['screen', [100, 255, 255]],
  ])('%s', (mode, expected) => {
    expect([...combineMasks([row(0, 0, 255), row(100, 255, 255)], mode).data]).toEqual(expected);
  });

  it('a weighted mean of masks, inverted ones among them, is rounded to the nearest level', () => {
    const weighed = combineMasks([
      { mask: row(255), weight: 3 },
      { mask: row(255), invert: true },
    ]);
    expect([...weighed.data]).toEqual([191]);
    expect([...combineMasks([row(10), { mask: row(200), weight: 0.5 }], 'union').data]).toEqual([100]);
    expect(() => combineMasks([{ mask: row(1), weight: 2 }], 'union')).toThrow(/weight/);
    expect(() => combineMasks([{ mask: row(1), weight: 0 }])).toThrow(/weight of every mask is 0/);
    expect(() => combineMasks([row(1), row(1, 2)])).toThrow(/1 x 1.*2 x 1/);
    expect(() => combineMasks([])).toThrow(RangeError);
  });

  it('the mean is rounded once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }).chain((count) => arbitraryMasks(count)),
        (masks) => {
          const expected = Array.from(masks[0]!.data, (_, i) =>
            Math.floor(masks.reduce((sum, { data }) => sum + data[i]!, 0) / masks.length + 0.5),
          );
          expect([...combineMasks(masks).data]).toEqual(expected);
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });

  it('the finer mean is within its steps, and full where all are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }).chain((count) => arbitraryMasks(count)),
        fc.nat(5),
        (masks, level) => {
          const inputs = masks.map((mask) => ({ mask, table: normalizeLut(mask, level) }));
          const coverage = meanCoverage(inputs);
          masks[0]!.data.forEach((_, i) => {
            const exact = mean(inputs.map(({ mask, table }) => table[mask.data[i]!]!)) / 255;
            expect(Math.abs(coverage.data[i]! / 32768 - exact)).toBeLessThanOrEqual(masks.length / 32768);
            if (exact > 1 - 1e-9) {
              expect(coverage.data[i]).toBe(32768);
            }
          });
          expect(coverageToMask(coverage).data.every((value) => value <= 255)).toBe(true);
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });
});
