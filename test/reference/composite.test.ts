import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALPHA_RULES, BLEND_MODES, compositeRasters } from '../../src/engine/index.js';
import { createMask, type Mask, type Raster, sampleMaximum } from '../../src/raster/index.js';
import { arbitraryRaster } from '../support/arbitrary-masks.js';
import { expectSamePixels, expectWithin } from '../support/same-pixels.js';
import { type Pixel, slowComposite } from './oracles/composite.js';
import { propertyRuns } from '../support/property-runs.js';

const WIDTH = 4;
const HEIGHT = 3;

/** Rounded once; the tables of 8-bit images add less than a hundredth. */
const ROUNDED = 0.51;

const arbitraryImage = fc
  .tuple(fc.constantFrom(3 as const, 4 as const), fc.constantFrom(8 as const, 16 as const))
  .chain(([channels, bits]) => arbitraryRaster(WIDTH, HEIGHT, channels, bits));

const arbitraryCover = fc
  .array(fc.oneof(fc.constantFrom(0, 255), fc.nat(255)), { minLength: WIDTH * HEIGHT, maxLength: WIDTH * HEIGHT })
  .map((values) => createMask(WIDTH, HEIGHT, Uint8Array.from(values)));

const arbitraryOpacity = fc.oneof(fc.constantFrom(0, 500, 1000), fc.nat(1000)).map((value) => value / 1000);

describe.each(BLEND_MODES)('%s', (blend) => {
  it('is the formula, for every mix of channels and depths', () => {
    fc.assert(
      fc.property(
        arbitraryImage,
        arbitraryImage,
        fc.option(arbitraryCover, { nil: undefined }),
        arbitraryOpacity,
        fc.constantFrom(...ALPHA_RULES),
        (back, front, mask, opacity, alpha) => {
          const actual = compositeRasters(back, front, { mask, opacity, blend, alpha });
          const maximum = Math.max(sampleMaximum(back), sampleMaximum(front));
          expect(sampleMaximum(actual)).toBe(maximum);
          expect(actual.channels).toBe(back.channels === 4 || (alpha === 'mix' && front.channels === 4) ? 4 : 3);
          const expected = Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
            slowComposite(pixelOf(back, i), pixelOf(front, i), (opacity * (mask?.data[i] ?? 255)) / 255, blend, alpha),
          );
          const samples = expected.flatMap(({ rgb, alpha }) => (actual.channels === 4 ? rgb.concat(alpha) : rgb));
          expectWithin(
            actual,
            samples.map((value) => value * maximum),
            ROUNDED,
          );
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });
});

function pixelOf(raster: Raster, i: number): Pixel {
  const maximum = sampleMaximum(raster);
  const [r, g, b, alpha = maximum] = raster.data.subarray(i * raster.channels, (i + 1) * raster.channels);
  return { rgb: [r! / maximum, g! / maximum, b! / maximum], alpha: alpha / maximum };
}

describe('an image composited on itself', () => {
  it.each(['conjoint', 'mix'] as const)('is unchanged by %s, through any mask', (alpha) => {
    fc.assert(
      fc.property(arbitraryImage, arbitraryCover, arbitraryOpacity, (raster, mask, opacity) => {
        expectSamePixels(compositeRasters(raster, raster, { mask, opacity, alpha }), raster);
      }),
      { numRuns: propertyRuns(1000) },
    );
  });
});

describe('compositing', () => {
  const empty: Mask = createMask(WIDTH, HEIGHT);

  it('changes nothing where the mask is empty, and leaves its inputs alone', () => {
    fc.assert(
      fc.property(
        arbitraryRaster(WIDTH, HEIGHT, 4),
        arbitraryImage,
        fc.constantFrom(...BLEND_MODES),
        (back, front, blend) => {
          const before = [back.data.slice(), front.data.slice()];
          const widened = compositeRasters(back, front, { mask: empty, blend });
          expect([back.data, front.data]).toEqual(before);
          const scale = sampleMaximum(widened) / 255;
          expect(Array.from(widened.data)).toEqual(Array.from(back.data, (value) => value * scale));
        },
      ),
      { numRuns: propertyRuns(300) },
    );
  });

  it('names both sizes when they differ', () => {
    const small: Raster = { kind: 'raster', width: 1, height: 1, channels: 3, data: new Uint8Array(3) };
    const large: Raster = { kind: 'raster', width: 2, height: 1, channels: 3, data: new Uint8Array(6) };
    expect(() => compositeRasters(small, large)).toThrow(/1 x 1.*2 x 1/);
    expect(() => compositeRasters(large, large, { mask: createMask(1, 2) })).toThrow(/2 x 1.*1 x 2/);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses an opacity of %d', (opacity) => {
    const raster: Raster = { kind: 'raster', width: 1, height: 1, channels: 3, data: new Uint8Array(3) };
    expect(() => compositeRasters(raster, raster, { opacity })).toThrow(/opacity/);
  });
});
