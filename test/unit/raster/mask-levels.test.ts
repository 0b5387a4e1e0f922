import { describe, expect, it } from 'vitest';
import { createMask, isFaintMask, type Mask, measureMaskValues, stretchMask } from '../../../src/raster/index.js';

const row = (...values: readonly number[]): Mask => createMask(values.length, 1, Uint8Array.from(values));

describe('measureMaskValues', () => {
  it('selected is the share of values from 128', () => {
    expect(measureMaskValues(row(0, 127, 128, 255))).toEqual({ min: 0, peak: 255, distinct: 4, selected: 0.5 });
  });

  it.each([
    ['0 and 1 (case 05)', row(0, 1, 1), true],
    ['the luma of pure red on black', row(0, 76), true],
    ['labels 0 to 5', row(0, 1, 2, 3, 4, 5), true],
    ['an empty mask', row(0, 0), false],
    ['one faint value throughout', row(9, 9), false],
    ['a value that is selected', row(0, 1, 128), false],
  ])('isFaintMask: %s', (_, mask, faint) => {
    expect(isFaintMask(measureMaskValues(mask))).toBe(faint);
  });
});

describe('stretchMask', () => {
  it('0 and 1 become 0 and 255', () => {
    expect([...stretchMask(row(0, 1, 1)).data]).toEqual([0, 255, 255]);
  });

  it('every label but the lowest is selected', () => {
    expect([...stretchMask(row(0, 1, 2, 5)).data]).toEqual([0, 255, 255, 255]);
  });

  it('degrees are spread linearly between the darkest and the brightest value', () => {
    // (v - 20) / (100 - 20) * 255
    expect([...stretchMask(row(20, 60, 100)).data]).toEqual([0, 128, 255]);
  });

  it('a mask of one value stays as it is', () => {
    expect([...stretchMask(row(7, 7)).data]).toEqual([7, 7]);
  });
});
