import { describe, expect, it } from 'vitest';
import { cutMaskWindow, cutWindow } from '../../../../src/inpaint/crop/window.js';
import { createMask, createRaster, type Raster } from '../../../../src/raster/index.js';

describe('cutWindow', () => {
  it('continues the edge, or mirrors without doubling it', () => {
    const row = createRaster(3, 1, 3, Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3));
    const window = { x: -3, y: 0, width: 9, height: 1 };
    expect(firstChannel(cutWindow(row, window))).toEqual([1, 1, 1, 1, 2, 3, 3, 3, 3]);
    expect(firstChannel(cutWindow(row, window, 'mirror'))).toEqual([2, 3, 2, 1, 2, 3, 2, 1, 2]);
  });

  it('selects nothing outside the image', () => {
    const mask = createMask(2, 2, Uint8Array.of(1, 2, 3, 4));
    expect([...cutMaskWindow(mask, { x: -1, y: 1, width: 4, height: 2 }).data]).toEqual([0, 3, 4, 0, 0, 0, 0, 0]);
  });
});

function firstChannel(raster: Raster): number[] {
  return [...raster.data].filter((_, i) => i % raster.channels === 0);
}
