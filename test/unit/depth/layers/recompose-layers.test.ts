import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { FILL_METHODS } from '../../../../src/depth/layers/fill-occluded.js';
import { buildLayers, type Layer, type LayerOptions } from '../../../../src/depth/layers/layers-build.js';
import { cleanBands } from '../../../../src/depth/layers/slice-clean.js';
import { type Bands, sliceDepth } from '../../../../src/depth/layers/slice-depth.js';
import { sortDepths, SPLIT_KINDS, splitDepth, type SplitMethod } from '../../../../src/depth/layers/split-depth.js';
import type { Raster } from '../../../../src/raster/index.js';
import { randomDepth } from '../../../support/depths.js';
import { randomRaster } from '../../../support/images.js';
import { propertyRuns } from '../../../support/property-runs.js';

const cuts = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 6 })
  .map((percents) => percents.sort((a, b) => a - b).map((percent) => percent / 100));

const scene = {
  seed: fc.integer({ min: 0, max: 1e6 }),
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 30 }),
  channels: fc.constantFrom(3 as const, 4 as const),
  bits: fc.constantFrom(8 as const, 16 as const),
  layers: fc.integer({ min: 1, max: 8 }),
  cuts,
  featherPx: fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 14 }) },
  ),
  radiusPx: fc.constantFrom(0, 0, 1, 3),
  fill: fc.constantFrom(undefined, ...FILL_METHODS),
};

describe('layers, drawn over one another', () => {
  it.each(SPLIT_KINDS)('give the image back in every sample, split by %s', (kind) => {
    let feathered = 0;
    fc.assert(
      fc.property(fc.record(scene), ({ seed, width, height, channels, bits, featherPx, radiusPx, fill, ...split }) => {
        const image = randomRaster(seed, width, height, channels, bits);
        const method = kind === 'at' ? { kind, cuts: split.cuts } : { kind, layers: split.layers };
        const bands = slice(seed, width, height, method, radiusPx);
        const layers = backToFront(image, bands, { featherPx, fill });
        expect(layers.map(({ index }) => index)).toEqual(Array.from({ length: bands.count }, (_, i) => i));
        expectSameImage(recompose(layers.map(({ raster }) => raster)), image);
        feathered += layers.some(({ raster }) => hasSoftAlpha(raster)) ? 1 : 0;
      }),
      { numRuns: propertyRuns(300), seed: 1 },
    );
    expect(feathered).toBeGreaterThan(propertyRuns(50));
  });

  it("give an opaque image back in sharp's compositor, but for one level that it truncates", async () => {
    const image = randomRaster(5, 60, 40, 3);
    const layers = backToFront(image, slice(5, 60, 40, { kind: 'quantile', layers: 5 }, 0), { featherPx: 6 });
    const raw = { width: 60, height: 40, channels: 4 } as const;
    const composed = await sharp({ create: { ...raw, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .composite(layers.map(({ raster }) => ({ input: Buffer.from(raster.data), raw })))
      .raw()
      .toBuffer();
    for (let i = 0; i < 60 * 40; i++) {
      const wanted = [...image.data.subarray(i * 3, i * 3 + 3), 255];
      const differences = wanted.map((sample, c) => Math.abs(sample - composed[i * 4 + c]!));
      expect(Math.max(...differences.slice(0, 3))).toBeLessThanOrEqual(1);
      expect(differences[3]).toBe(0);
    }
  });
});

describe('each layer', () => {
  it('keeps the colors of the image, hidden ones too, when nothing is filled', () => {
    const image = randomRaster(8, 25, 25, 4);
    for (const { raster } of backToFront(image, slice(8, 25, 25, { kind: 'even', layers: 4 }, 0), { featherPx: 3 })) {
      expect(raster.data.filter((_, i) => i % 4 !== 3)).toEqual(image.data.filter((_, i) => i % 4 !== 3));
    }
  });

  it('has an occlusion where nearer layers hide it, unless a farther layer is what goes on there', () => {
    // A far sky, a middle ground, and a near pole across both.
    const rows = ['0000200000', '0000200000', '1111211111', '1111211111'];
    const data = Uint8Array.from(rows.join(''), Number);
    const bands: Bands = { kind: 'bands', width: 10, height: 4, count: 3, data };
    const occlusions = backToFront(randomRaster(9, 10, 4, 3), bands, { featherPx: 0, occlusions: true }).map(
      ({ occlusion }) =>
        rows.map((row, y) => Array.from(row, (_, x) => (occlusion!.data[y * 10 + x] === 255 ? '#' : '.')).join('')),
    );
    expect(occlusions).toEqual([
      ['....#.....', '....#.....', '##########', '##########'],
      ['..........', '..........', '....#.....', '....#.....'],
      ['..........', '..........', '..........', '..........'],
    ]);
  });

  it('shows nothing of a nearer thing, soft edges or not', () => {
    const image = randomRaster(9, 30, 20, 3);
    const bands = slice(9, 30, 20, { kind: 'quantile', layers: 4 }, 0);
    for (const { index, raster } of backToFront(image, bands, { featherPx: 4 })) {
      bands.data.forEach((band, i) => {
        const alpha = raster.data[i * 4 + 3]!;
        expect(band > index ? alpha === 0 : band < index || alpha === 255).toBe(true);
      });
    }
  });

  it.each(FILL_METHODS)('is opaque in its occlusion once filled by %s, and its own pixels are as they were', (fill) => {
    const image = randomRaster(10, 40, 30, 3);
    const bands = slice(10, 40, 30, { kind: 'quantile', layers: 3 }, 0);
    const filled = backToFront(image, bands, { featherPx: 4, fill });
    const plain = backToFront(image, bands, { featherPx: 4 });
    for (const [index, { raster, occlusion }] of filled.entries()) {
      for (let i = 0; i < occlusion!.data.length; i++) {
        const pixel = Array.from(raster.data.subarray(i * 4, i * 4 + 4));
        if (occlusion!.data[i] === 255) {
          expect(pixel[3]).toBe(255);
        } else {
          expect(pixel).toEqual(Array.from(plain[index]!.raster.data.subarray(i * 4, i * 4 + 4)));
        }
      }
    }
  });

  it('does not change the image or the bands', () => {
    const image = randomRaster(11, 20, 20, 4);
    const bands = slice(11, 20, 20, { kind: 'kmeans', layers: 3 }, 2);
    const before = { data: image.data.slice(), bands: bands.data.slice() };
    backToFront(image, bands, { featherPx: 5, fill: 'push-pull' });
    expect({ data: image.data, bands: bands.data }).toEqual(before);
  });
});

function slice(seed: number, width: number, height: number, method: SplitMethod, radiusPx: number): Bands {
  const depth = randomDepth(seed, width, height);
  const bands = sliceDepth(depth, splitDepth(sortDepths(depth), method));
  return radiusPx === 0 ? bands : cleanBands(bands, { radiusPx });
}

function hasSoftAlpha({ data }: Raster): boolean {
  const maximum = data instanceof Uint16Array ? 65535 : 255;
  return data.some((sample, i) => i % 4 === 3 && sample > 0 && sample < maximum);
}

function backToFront(image: Raster, bands: Bands, options: LayerOptions): Layer[] {
  return [...buildLayers(image, bands, options)].reverse();
}

/** Source-over with straight alpha, from the back, in doubles, rounded once at the end. */
function recompose(layers: readonly Raster[]): Raster {
  const [first] = layers;
  const maximum = first!.data instanceof Uint16Array ? 65535 : 255;
  const data = first!.data.slice();
  for (let i = 0; i < data.length; i += 4) {
    const color = [0, 0, 0];
    let alpha = 0;
    for (const layer of layers) {
      const over = layer.data[i + 3]! / maximum;
      const total = over + alpha * (1 - over);
      if (total > 0) {
        for (let c = 0; c < 3; c++) {
          color[c] = (layer.data[i + c]! * over + color[c]! * alpha * (1 - over)) / total;
        }
      }
      alpha = total;
    }
    data.set([...color.map(Math.round), Math.round(alpha * maximum)], i);
  }
  return { ...first!, data };
}

/** Equal alpha everywhere, and equal color wherever the alpha lets it be seen. */
function expectSameImage(actual: Raster, expected: Raster): void {
  const maximum = expected.data instanceof Uint16Array ? 65535 : 255;
  for (let i = 0, j = 0, k = 0; i < expected.width * expected.height; i++, j += 4, k += expected.channels) {
    const alpha = expected.channels === 4 ? expected.data[k + 3]! : maximum;
    const wanted = alpha === 0 ? [alpha] : [...expected.data.subarray(k, k + 3), alpha];
    const given = alpha === 0 ? [actual.data[j + 3]!] : [...actual.data.subarray(j, j + 4)];
    if (given.some((sample, c) => sample !== wanted[c])) {
      expect.fail(`pixel ${i}: ${given.join(' ')} instead of ${wanted.join(' ')}`);
    }
  }
}
