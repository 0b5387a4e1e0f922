import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dilate, distanceTransform, erode, feather, invertMask } from '../../src/engine/index.js';
import { openEnvelopes } from '../../src/engine/distance/envelope-rows.js';
import { envelopesInJavaScript } from '../../src/engine/distance/lower-envelope.js';
import { dilateSoft } from '../../src/engine/morphology/dilate.js';
import { rowMaximaInJavaScript } from '../../src/engine/morphology/row-maxima.js';
import { halfWidths } from '../../src/engine/morphology/structuring-element.js';
import { createMask, type Mask } from '../../src/raster/index.js';
import { arbitraryMask } from '../support/arbitrary-masks.js';
import { expectSamePixels, expectWithin } from '../support/same-pixels.js';
import { slowDilate, slowDistance } from './oracles/morphology.js';
import { propertyRuns } from '../support/property-runs.js';

const arbitraryRadius = fc.oneof(
  fc.constantFrom(0, 0.5, 1, Math.SQRT2, 2, Math.sqrt(5), Math.sqrt(13), 40),
  fc.integer({ min: 0, max: 15 }),
  fc.double({ min: 0, max: 15, noNaN: true }),
);

const disc = (radius: number) => (dx: number, dy: number) => dx * dx + dy * dy <= radius * radius + 1e-9;
const square = (radius: number) => (dx: number, dy: number) =>
  Math.abs(dx) <= Math.floor(radius) && Math.abs(dy) <= Math.floor(radius);

describe.each([true, false])('binary %s', (binary) => {
  it('dilates by a disc of any real radius', () => {
    fc.assert(
      fc.property(arbitraryMask({ binary }), arbitraryRadius, (mask, radius) => {
        expectSamePixels(dilate(mask, radius), slowDilate(mask, disc(radius)));
      }),
      { numRuns: propertyRuns(1500) },
    );
  });

  it('dilates by a square', () => {
    fc.assert(
      fc.property(arbitraryMask({ binary }), arbitraryRadius, (mask, radius) => {
        expectSamePixels(dilate(mask, radius, { element: 'square' }), slowDilate(mask, square(radius)));
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('erodes by a disc: the smallest value inside the image', () => {
    fc.assert(
      fc.property(arbitraryMask({ binary }), arbitraryRadius, (mask, radius) => {
        expectSamePixels(erode(mask, radius), invertMask(slowDilate(invertMask(mask), disc(radius))));
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

it('dilates a soft mask where there is no WebAssembly', () => {
  fc.assert(
    fc.property(arbitraryMask({ binary: false }), fc.double({ min: 1, max: 15, noNaN: true }), (mask, radius) => {
      const data = dilateSoft(mask, halfWidths(radius, 'disc'), rowMaximaInJavaScript);
      expectSamePixels(createMask(mask.width, mask.height, data), slowDilate(mask, disc(radius)));
    }),
    { numRuns: propertyRuns(300) },
  );
});

describe('distance', () => {
  it('is exact', () => {
    fc.assert(
      fc.property(arbitraryMask({ maxSide: 16 }), (mask) => {
        expect(distanceTransform(mask)).toEqual(Float32Array.from(slowDistance(mask)));
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  it('is exact where there is no WebAssembly', () => {
    fc.assert(
      fc.property(arbitraryMask({ maxSide: 16 }), (mask) => {
        const { width, height } = mask;
        const distances = new Float32Array(width * height).fill(Infinity);
        const envelopes = envelopesInJavaScript(mask, { cap: height });
        for (let y = height - 1; y >= 0; y--) {
          envelopes.fillDistances(envelopes.step(y), distances, y * width);
        }
        expect(distances).toEqual(Float32Array.from(slowDistance(mask)));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('is exact where its square has more places than a float', () => {
    const [width, height] = [6001, 3];
    const mask = createMask(width, height);
    mask.data[0] = 255;
    const expected = Array.from(mask.data, (_, i) => Math.sqrt((i % width) ** 2 + Math.floor(i / width) ** 2));
    expect(distanceTransform(mask)).toEqual(Float32Array.from(expected));
  });

  it('grows a mask as the disc does', () => {
    fc.assert(
      fc.property(arbitraryMask({ binary: true, maxSide: 30 }), fc.integer({ min: 0, max: 30 }), (mask, radius) => {
        const near = Uint8Array.from(distanceTransform(mask), (distance) => (distance <= radius ? 255 : 0));
        expectSamePixels(dilate(mask, radius), createMask(mask.width, mask.height, near));
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});

/** Rounded once, ties either way. */
const ROUNDED = 0.5 + 1e-9;

const FALLOFFS = {
  linear: (t: number) => 1 - t,
  smooth: (t: number) => 1 - (3 * t * t - 2 * t * t * t),
  cubic: (t: number) => (1 - t) * (1 - t) * (1 - t),
};

describe.each(['linear', 'smooth', 'cubic'] as const)('a %s feather', (falloff) => {
  const slowFeather = (mask: Mask, radius: number): Float64Array => {
    const distances = slowDistance(mask);
    return Float64Array.from(mask.data, (value, i) =>
      distances[i] === 0 ? value : Math.max(value, 255 * FALLOFFS[falloff](Math.min(distances[i]! / (radius + 1), 1))),
    );
  };

  it('fades outward by distance', () => {
    const radii = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0.1, max: 9, noNaN: true }));
    fc.assert(
      fc.property(arbitraryMask(), radii, (mask, radius) => {
        expectWithin(feather(mask, radius, { side: 'outward', falloff }), slowFeather(mask, radius), ROUNDED);
      }),
      { numRuns: propertyRuns(700) },
    );
  });

  it('raises the same where there is no WebAssembly', () => {
    fc.assert(
      fc.property(arbitraryMask(), fc.integer({ min: 1, max: 200 }), (mask, length) => {
        const { width, height, data } = mask;
        const table = Uint8Array.from({ length }, (_, square) => 250 - square);
        const options = { cap: Math.min(height, Math.ceil(Math.sqrt(length))), table };
        const [fast, plain] = [openEnvelopes, envelopesInJavaScript].map((open) => {
          const out = data.slice();
          const envelopes = open(mask, options);
          for (let y = height - 1; y >= 0; y--) {
            envelopes.raiseNear(envelopes.step(y), out, y * width);
          }
          return createMask(width, height, out);
        });
        expectSamePixels(fast!, plain!);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it('fades inward as the dual', () => {
    fc.assert(
      fc.property(arbitraryMask(), fc.integer({ min: 1, max: 20 }), (mask, radius) => {
        expectWithin(
          feather(mask, radius, { side: 'inward', falloff }),
          slowFeather(invertMask(mask), radius).map((value) => 255 - value),
          ROUNDED,
        );
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
