import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskBounds } from '../../../../src/engine/index.js';
import { planCrop } from '../../../../src/inpaint/crop/plan-crop.js';
import { stitchInto, stitchWindow } from '../../../../src/inpaint/crop/stitch.js';
import { cutMaskWindow, cutWindow } from '../../../../src/inpaint/crop/window.js';
import { createMask, createRaster, type Mask, type Raster, resizeRaster } from '../../../../src/raster/index.js';
import { randomMask, randomRaster } from '../../../support/images.js';
import { propertyRuns } from '../../../support/property-runs.js';
import { seededRandom } from '../../../support/random.js';
import { expectSamePixels } from '../../../support/same-pixels.js';

interface Case {
  readonly image: Raster;
  readonly mask: Mask;
  readonly seed: number;
}

/** Images of every layout with a soft mask in some part of them. */
const generated: fc.Arbitrary<Case> = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 90 }),
    channels: fc.constantFrom(3 as const, 4 as const),
    bits: fc.constantFrom(8 as const, 16 as const),
  })
  .map(({ seed, width, height, channels, bits }) => ({
    seed,
    image: randomRaster(seed, width, height, channels, bits),
    mask: patchMask(seed, width, height),
  }));

describe('crop and stitch', () => {
  it('gives back every byte of an unchanged crop at scale 1, in 200 cases', () => {
    fc.assert(
      fc.property(
        generated,
        fc.integer({ min: 1, max: 64 }),
        fc.boolean(),
        ({ image, mask }, multipleOf, matchColor) => {
          const plan = planCrop(maskBounds(mask)!, image, { context: 1.2, multipleOf });
          const crop = cutWindow(image, plan.window);
          const { raster } = stitchWindow(image, crop, plan.window, cutMaskWindow(mask, plan.window), { matchColor });
          expectSamePixels(raster, image);
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  it('changes nothing outside the stitch mask at other scales, in 200 cases', () => {
    fc.assert(
      fc.property(
        generated,
        fc.integer({ min: 8, max: 120 }),
        fc.boolean(),
        ({ image, mask, seed }, size, matchColor) => {
          const plan = planCrop(maskBounds(mask)!, image, { context: 1.3, multipleOf: 8, size });
          const painted = randomRaster(seed + 1, plan.size.width, plan.size.height, 3);
          const { raster } = stitchWindow(image, painted, plan.window, cutMaskWindow(mask, plan.window), {
            matchColor,
          });
          let changed = 0;
          for (let i = 0; i < mask.data.length; i++) {
            for (let c = 0; c < image.channels; c++) {
              const at = i * image.channels + c;
              if (raster.data[at] !== image.data[at]) {
                changed++;
                if (mask.data[i] === 0) expect.fail(`sample ${at} changed outside the mask`);
              }
            }
          }
          // Noise painted over a selection does change it.
          if (mask.data.filter((value) => value === 255).length > 4) expect(changed).toBeGreaterThan(0);
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  it('takes the painted sample where the mask is full', () => {
    const image = randomRaster(3, 20, 20, 4, 16);
    const window = { x: 5, y: 6, width: 8, height: 8 };
    const painted = randomRaster(4, 8, 8, 3);
    const { raster } = stitchWindow(image, painted, window, createMask(8, 8, new Uint8Array(64).fill(255)));
    const cut = cutWindow(raster, window);
    for (let i = 0; i < 64; i++) {
      expect(cut.data[i * 4]).toBe(painted.data[i * 3]! * 257);
      expect(cut.data[i * 4 + 3]).toBe(65535);
    }
  });

  it('stitchInto paints the image itself as stitchWindow paints a copy, which leaves the image as it was', () => {
    const image = randomRaster(3, 20, 20, 4, 16);
    const before = image.data.slice();
    const window = { x: -2, y: 14, width: 8, height: 8 };
    const painted = randomRaster(4, 8, 8, 3);
    const mask = randomMask(5, 8, 8);
    const copy = stitchWindow(image, painted, window, mask);
    expect(image.data).toEqual(before);
    expect(stitchInto(image, painted, window, mask)).toEqual(copy);
    expect(image.data).toEqual(copy.raster.data);
  });

  it('counts what is fully painted apart from what is blended', () => {
    const image = randomRaster(1, 4, 1, 3);
    const window = { x: 1, y: 0, width: 4, height: 1 };
    const mask = createMask(4, 1, Uint8Array.of(255, 254, 1, 255));
    const { painted, blended, transparent } = stitchWindow(image, randomRaster(2, 4, 1, 3), window, mask);
    // The last pixel of the window lies outside the image.
    expect({ painted, blended, transparent }).toEqual({ painted: 1, blended: 2, transparent: 0 });
  });

  it('an opaque original stays where the painted image is transparent (case 17)', () => {
    const original = createRaster(3, 1, 3, Uint8Array.of(10, 20, 30, 10, 20, 30, 10, 20, 30));
    const painted = createRaster(3, 1, 4, Uint8Array.of(0, 0, 0, 0, 200, 100, 50, 255, 210, 120, 130, 51));
    const mask = createMask(3, 1, Uint8Array.of(255, 255, 255));
    const result = stitchWindow(original, painted, { x: 0, y: 0, width: 3, height: 1 }, mask);
    // A fifth of alpha: 10 + 0.2 * 200, 20 + 0.2 * 100, 30 + 0.2 * 100.
    expect([...result.raster.data]).toEqual([10, 20, 30, 200, 100, 50, 50, 40, 50]);
    expect(result).toMatchObject({ painted: 1, blended: 2, transparent: 2 });
  });

  it('does not let hidden color show at a soft edge', () => {
    const hole = createRaster(1, 1, 4, Uint8Array.of(0, 0, 0, 0));
    const painted = createRaster(1, 1, 3, Uint8Array.of(200, 100, 50));
    const { raster } = stitchWindow(
      hole,
      painted,
      { x: 0, y: 0, width: 1, height: 1 },
      createMask(1, 1, Uint8Array.of(128)),
    );
    expect([...raster.data]).toEqual([200, 100, 50, 128]);
  });

  it('brings drifted colors back when asked to', () => {
    const random = seededRandom(9);
    const width = 64;
    const data = Uint8Array.from({ length: width * width * 3 }, () => 60 + random() * 120);
    const image = createRaster(width, width, 3, data);
    const drifted = createRaster(
      width,
      width,
      3,
      data.map((value) => Math.round(value * 0.9 + 20)),
    );
    const mask = createMask(width, width);
    for (let y = 20; y < 44; y++) mask.data.fill(255, y * width + 20, y * width + 44);
    const window = { x: 0, y: 0, width, height: width };
    const error = (raster: Raster): number => {
      let sum = 0;
      for (let i = 0; i < data.length; i++) sum += Math.abs(raster.data[i]! - data[i]!);
      return sum / (24 * 24 * 3);
    };
    const plain = stitchWindow(image, drifted, window, mask);
    const matched = stitchWindow(image, drifted, window, mask, { matchColor: true });
    expect(error(plain.raster)).toBeGreaterThan(7);
    expect(error(matched.raster)).toBeLessThan(0.6);
    expect(matched.matchedOn).toBeGreaterThan(3000);
    expect(matched.matchedOn).toBeLessThan(width * width - 24 * 24);
  });
});

it('resizes a painted window of another size to its place', () => {
  const image = randomRaster(5, 30, 30, 3);
  const window = { x: 3, y: 4, width: 10, height: 12 };
  const painted = randomRaster(6, 40, 48, 3);
  const full = createMask(10, 12, new Uint8Array(120).fill(255));
  const { raster } = stitchWindow(image, painted, window, full);
  expectSamePixels(cutWindow(raster, window), resizeRaster(painted, { width: 10, height: 12 }));
});

function patchMask(seed: number, width: number, height: number): Mask {
  const random = seededRandom(seed);
  const noise = randomMask(seed, width, height);
  const left = Math.floor(random() * width);
  const top = Math.floor(random() * height);
  const right = left + 1 + random() * (width - left);
  const bottom = top + 1 + random() * (height - top);
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const x = i % width;
    const y = Math.floor(i / width);
    if (x >= left && x < right && y >= top && y < bottom) {
      data[i] = random() < 0.5 ? 255 : noise.data[i]!;
    }
  }
  data[top * width + left] = 255;
  return createMask(width, height, data);
}
