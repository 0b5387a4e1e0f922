import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extendCanvas } from '../../../../src/inpaint/crop/extend-canvas.js';
import { cutWindow } from '../../../../src/inpaint/crop/window.js';
import { randomRaster } from '../../../support/images.js';
import { expectSamePixels } from '../../../support/same-pixels.js';

const margin = fc.integer({ min: 0, max: 20 });

describe('extendCanvas', () => {
  it('keeps the image, and selects exactly what is new beside the overlap', () => {
    fc.assert(
      fc.property(
        fc.record({ left: margin, top: margin, right: margin, bottom: margin }),
        fc.constantFrom('bleed' as const, 'mirror' as const),
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom(3 as const, 4 as const),
        (margins, fill, overlapPx, channels) => {
          fc.pre(margins.left + margins.top + margins.right + margins.bottom > 0);
          const image = randomRaster(7, 25, 20, channels);
          const { raster, mask } = extendCanvas(image, margins, { fill, overlapPx });
          expectSamePixels(cutWindow(raster, { x: margins.left, y: margins.top, width: 25, height: 20 }), image);
          for (let i = 0; i < mask.data.length; i++) {
            const x = (i % mask.width) - margins.left;
            const y = Math.floor(i / mask.width) - margins.top;
            const isNew = x < 0 || y < 0 || x >= 25 || y >= 20;
            const beside =
              (margins.left > 0 && x < overlapPx) ||
              (margins.top > 0 && y < overlapPx) ||
              (margins.right > 0 && x >= 25 - overlapPx) ||
              (margins.bottom > 0 && y >= 20 - overlapPx);
            const value = mask.data[i]!;
            const right = isNew ? value === 255 : beside ? value > 0 && value < 255 : value === 0;
            if (!right) expect.fail(`coverage ${value} at (${x}, ${y})`);
          }
        },
      ),
    );
  });

  it('fades evenly over the overlap', () => {
    const { mask } = extendCanvas(
      randomRaster(8, 10, 1, 3),
      { left: 2, top: 0, right: 0, bottom: 0 },
      { fill: 'bleed', overlapPx: 4 },
    );
    expect([...mask.data]).toEqual([255, 255, 204, 153, 102, 51, 0, 0, 0, 0, 0, 0]);
  });

  it('refuses to add nothing, and an overlap as large as the image', () => {
    const image = randomRaster(9, 10, 10, 3);
    const none = { left: 0, top: 0, right: 0, bottom: 0 };
    expect(() => extendCanvas(image, none)).toThrow(/not extended/);
    expect(() => extendCanvas(image, { ...none, left: 5, right: 5 }, { fill: 'bleed', overlapPx: 5 })).toThrow(
      /leaves nothing/,
    );
  });
});
