import { describe, expect, it } from 'vitest';
import { createRaster, maskFromRaster, type Raster } from '../../../src/raster/index.js';

/** RGBA pixels in one row. */
function pixels(...samples: readonly (readonly [number, number, number, number])[]): Raster {
  return createRaster(samples.length, 1, 4, Uint8Array.from(samples.flat()));
}

describe('maskFromRaster', () => {
  it('auto: white on transparent is read by its alpha (case 06)', () => {
    const { mask, channel } = maskFromRaster(pixels([255, 255, 255, 0], [255, 255, 255, 255], [255, 255, 255, 90]));
    expect([channel, ...mask.data]).toEqual(['alpha', 0, 255, 90]);
  });

  it('auto: black strokes on a transparent layer are read by their alpha', () => {
    const { mask, channel } = maskFromRaster(pixels([0, 0, 0, 0], [0, 0, 0, 255]));
    expect([channel, ...mask.data]).toEqual(['alpha', 0, 255]);
  });

  it('auto: color hidden under alpha 0 does not count as brightness', () => {
    const { mask, channel } = maskFromRaster(pixels([255, 255, 255, 0], [10, 10, 10, 255], [10, 10, 10, 128]));
    expect([channel, ...mask.data]).toEqual(['alpha', 0, 255, 128]);
  });

  it('auto: luma is the mask where it varies among visible pixels, and alpha is reported as ignored', () => {
    const read = maskFromRaster(pixels([0, 0, 0, 255], [255, 255, 255, 255], [255, 255, 255, 0]));
    expect(read).toMatchObject({ channel: 'luma', ignoresAlpha: true });
    expect([...read.mask.data]).toEqual([0, 255, 255]);
  });

  it('auto: alpha that is the same everywhere says nothing', () => {
    const read = maskFromRaster(pixels([255, 255, 255, 255], [255, 255, 255, 255]));
    expect(read).toMatchObject({ channel: 'luma', ignoresAlpha: false });
  });

  it('reads the plane that is named', () => {
    const image = pixels([200, 0, 0, 7], [0, 255, 0, 8]);
    expect([...maskFromRaster(image, 'red').mask.data]).toEqual([200, 0]);
    expect([...maskFromRaster(image, 'alpha').mask.data]).toEqual([7, 8]);
    // ITU-R BT.601: 0.299 * 200 and 0.587 * 255.
    expect([...maskFromRaster(image, 'luma').mask.data]).toEqual([60, 150]);
  });
});
