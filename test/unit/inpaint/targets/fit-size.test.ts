import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaskwrightError } from '../../../../src/errors.js';
import { brokenLimits, comesBackInShape, fitSize } from '../../../../src/inpaint/targets/fit-size.js';
import { findTarget, TARGETS } from '../../../../src/inpaint/targets/target-table.js';

const side = fc.integer({ min: 1, max: 9000 });
const fits = fc.constantFrom('pad' as const, 'crop' as const, 'scale' as const);

describe('fitSize', () => {
  it.each(TARGETS)('meets every limit of $name with fitTarget, by each way of fitting', (target) => {
    fc.assert(
      fc.property(side, side, fits, (width, height, fit) => {
        const plan = fitOrUndefined(width, height, target, fit);
        if (plan === undefined) {
          // No size of this shape can be right: a sliver that is too small one way and too large the other.
          expect(Math.max(width, height) / Math.min(width, height)).toBeGreaterThan(8);
          return;
        }
        expect(brokenLimits(plan.size, target.limits)).toEqual([]);
        expect(plan.size.width % target.multipleOf).toBe(0);
        expect(plan.size.height % target.multipleOf).toBe(0);
      }),
    );
  });

  it.each(TARGETS)('leaves an image alone that $name takes as it is', (target) => {
    const size = { width: 1024, height: 1024 };
    expect(fitSize(size, target)).toEqual({ window: { x: 0, y: 0, ...size }, size });
  });

  it('pads, crops about the center, or stretches to the multiple', () => {
    const target = { title: 'it', limits: {}, multipleOf: 8 };
    const size = { width: 101, height: 52 };
    expect(fitSize(size, target, { fit: 'pad', fitTarget: false })).toEqual({
      window: { x: 0, y: 0, width: 104, height: 56 },
      size: { width: 104, height: 56 },
    });
    expect(fitSize(size, target, { fit: 'crop', fitTarget: false })).toEqual({
      window: { x: 2, y: 2, width: 96, height: 48 },
      size: { width: 96, height: 48 },
    });
    expect(fitSize(size, target, { fit: 'scale', fitTarget: false })).toEqual({
      window: { x: 0, y: 0, width: 101, height: 52 },
      size: { width: 104, height: 56 },
    });
  });

  it('scales evenly, to a pixel', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 64, max: 9000 }),
        fc.integer({ min: 64, max: 9000 }),
        fits,
        (width, height, fit) => {
          fc.pre(Math.max(width, height) <= 4 * Math.min(width, height));
          const target = { title: 'it', limits: { maxPixels: 1_000_000, maxSide: 2048 }, multipleOf: 1 };
          const { window, size } = fitSize({ width, height }, target, { fit, fitTarget: true });
          // The scales of the two sides differ by less than a pixel of the result (or of the window) makes.
          const across = size.width / window.width;
          const down = size.height / window.height;
          const pixel = 1 / Math.min(size.width, size.height) + 1 / Math.min(window.width, window.height);
          expect(Math.abs(across / down - 1)).toBeLessThan(pixel * 1.01);
        },
      ),
    );
  });

  it.each([
    ['pad', { width: 1600, height: 900 }, { x: 0, y: 0, width: 1600, height: 1067 }, { width: 1536, height: 1024 }],
    ['crop', { width: 1600, height: 900 }, { x: 125, y: 0, width: 1350, height: 900 }, { width: 1536, height: 1024 }],
    ['scale', { width: 1600, height: 900 }, { x: 0, y: 0, width: 1600, height: 900 }, { width: 1536, height: 1024 }],
    ['pad', { width: 900, height: 1000 }, { x: 0, y: 0, width: 1000, height: 1000 }, { width: 1024, height: 1024 }],
    ['pad', { width: 2048, height: 3072 }, { x: 0, y: 0, width: 2048, height: 3072 }, { width: 1024, height: 1536 }],
  ] as const)('%s: an image is brought to a size that openai answers in', (fit, image, window, size) => {
    expect(fitSize(image, findTarget('openai'), { fit, fitTarget: true })).toEqual({ window, size });
  });

  it('the answer to a fitted image has a shape that stitch takes, whatever the image', () => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        const target = findTarget('openai');
        expect(comesBackInShape(fitSize({ width, height }, target, { fit: 'pad', fitTarget: true }).size, target)).toBe(
          true,
        );
      }),
    );
    expect(comesBackInShape({ width: 1600, height: 900 }, findTarget('openai'))).toBe(false);
  });

  it('says which limit is broken and what to do', () => {
    const target = TARGETS.find(({ name }) => name === 'stability')!;
    expect(() => fitSize({ width: 50, height: 4000 }, target)).toThrow(/50 x 4000: sides must be at least 64/);
    expect(() => fitSize({ width: 5000, height: 4000 }, target)).toThrow(/at most 9437184 pixels/);
  });
});

function fitOrUndefined(
  width: number,
  height: number,
  target: (typeof TARGETS)[number],
  fit: 'pad' | 'crop' | 'scale',
): ReturnType<typeof fitSize> | undefined {
  try {
    return fitSize({ width, height }, target, { fit, fitTarget: true });
  } catch (error) {
    expect(error).toBeInstanceOf(MaskwrightError);
    expect((error as MaskwrightError).code).toBe('TARGET_LIMIT');
    return undefined;
  }
}
