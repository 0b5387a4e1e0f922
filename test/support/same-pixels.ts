import { expect } from 'vitest';
import type { Mask, Raster } from '../../src/raster/index.js';

/** Fails with the first pixel that differs; much faster than comparing whole objects. */
export function expectSamePixels(actual: Raster | Mask, expected: Raster | Mask): void {
  expect([actual.kind, actual.width, actual.height, channels(actual), actual.data.constructor]).toEqual([
    expected.kind,
    expected.width,
    expected.height,
    channels(expected),
    expected.data.constructor,
  ]);
  const at = actual.data.findIndex((value, i) => value !== expected.data[i]);
  if (at >= 0) {
    const pixel = Math.floor(at / channels(actual));
    expect.fail(
      `channel ${at % channels(actual)} of (${pixel % actual.width}, ${Math.floor(pixel / actual.width)}) ` +
        `is ${actual.data[at]}, expected ${expected.data[at]}`,
    );
  }
}

/** Fails with the first sample that is farther than `tolerance` from what it should be. */
export function expectWithin(actual: Raster | Mask, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.data.length).toBe(expected.length);
  const at = actual.data.findIndex((value, i) => !(Math.abs(value - expected[i]!) <= tolerance));
  if (at >= 0) {
    expect.fail(`sample ${at} is ${actual.data[at]}, expected ${expected[at]}, within ${tolerance}`);
  }
}

function channels(image: Raster | Mask): number {
  return image.kind === 'mask' ? 1 : image.channels;
}
