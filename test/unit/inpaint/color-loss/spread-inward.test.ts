import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FREE_BIT,
  followWay,
  isNearer,
  markOpaque,
  OPAQUE,
  spreadInward,
} from '../../../../src/inpaint/color-loss/spread-inward.js';

/** The alpha of an image of up to 12 x 12 pixels, narrow and empty ones among them. */
const images = fc
  .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
  .chain(({ width, height }) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      alpha: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
      minimum: fc.constantFrom(1, 100, 250),
    }),
  );

function toRgba(alpha: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: alpha.length * 4 }, (_, i) => (i % 4 === 3 ? alpha[i >> 2]! : 0));
}

describe('spreadInward', () => {
  test('each way ends at an opaque pixel, after as many steps as the nearest one is rows and columns away', () => {
    fc.assert(
      fc.property(images, ({ width, height, alpha, minimum }) => {
        const opaque = [...alpha.keys()].filter((i) => alpha[i]! >= minimum);
        const columns = (i: number, j: number): number => Math.abs((i % width) - (j % width));
        const rows = (i: number, j: number): number => Math.abs(Math.floor(i / width) - Math.floor(j / width));
        const stepsTo = (i: number, j: number): number => columns(i, j) + rows(i, j);
        const nearest = (i: number): number =>
          opaque.length === 0 ? 0 : Math.min(...opaque.map((source) => stepsTo(i, source)));
        const plane = markOpaque(toRgba(alpha), minimum);
        // Marks in the free bit of opaque pixels change nothing.
        for (const i of opaque.filter((_, k) => k % 2 === 0)) plane[i] = OPAQUE | FREE_BIT;
        const reached = new Map<number, number>();
        const spread = spreadInward(plane, width, height, (i, source) => reached.set(i, source));
        for (const i of alpha.keys()) {
          const { source, steps } = followWay(spread, i);
          expect(steps).toBe(nearest(i));
          expect(steps).toBe(stepsTo(i, source));
          expect(opaque.length === 0 || alpha[source]! >= minimum).toBe(true);
          expect(reached.get(i)).toBe(opaque.length === 0 || alpha[i]! >= minimum ? undefined : source);
          for (const j of alpha.keys()) {
            const isNeighbor = columns(i, j) <= 1 && rows(i, j) <= 1;
            if (isNeighbor && alpha[i]! < minimum) expect(isNearer(spread, j, i)).toBe(nearest(j) < nearest(i));
          }
        }
      }),
    );
  });
});
