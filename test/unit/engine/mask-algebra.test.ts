import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyLevels,
  bleedColors,
  closeMask,
  combineMasks,
  COMBINE_MODES,
  connectedComponents,
  dilate,
  distanceTransform,
  erode,
  feather,
  fillHoles,
  gaussianBlur,
  invertMask,
  keepLargest,
  maskToAlpha,
  normalizeMask,
  openMask,
  removeSmallComponents,
  thresholdMask,
} from '../../../src/engine/index.js';
import type { Mask } from '../../../src/raster/index.js';
import { arbitraryMask, arbitraryMasks, arbitraryRaster } from '../../support/arbitrary-masks.js';
import { expectSamePixels } from '../../support/same-pixels.js';
import { propertyRuns } from '../../support/property-runs.js';

const radius = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 9, noNaN: true }));
const element = fc.constantFrom('disc' as const, 'square' as const);

const SHAPERS: Readonly<Record<string, (mask: Mask) => unknown>> = {
  applyLevels: (mask) => applyLevels(mask, { black: 20, white: 200, gray: 1.4 }),
  closeMask: (mask) => closeMask(mask, 2),
  combineMasks: (mask) => combineMasks([mask, { mask, invert: true, weight: 0.5 }], 'screen'),
  connectedComponents: (mask) => connectedComponents(mask),
  dilate: (mask) => dilate(mask, 2.5),
  distanceTransform: (mask) => distanceTransform(mask),
  erode: (mask) => erode(mask, 1.5),
  feather: (mask) => feather(mask, 3, { side: 'inward' }),
  fillHoles: (mask) => fillHoles(mask),
  gaussianBlur: (mask) => gaussianBlur(mask, 2),
  'gaussianBlur, wide': (mask) => gaussianBlur(mask, 9),
  invertMask: (mask) => invertMask(mask),
  keepLargest: (mask) => keepLargest(mask, 2),
  normalizeMask: (mask) => normalizeMask(mask, 3),
  openMask: (mask) => openMask(mask, 1),
  removeSmallComponents: (mask) => removeSmallComponents(mask, 4),
  thresholdMask: (mask) => thresholdMask(mask, 'otsu'),
};

describe.each(Object.entries(SHAPERS))('%s', (_name, shape) => {
  it('leaves its input alone, and gives the same again', () => {
    fc.assert(
      fc.property(arbitraryMask(), (mask) => {
        const before = mask.data.slice();
        const first = shape(mask);
        expect(mask.data).toEqual(before);
        expect(shape(mask)).toEqual(first);
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it('does not depend on where in memory the mask lies', () => {
    fc.assert(
      fc.property(arbitraryMask(), fc.integer({ min: 1, max: 5 }), (mask, offset) => {
        const moved = new Uint8Array(mask.data.length + offset + 3).fill(77);
        moved.set(mask.data, offset);
        const data = moved.subarray(offset, offset + mask.data.length);
        expect(shape({ ...mask, data })).toEqual(shape(mask));
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

describe('morphology', () => {
  it('dilation holds the mask, erosion is held by it', () => {
    fc.assert(
      fc.property(arbitraryMask(), radius, element, (mask, r, element) => {
        const grown = dilate(mask, r, { element }).data;
        const shrunk = erode(mask, r, { element }).data;
        expect(mask.data.every((value, i) => shrunk[i]! <= value && value <= grown[i]!)).toBe(true);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('erosion is dilation of what is not selected', () => {
    fc.assert(
      fc.property(arbitraryMask(), radius, element, (mask, r, element) => {
        expectSamePixels(erode(invertMask(mask), r, { element }), invertMask(dilate(mask, r, { element })));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it.each([openMask, closeMask])('%o is idempotent', (operation) => {
    fc.assert(
      fc.property(arbitraryMask(), radius, element, (mask, r, element) => {
        const once = operation(mask, r, { element });
        expectSamePixels(operation(once, r, { element }), once);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('opening is held by the mask, closing holds it', () => {
    fc.assert(
      fc.property(arbitraryMask(), radius, (mask, r) => {
        const opened = openMask(mask, r).data;
        const closed = closeMask(mask, r).data;
        expect(mask.data.every((value, i) => opened[i]! <= value && value <= closed[i]!)).toBe(true);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('a wider radius never selects less', () => {
    fc.assert(
      fc.property(arbitraryMask(), radius, radius, (mask, a, b) => {
        const narrow = dilate(mask, Math.min(a, b)).data;
        const wide = dilate(mask, Math.max(a, b)).data;
        expect(narrow.every((value, i) => value <= wide[i]!)).toBe(true);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('two square dilations are one of the summed radius', () => {
    fc.assert(
      fc.property(arbitraryMask(), fc.nat(4), fc.nat(4), (mask, a, b) => {
        expectSamePixels(
          dilate(dilate(mask, a, { element: 'square' }), b, { element: 'square' }),
          dilate(mask, a + b, { element: 'square' }),
        );
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

describe('combining', () => {
  it('the complement of a union is the intersection of the complements', () => {
    fc.assert(
      fc.property(arbitraryMasks(3), (masks) => {
        const inverted = masks.map((mask) => ({ mask, invert: true }));
        expectSamePixels(invertMask(combineMasks(masks, 'union')), combineMasks(inverted, 'intersect'));
        expectSamePixels(invertMask(combineMasks(masks, 'intersect')), combineMasks(inverted, 'union'));
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('union, intersection and difference of binary masks are those of sets', () => {
    const bits: Record<string, (a: boolean, b: boolean) => boolean> = {
      union: (a, b) => a || b,
      screen: (a, b) => a || b,
      intersect: (a, b) => a && b,
      multiply: (a, b) => a && b,
      subtract: (a, b) => a && !b,
      xor: (a, b) => a !== b,
    };
    fc.assert(
      fc.property(arbitraryMasks(2, { binary: true }), ([a, b]) => {
        for (const mode of COMBINE_MODES.filter((name) => name !== 'mean')) {
          const expected = a!.data.map((value, i) => (bits[mode]!(value === 255, b!.data[i] === 255) ? 255 : 0));
          expect([mode, combineMasks([a!, b!], mode).data]).toEqual([mode, expected]);
        }
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('one mask, or a mask with itself, is that mask', () => {
    fc.assert(
      fc.property(arbitraryMask(), (mask) => {
        for (const mode of COMBINE_MODES) {
          expectSamePixels(combineMasks([mask], mode), mask);
        }
        for (const mode of ['mean', 'union', 'intersect'] as const) {
          expectSamePixels(combineMasks([mask, mask, mask], mode), mask);
        }
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

describe('components', () => {
  it('filling holes and removing small components are idempotent', () => {
    fc.assert(
      fc.property(arbitraryMask(), fc.nat(9), (mask, area) => {
        for (const operation of [
          fillHoles,
          (m: Mask) => removeSmallComponents(m, area),
          (m: Mask) => keepLargest(m, 2),
        ]) {
          const once = operation(mask);
          expectSamePixels(operation(once), once);
        }
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

describe('feathering', () => {
  it('outward keeps what is selected, inward what is not', () => {
    fc.assert(
      fc.property(arbitraryMask({ binary: true }), fc.integer({ min: 1, max: 9 }), (mask, r) => {
        const outward = feather(mask, r, { side: 'outward' }).data;
        const inward = feather(mask, r, { side: 'inward' }).data;
        expect(mask.data.every((value, i) => (value === 255 ? outward[i] === 255 : inward[i] === 0))).toBe(true);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('leaves a mask of one value alone', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.integer({ min: 1, max: 60 }), (value, r) => {
        const mask: Mask = { kind: 'mask', width: 9, height: 7, data: new Uint8Array(63).fill(value) };
        expectSamePixels(feather(mask, r), mask);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

/** Squared, in an image of 5 pixels across. */
function distance(i: number, j: number): number {
  return ((i % 5) - (j % 5)) ** 2 + (Math.floor(i / 5) - Math.floor(j / 5)) ** 2;
}

function color(samples: ArrayLike<number>, i: number): string {
  return [samples[4 * i], samples[4 * i + 1], samples[4 * i + 2]].join();
}

describe('colors under alpha', () => {
  it('maskToAlpha keeps every color', () => {
    fc.assert(
      fc.property(arbitraryRaster(4, 3, 4, 16), (raster) => {
        const mask: Mask = {
          kind: 'mask',
          width: 4,
          height: 3,
          data: Uint8Array.from({ length: 12 }, (_, i) => i * 20),
        };
        const { data } = maskToAlpha(raster, mask);
        expect(data.every((value, i) => value === (i % 4 === 3 ? mask.data[i >> 2]! * 257 : raster.data[i]))).toBe(
          true,
        );
      }),
    );
  });

  it('bleedColors changes nothing visible, and takes a nearest color', () => {
    fc.assert(
      fc.property(arbitraryRaster(5, 4, 4), (raster) => {
        const { data } = bleedColors(raster);
        const visible = [...Array(20).keys()].filter((i) => raster.data[4 * i + 3]! > 0);
        for (let i = 0; i < 20; i++) {
          const nearest = Math.min(...visible.map((j) => distance(i, j)));
          const candidates = visible.filter((j) => distance(i, j) === nearest);
          expect(data[4 * i + 3]).toBe(raster.data[4 * i + 3]);
          expect((candidates.length === 0 ? [i] : candidates).map((j) => color(raster.data, j))).toContain(
            color(data, i),
          );
        }
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
