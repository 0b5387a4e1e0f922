import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connectedComponents,
  fillHoles,
  invertMask,
  keepLargest,
  maskBounds,
  removeSmallComponents,
  thresholdMask,
} from '../../src/engine/index.js';
import { createMask } from '../../src/raster/index.js';
import { arbitraryMask } from '../support/arbitrary-masks.js';
import { expectSamePixels } from '../support/same-pixels.js';
import { slowComponents, slowDropComponents } from './oracles/regions.js';
import { propertyRuns } from '../support/property-runs.js';

describe.each([4, 8] as const)('components with %i neighbors', (connectivity) => {
  it('are those of a flood fill, with their areas and bounds', () => {
    fc.assert(
      fc.property(arbitraryMask({ maxSide: 16 }), (mask) => {
        const expected = slowComponents(mask, (i) => mask.data[i]! >= 128, connectivity);
        const { labels, components } = connectedComponents(mask, { connectivity });
        const expectedLabels = new Int32Array(labels.length);
        expected.forEach((pixels, k) => pixels.forEach((i) => (expectedLabels[i] = k + 1)));
        expect(labels).toEqual(expectedLabels);
        expect(components).toEqual(
          expected.map((pixels, k) => {
            const xs = pixels.map((i) => i % mask.width);
            const ys = pixels.map((i) => Math.floor(i / mask.width));
            const [x, y] = [Math.min(...xs), Math.min(...ys)];
            const bounds = { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 };
            return { label: k + 1, area: pixels.length, bounds };
          }),
        );
      }),
      { numRuns: propertyRuns(2000) },
    );
  });
});

describe.each([true, false])('binary %s', (binary) => {
  it('drops small components by area', () => {
    fc.assert(
      fc.property(arbitraryMask({ binary, maxSide: 14 }), fc.integer({ min: 0, max: 12 }), (mask, area) => {
        expectSamePixels(
          removeSmallComponents(mask, area),
          slowDropComponents(mask, 8, (pixels) => pixels.length >= area),
        );
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('keeps the largest', () => {
    fc.assert(
      fc.property(arbitraryMask({ binary, maxSide: 14 }), fc.integer({ min: 1, max: 4 }), (mask, count) => {
        const largest = new Set(
          slowComponents(mask, (i) => mask.data[i]! >= 128, 8)
            .sort((a, b) => b.length - a.length)
            .slice(0, count)
            .map(([first]) => first),
        );
        expectSamePixels(
          keepLargest(mask, count),
          slowDropComponents(mask, 8, ([first]) => largest.has(first)),
        );
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('fills holes of any size, or up to one', () => {
    fc.assert(
      fc.property(arbitraryMask({ binary, maxSide: 14 }), fc.option(fc.integer({ min: 0, max: 9 })), (mask, limit) => {
        const { width, height } = mask;
        const open = slowDropComponents(
          invertMask(mask),
          4,
          (pixels) =>
            pixels.length > (limit ?? Infinity) ||
            pixels.some((i) => i % width === 0 || i % width === width - 1 || i < width || i >= width * (height - 1)),
        );
        expectSamePixels(fillHoles(mask, limit ?? undefined), invertMask(open));
      }),
      { numRuns: propertyRuns(1000) },
    );
  });
});

describe('hysteresis', () => {
  it('keeps components that hold a strong value', () => {
    fc.assert(
      fc.property(
        arbitraryMask({ maxSide: 14 }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 255 }),
        (mask, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const expected = new Uint8Array(mask.data.length);
          for (const pixels of slowComponents(mask, (i) => mask.data[i]! >= low, 8)) {
            if (pixels.some((i) => mask.data[i]! >= high)) {
              pixels.forEach((i) => (expected[i] = 255));
            }
          }
          expectSamePixels(thresholdMask(mask, { low, high }), createMask(mask.width, mask.height, expected));
        },
      ),
      { numRuns: propertyRuns(1000) },
    );
  });
});

describe('bounds', () => {
  it('are those of all selected pixels', () => {
    fc.assert(
      fc.property(arbitraryMask(), (mask) => {
        const selected = [...mask.data.keys()].filter((i) => mask.data[i]! >= 128);
        const xs = selected.map((i) => i % mask.width);
        const ys = selected.map((i) => Math.floor(i / mask.width));
        const [x, y] = [Math.min(...xs), Math.min(...ys)];
        expect(maskBounds(mask)).toEqual(
          selected.length === 0 ? undefined : { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 },
        );
      }),
      { numRuns: propertyRuns(1000) },
    );
  });
});
