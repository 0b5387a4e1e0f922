import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutStitchMask, makeStitchMask } from '../../../../src/inpaint/crop/stitch-mask.js';
import { createMask, type Mask } from '../../../../src/raster/index.js';
import { randomMask } from '../../../support/images.js';
import { propertyRuns } from '../../../support/property-runs.js';

describe('makeStitchMask', () => {
  it('everything selected is fully painted, whatever the outline and the feather', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 4 }),
        (seed, featherPx, growPx) => {
          const mask = randomMask(seed, 20, 16);
          const stitch = makeStitchMask(mask, { featherPx, growPx });
          expect(mask.data.every((value, i) => value < 128 || stitch.data[i] === 255)).toBe(true);
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  it('a line of one pixel is fully painted, and its seam falls with the distance from it (case 01)', () => {
    const mask = createMask(1, 21);
    mask.data[10] = 255;
    const stitch = makeStitchMask(mask, { featherPx: 3 });
    // Smoothstep of t = distance / (feather + 1): 1 - t²(3 - 2t).
    const fade = [0.25, 0.5, 0.75].map((t) => Math.round(255 * (1 - t * t * (3 - 2 * t))));
    expect([...stitch.data.subarray(6, 15)]).toEqual([0, ...fade.toReversed(), 255, ...fade, 0]);
  });

  it('a soft edge of the mask keeps its reach', () => {
    const mask = createMask(4, 1, Uint8Array.of(255, 128, 64, 1));
    expect([...makeStitchMask(mask, { featherPx: 0 }).data]).toEqual([255, 255, 128, 2]);
  });
});

describe('cutStitchMask', () => {
  const full = (width: number, height: number, value: number): Mask =>
    createMask(width, height, new Uint8Array(width * height).fill(value));

  it('a soft edge that the window cuts through ends at the border of the window', () => {
    const cut = cutStitchMask(full(40, 1, 200), { x: 10, y: 0, width: 20, height: 1 }, 3);
    expect([...cut.data.subarray(0, 4)]).toEqual([40, 128, 200, 200]);
    expect([...cut.data.subarray(-3)]).toEqual([200, 128, 40]);
  });

  it('nothing is limited at the borders of the image', () => {
    const cut = cutStitchMask(full(20, 1, 200), { x: 0, y: 0, width: 20, height: 1 }, 3);
    expect(cut.data.every((value) => value === 200)).toBe(true);
  });

  it('fully painted pixels stay so', () => {
    const cut = cutStitchMask(full(40, 1, 255), { x: 10, y: 0, width: 20, height: 1 }, 3);
    expect(cut.data.every((value) => value === 255)).toBe(true);
  });
});
