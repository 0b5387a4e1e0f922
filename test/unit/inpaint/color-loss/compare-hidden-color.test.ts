import { describe, expect, it } from 'vitest';
import { compareHiddenColor } from '../../../../src/inpaint/color-loss/compare-hidden-color.js';
import { createRaster } from '../../../../src/raster/index.js';

const original = createRaster(4, 1, 3, Uint8Array.of(10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40));

describe('compareHiddenColor', () => {
  it('counts the pixels that are not opaque and whose color is another', () => {
    // Opaque and different; hidden and equal; half transparent and 6 off; hidden and black.
    const image = createRaster(4, 1, 4, Uint8Array.of(0, 0, 0, 255, 20, 20, 20, 0, 36, 36, 36, 128, 0, 0, 0, 0));
    expect(compareHiddenColor(image, original)).toEqual({
      hidden: 3,
      changed: 1,
      share: 1 / 3,
      difference: (0 + 6 + 40) / 3,
    });
    expect(compareHiddenColor(image, original, 5.9).changed).toBe(2);
  });

  it('samples of 16 and 8 bits are compared by their levels', () => {
    const wide = Uint16Array.from([10, 10, 10, 0, 20, 20, 20, 0, 30, 30, 30, 0, 40, 40, 40, 0], (value) => value * 257);
    expect(compareHiddenColor(createRaster(4, 1, 4, wide), original)).toMatchObject({ hidden: 4, difference: 0 });
  });

  it('an opaque image hides nothing', () => {
    expect(compareHiddenColor(original, original)).toEqual({ hidden: 0, changed: 0, share: 0, difference: 0 });
  });
});
