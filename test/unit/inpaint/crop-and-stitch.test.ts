import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCrop, selectionBounds } from '../../../src/inpaint/crop/plan-crop.js';
import { stitchWindow } from '../../../src/inpaint/crop/stitch.js';
import { parseStitchManifest, type StitchManifest } from '../../../src/inpaint/crop/stitch-manifest.js';
import { cutMaskWindow, cutWindow } from '../../../src/inpaint/crop/window.js';
import { createMask, createRaster, type Mask, type Raster, resizeRaster } from '../../../src/raster/index.js';
import { randomMask, randomRaster } from '../../support/images.js';
import { seededRandom } from '../../support/random.js';
import { expectSamePixels } from '../../support/same-pixels.js';
import { propertyRuns } from '../../support/property-runs.js';

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
          const plan = planCrop(selectionBounds(mask)!, image, { context: 1.2, multipleOf });
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
          const plan = planCrop(selectionBounds(mask)!, image, { context: 1.3, multipleOf: 8, size });
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

describe('planCrop', () => {
  const box = fc
    .record({ width: fc.integer({ min: 1, max: 3000 }), height: fc.integer({ min: 1, max: 3000 }) })
    .chain((image) =>
      fc
        .record({
          width: fc.integer({ min: 1, max: image.width }),
          height: fc.integer({ min: 1, max: image.height }),
        })
        .chain(({ width, height }) =>
          fc.record({
            image: fc.constant(image),
            selection: fc.record({
              x: fc.integer({ min: 0, max: image.width - width }),
              y: fc.integer({ min: 0, max: image.height - height }),
              width: fc.constant(width),
              height: fc.constant(height),
            }),
          }),
        ),
    );
  const options = fc.record({
    context: fc.double({ min: 1, max: 3, noNaN: true }),
    size: fc.option(fc.integer({ min: 64, max: 2048 }), { nil: undefined }),
    multipleOf: fc.constantFrom(1, 8, 16, 64),
    aspects: fc.option(fc.constantFrom([1], [1, 1.5, 2 / 3]), { nil: undefined }),
  });

  it('contains the selection with its context, and stays inside the image where it fits', () => {
    fc.assert(
      fc.property(box, options, ({ image, selection }, chosen) => {
        const { window, size } = planCrop(selection, image, chosen);
        expect(window.x).toBeLessThanOrEqual(selection.x);
        expect(window.y).toBeLessThanOrEqual(selection.y);
        expect(window.x + window.width).toBeGreaterThanOrEqual(selection.x + selection.width);
        expect(window.y + window.height).toBeGreaterThanOrEqual(selection.y + selection.height);
        expect(window.width).toBeGreaterThanOrEqual(selection.width * chosen.context - 1e-6);
        expect(window.height).toBeGreaterThanOrEqual(selection.height * chosen.context - 1e-6);
        if (window.width <= image.width) {
          expect(window.x).toBeGreaterThanOrEqual(0);
          expect(window.x + window.width).toBeLessThanOrEqual(image.width);
        }
        expect(size.width % chosen.multipleOf).toBe(0);
        expect(size.height % chosen.multipleOf).toBe(0);
        if (chosen.size === undefined) {
          expect(size).toEqual({ width: window.width, height: window.height });
        } else {
          // Some window of exactly the result's shape lies less than a pixel inside, each way.
          const aspect = size.width / size.height;
          const least = Math.max(window.width - 1, aspect * (window.height - 1));
          expect(least).toBeLessThanOrEqual(Math.min(window.width, aspect * window.height) + 1e-6);
        }
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('chooses the aspect that adds least, and sizes by the long side', () => {
    const image = { width: 2000, height: 2000 };
    const selection = { x: 900, y: 900, width: 290, height: 200 };
    const plan = planCrop(selection, image, { context: 1, size: 1024, multipleOf: 64, aspects: [1, 1.5] });
    expect(plan.size).toEqual({ width: 1024, height: 704 });
    const exact = planCrop(selection, image, { context: 1, size: { width: 768, height: 1024 }, multipleOf: 64 });
    expect(exact.size).toEqual({ width: 768, height: 1024 });
    expect(exact.window.width / exact.window.height).toBeCloseTo(0.75, 2);
    expect(() => planCrop(selection, image, { context: 1, size: { width: 700, height: 512 }, multipleOf: 64 })).toThrow(
      /not made of multiples of 64/,
    );
  });

  it('shifts a window at the border inside, and reaches out evenly where it is larger than the image', () => {
    const atCorner = planCrop(
      { x: 0, y: 90, width: 10, height: 10 },
      { width: 100, height: 100 },
      { context: 2, multipleOf: 1 },
    );
    expect(atCorner.window).toEqual({ x: 0, y: 80, width: 20, height: 20 });
    const larger = planCrop(
      { x: 0, y: 0, width: 50, height: 10 },
      { width: 50, height: 10 },
      { context: 1, multipleOf: 1, aspects: [1] },
    );
    expect(larger.window).toEqual({ x: 0, y: -20, width: 50, height: 50 });
  });
});

describe('selectionBounds', () => {
  it('includes the faintest coverage', () => {
    const mask = createMask(5, 4);
    mask.data[1 * 5 + 2] = 1;
    mask.data[3 * 5 + 4] = 255;
    expect(selectionBounds(mask)).toEqual({ x: 2, y: 1, width: 3, height: 3 });
    expect(selectionBounds(createMask(3, 3))).toBeUndefined();
  });
});

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

describe('parseStitchManifest', () => {
  const job: StitchManifest = {
    kind: 'maskwright-stitch',
    version: 1,
    original: { file: 'a.png', width: 10, height: 10, sha256: 'x' },
    window: { x: -1, y: 0, width: 8, height: 8 },
    size: { width: 8, height: 8 },
    files: { image: 'a.crop.png', mask: 'a.mask.png', stitch: 'a.stitch.png' },
  };

  it('reads what was written', () => {
    expect(parseStitchManifest(JSON.stringify(job), 'job.json')).toEqual(job);
  });

  it.each([
    ['not json', 'not JSON'],
    ['null', 'not a stitch job'],
    ['{"kind":"other"}', 'not a stitch job'],
    [JSON.stringify({ ...job, version: 2 }), 'its version is 2'],
    [JSON.stringify({ ...job, window: { ...job.window, width: 0 } }), 'window.width is 0'],
    [JSON.stringify({ ...job, size: { width: '8', height: 8 } }), 'size.width is "8"'],
    [JSON.stringify({ ...job, files: { image: 'a.png' } }), 'files.stitch is undefined'],
  ])('refuses %s', (text, message) => {
    expect(() => parseStitchManifest(text, 'job.json')).toThrow(message);
  });
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

it('resizes a painted window of another size to its place', () => {
  const image = randomRaster(5, 30, 30, 3);
  const window = { x: 3, y: 4, width: 10, height: 12 };
  const painted = randomRaster(6, 40, 48, 3);
  const full = createMask(10, 12, new Uint8Array(120).fill(255));
  const { raster } = stitchWindow(image, painted, window, full);
  expectSamePixels(cutWindow(raster, window), resizeRaster(painted, { width: 10, height: 12 }));
});

function firstChannel(raster: Raster): number[] {
  return [...raster.data].filter((_, i) => i % raster.channels === 0);
}
