import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeCrop, planCrop } from '../../../../src/inpaint/crop/plan-crop.js';
import { propertyRuns } from '../../../support/property-runs.js';

describe('planCrop', () => {
  const box = fc
    .record({ width: fc.integer({ min: 1, max: 3000 }), height: fc.integer({ min: 1, max: 3000 }) })
    .chain((image) =>
      fc
        .record({
          width: fc.integer({ min: 1, max: image.width }),
          height: fc.integer({ min: 1, max: image.height }),
        })
        .chain(({ width, height }) =>
          fc.record({
            image: fc.constant(image),
            selection: fc.record({
              x: fc.integer({ min: 0, max: image.width - width }),
              y: fc.integer({ min: 0, max: image.height - height }),
              width: fc.constant(width),
              height: fc.constant(height),
            }),
          }),
        ),
    );
  const options = fc.record({
    context: fc.double({ min: 1, max: 3, noNaN: true }),
    size: fc.option(fc.integer({ min: 64, max: 2048 }), { nil: undefined }),
    multipleOf: fc.constantFrom(1, 8, 16, 64),
    aspects: fc.option(fc.constantFrom([1], [1, 1.5, 2 / 3]), { nil: undefined }),
  });

  it('contains the selection with its context, and stays inside the image where it fits', () => {
    fc.assert(
      fc.property(box, options, ({ image, selection }, chosen) => {
        const { window, size } = planCrop(selection, image, chosen);
        expect(window.x).toBeLessThanOrEqual(selection.x);
        expect(window.y).toBeLessThanOrEqual(selection.y);
        expect(window.x + window.width).toBeGreaterThanOrEqual(selection.x + selection.width);
        expect(window.y + window.height).toBeGreaterThanOrEqual(selection.y + selection.height);
        expect(window.width).toBeGreaterThanOrEqual(selection.width * chosen.context - 1e-6);
        expect(window.height).toBeGreaterThanOrEqual(selection.height * chosen.context - 1e-6);
        if (window.width <= image.width) {
          expect(window.x).toBeGreaterThanOrEqual(0);
          expect(window.x + window.width).toBeLessThanOrEqual(image.width);
        }
        expect(size.width % chosen.multipleOf).toBe(0);
        expect(size.height % chosen.multipleOf).toBe(0);
        if (chosen.size === undefined) {
          expect(size).toEqual({ width: window.width, height: window.height });
        } else {
          // Some window of exactly the result's shape lies less than a pixel inside, each way.
          const aspect = size.width / size.height;
          const least = Math.max(window.width - 1, aspect * (window.height - 1));
          expect(least).toBeLessThanOrEqual(Math.min(window.width, aspect * window.height) + 1e-6);
        }
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('chooses the aspect that adds least, and sizes by the long side', () => {
    const image = { width: 2000, height: 2000 };
    const selection = { x: 900, y: 900, width: 290, height: 200 };
    const plan = planCrop(selection, image, { context: 1, size: 1024, multipleOf: 64, aspects: [1, 1.5] });
    expect(plan.size).toEqual({ width: 1024, height: 704 });
    const exact = planCrop(selection, image, { context: 1, size: { width: 768, height: 1024 }, multipleOf: 64 });
    expect(exact.size).toEqual({ width: 768, height: 1024 });
    expect(exact.window.width / exact.window.height).toBeCloseTo(0.75, 2);
    expect(() => planCrop(selection, image, { context: 1, size: { width: 700, height: 512 }, multipleOf: 64 })).toThrow(
      /not made of multiples of 64/,
    );
  });

  it('holds a rectangle around the selection without giving it context', () => {
    const image = { width: 1000, height: 1000 };
    const selection = { x: 400, y: 500, width: 100, height: 4 };
    const contain = { x: 392, y: 492, width: 116, height: 20 };
    const { window } = planCrop(selection, image, { context: 1.2, multipleOf: 4, contain });
    expect(window).toEqual({ x: 390, y: 492, width: 120, height: 20 });
    const atEdge = planCrop({ ...selection, y: 0 }, image, {
      context: 1.2,
      multipleOf: 4,
      contain: { ...contain, y: 0, height: 12 },
    });
    expect(atEdge.window).toEqual({ x: 390, y: 0, width: 120, height: 12 });
  });

  it('takes the one of the given sizes whose shape adds least', () => {
    const sizes = [
      { width: 1024, height: 1024 },
      { width: 1536, height: 1024 },
    ];
    const selection = { x: 900, y: 900, width: 280, height: 200 };
    const { window, size } = planCrop(selection, { width: 2000, height: 2000 }, { context: 1, multipleOf: 1, sizes });
    expect(size).toEqual(sizes[1]);
    expect([window.width, window.height]).toEqual([300, 200]);
  });

  it('shifts a window at the border inside, and reaches out evenly where it is larger than the image', () => {
    const atCorner = planCrop(
      { x: 0, y: 90, width: 10, height: 10 },
      { width: 100, height: 100 },
      { context: 2, multipleOf: 1 },
    );
    expect(atCorner.window).toEqual({ x: 0, y: 80, width: 20, height: 20 });
    const larger = planCrop(
      { x: 0, y: 0, width: 50, height: 10 },
      { width: 50, height: 10 },
      { context: 1, multipleOf: 1, aspects: [1] },
    );
    expect(larger.window).toEqual({ x: 0, y: -20, width: 50, height: 50 });
  });
});

describe('describeCrop', () => {
  it('says what --size did, and how to get a square', () => {
    const plan = { window: { x: 370, y: 279, width: 360, height: 240 }, size: { width: 1024, height: 683 } };
    expect(describeCrop(plan, { width: 1536, height: 1024 }, 1024)).toEqual([
      '360 x 240 at 370,279 as 1024 x 683, scaled 2.84 times',
      '1024 is the long side; --square makes it 1024 x 1024',
    ]);
  });

  it('says how far a window reaches beyond the image', () => {
    const plan = { window: { x: 0, y: -20, width: 50, height: 50 }, size: { width: 50, height: 50 } };
    expect(describeCrop(plan, { width: 50, height: 10 }, 50)).toEqual([
      '50 x 50 at 0,-20 as 50 x 50, at its own scale',
      'the window reaches 20 px beyond the image: its edge pixels are repeated there',
    ]);
  });
});
