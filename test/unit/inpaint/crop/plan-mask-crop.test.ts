import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planMaskCrop } from '../../../../src/inpaint/crop/plan-mask-crop.js';
import { arbitraryMask } from '../../../support/arbitrary-masks.js';
import { cutStitchMask, makeStitchMask } from '../../../../src/inpaint/crop/stitch-mask.js';
import { cutMaskWindow } from '../../../../src/inpaint/crop/window.js';
import { createMask, type Mask, resizeMask } from '../../../../src/raster/index.js';

const IMAGE = { width: 1536, height: 1024 };
const OPTIONS = { context: 1.2, multipleOf: 8, size: 512, samplerGrowPx: 0, growPx: 0, featherPx: 8 };

describe('planMaskCrop', () => {
  it('a stray pixel of value 1 does not move the window (case 04)', () => {
    const mask = box(400, 299, 300, 201);
    const plain = planMaskCrop(mask, IMAGE, OPTIONS)!;
    mask.data[5] = 1;
    const stray = planMaskCrop(mask, IMAGE, OPTIONS)!;
    // 1.2 times 300 x 201 around (550, 399.5); 512 x 344 has the same shape to a pixel.
    expect(plain.size).toEqual({ width: 512, height: 344 });
    expect(plain.window).toEqual({ x: 370, y: 279, width: 360, height: 242 });
    expect(stray.window).toEqual(plain.window);
  });

  it('the seam of a thin line lies inside the window, and ends at 0', () => {
    const { window, stitchWindow } = planMaskCrop(box(100, 500, 600, 3), IMAGE, {
      ...OPTIONS,
      context: 1,
      size: undefined,
    })!;
    expect(window.y).toBeLessThanOrEqual(492);
    expect(window.y + window.height).toBeGreaterThanOrEqual(511);
    const column = Array.from({ length: window.height }, (_, y) => stitchWindow.data[y * window.width + 300]!);
    expect(column.filter((value) => value === 255)).toHaveLength(3);
    // Smoothstep at 8 of 9 pixels from the line.
    const faintest = Math.round(255 * (1 - (8 / 9) ** 2 * (3 - 16 / 9)));
    expect(column.find((value) => value > 0)).toBe(faintest);
  });

  it('the mask for the sampler is larger by what was asked for, and inside the window', () => {
    const { window, size, samplerWindow } = planMaskCrop(box(700, 500, 40, 40), IMAGE, {
      ...OPTIONS,
      context: 1,
      size: undefined,
      samplerGrowPx: 12,
    })!;
    expect(size).toEqual({ width: window.width, height: window.height });
    expect(samplerWindow.data.filter((value) => value === 255).length).toBeGreaterThan(40 * 40 + 4 * 12 * 40);
    expect(window.x).toBeLessThanOrEqual(688);
    expect(window.x + window.width).toBeGreaterThanOrEqual(752);
  });

  it('the masks are the window of those of the whole image, with soft values and windows beyond its borders', () => {
    fc.assert(
      fc.property(
        arbitraryMask({ maxSide: 40 }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (mask, samplerGrowPx, growPx, featherPx, context) => {
          const options = { context, multipleOf: 1, samplerGrowPx, growPx, featherPx };
          const crop = planMaskCrop(mask, mask, options);
          if (crop === undefined) return;
          const { window, size, sampler, samplerWindow, stitchWindow } = crop;
          expect(samplerWindow).toEqual(resizeMask(cutMaskWindow(sampler(), window), size));
          expect(stitchWindow).toEqual(cutStitchMask(makeStitchMask(mask, { growPx, featherPx }), window, featherPx));
        },
      ),
    );
  });

  it('nothing is planned where no pixel reaches 128', () => {
    const mask = createMask(IMAGE.width, IMAGE.height);
    mask.data.fill(127);
    expect(planMaskCrop(mask, IMAGE, OPTIONS)).toBeUndefined();
  });
});

function box(x: number, y: number, width: number, height: number): Mask {
  const mask = createMask(IMAGE.width, IMAGE.height);
  for (let row = y; row < y + height; row++) {
    mask.data.fill(255, row * IMAGE.width + x, row * IMAGE.width + x + width);
  }
  return mask;
}
