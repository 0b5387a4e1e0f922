import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chromaKey, parseColor, type Rgb } from '../../../../src/engine/color/chroma-key.js';
import { createRaster } from '../../../../src/raster/index.js';

const byte = fc.integer({ min: 0, max: 255 });
const color = fc.tuple(byte, byte, byte);

function keyOne(pixel: Rgb, key: Rgb, options = {}): number {
  return chromaKey(createRaster(1, 1, 3, Uint8Array.from(pixel)), key, options).data[0]!;
}

describe('chromaKey', () => {
  it('selects the key color itself, whatever the tolerance', () => {
    fc.assert(
      fc.property(color, fc.integer({ min: 0, max: 100 }), (key, tolerance) => {
        expect(keyOne(key, key, { tolerance, softness: 0 })).toBe(255);
      }),
    );
  });

  it('never selects less when the tolerance grows', () => {
    fc.assert(
      fc.property(color, color, fc.integer({ min: 0, max: 60 }), (pixel, key, tolerance) => {
        expect(keyOne(pixel, key, { tolerance: tolerance + 5 })).toBeGreaterThanOrEqual(
          keyOne(pixel, key, { tolerance }),
        );
      }),
    );
  });

  it('takes a screen with its shadows and leaves skin, black and white', () => {
    const screen: Rgb = [40, 180, 60];
    expect(keyOne([48, 190, 70], screen)).toBe(255);
    expect(keyOne([30, 140, 45], screen)).toBe(255);
    expect(keyOne([224, 172, 140], screen)).toBe(0);
    expect(keyOne([0, 0, 0], screen)).toBe(0);
    expect(keyOne([255, 255, 255], screen)).toBe(0);
  });

  it('falls off over the softness, measured along one axis', () => {
    // Gray differs from gray by brightness alone, which counts a third: 45 steps are a distance of 15, and 25 of 40 are left.
    const options = { tolerance: 0, softness: (100 * 40) / 255 };
    expect(keyOne([145, 145, 145], [100, 100, 100], options)).toBe(159);
    expect(keyOne([220, 220, 220], [100, 100, 100], options)).toBe(0);
  });

  it('has a hard edge without softness', () => {
    fc.assert(
      fc.property(color, color, (pixel, key) => {
        expect([0, 255]).toContain(keyOne(pixel, key, { softness: 0 }));
      }),
    );
  });

  it('refuses a tolerance out of range', () => {
    expect(() => keyOne([0, 0, 0], [0, 0, 0], { tolerance: 101 })).toThrow('the tolerance is 101');
  });
});

describe('parseColor', () => {
  it.each<[string, Rgb]>([
    ['#00ff00', [0, 255, 0]],
    ['0F0', [0, 255, 0]],
    ['#a1B2c3', [161, 178, 195]],
    ['0, 255,7', [0, 255, 7]],
    ['RebeccaPurple', [102, 51, 153]],
    ['tan', [210, 180, 140]],
  ])('reads %s', (text, expected) => {
    expect(parseColor(text)).toEqual(expected);
  });

  it.each(['', 'greeen', '#12345', '1,2', '1,2,256', '1,2,3,4', '-1,0,0', '1,,2'])('refuses %j', (text) => {
    expect(() => parseColor(text)).toThrow('is not a color');
  });
});
