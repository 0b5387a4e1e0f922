import { expect, it } from 'vitest';
import { mirrorIndex, roundHalfEven } from '../../../src/raster/arithmetic.js';

it('roundHalfEven rounds halves to the even neighbor, all else to the nearest integer', () => {
  // Python: [round(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4, 2.6, -2.6)]
  expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4, 2.6, -2.6].map((value) => roundHalfEven(value) + 0)).toEqual([
    0, 2, 2, 0, -2, -2, 2, 3, -3,
  ]);
});

it('mirrorIndex repeats neither end, as often as needed', () => {
  // NumPy: np.pad(np.arange(3), 5, mode='reflect')
  const padded = [1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1];
  expect(padded.map((_, i) => mirrorIndex(i - 5, 3))).toEqual(padded);
});

it('mirrorIndex of one sample is that sample', () => {
  expect([-2, -1, 0, 1, 7].map((index) => mirrorIndex(index, 1))).toEqual([0, 0, 0, 0, 0]);
});
