import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyLevels,
  closeMask,
  dilate,
  erode,
  feather,
  fillHoles,
  invertMask,
  isEmptyMaskOperations,
  keepLargest,
  makeTrimap,
  matte,
  normalizeMask,
  openMask,
  removeSmallComponents,
  applyMaskOperations,
  type MaskOperations,
  thresholdMask,
} from '../../../src/engine/index.js';
import { createMask, type Mask, type Raster } from '../../../src/raster/index.js';
import { arbitraryMask } from '../../support/arbitrary-masks.js';
import { randomRaster } from '../../support/images.js';
import { expectSamePixels } from '../../support/same-pixels.js';
import { propertyRuns } from '../../support/property-runs.js';

function imageOf({ width, height }: Mask): Raster {
  return randomRaster(width, width, height, 3);
}

/** Every operation by itself, in the order that is promised. */
const STEPS: readonly (readonly [MaskOperations, (mask: Mask) => Mask])[] = [
  [{ normalize: 2 }, (mask) => normalizeMask(mask, 2)],
  [{ levels: { black: 30, gray: 1.5 } }, (mask) => applyLevels(mask, { black: 30, gray: 1.5 })],
  [{ threshold: 'otsu' }, (mask) => thresholdMask(mask, 'otsu')],
  [{ open: 1 }, (mask) => openMask(mask, 1)],
  [{ close: '1px' }, (mask) => closeMask(mask, 1)],
  [{ fillHoles: 6 }, (mask) => fillHoles(mask, 6)],
  [{ removeSmall: 3 }, (mask) => removeSmallComponents(mask, 3)],
  [{ keepLargest: 2 }, (mask) => keepLargest(mask, 2)],
  [{ grow: 2 }, (mask) => dilate(mask, 2)],
  [{ matte: 2 }, (mask) => matte(imageOf(mask), makeTrimap(mask, { width: 2 }))],
  [{ feather: 3, featherSide: 'inward' }, (mask) => feather(mask, 3, { side: 'inward' })],
  [{ invert: true }, invertMask],
];

describe('shaping', () => {
  it('applies any subset of operations in one order, whatever the order of the keys', () => {
    fc.assert(
      fc.property(arbitraryMask(), fc.shuffledSubarray([...STEPS.keys()]), (mask, chosen) => {
        const options: MaskOperations = Object.assign({}, ...chosen.map((k) => STEPS[k]![0]));
        const expected = STEPS.filter((_, k) => chosen.includes(k)).reduce((shaped, [, step]) => step(shaped), mask);
        expectSamePixels(applyMaskOperations(mask, options, { image: imageOf(mask) }), expected);
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  it('shrinks where growth is negative, by lengths of the diagonal too', () => {
    const mask = createMask(
      30,
      40,
      new Uint8Array(1200).map((_, i) => (i % 30 > 5 ? 255 : 0)),
    );
    expectSamePixels(applyMaskOperations(mask, { grow: '-4%' }), erode(mask, 2));
    expectSamePixels(
      applyMaskOperations(mask, { grow: '4%', element: 'square' }),
      dilate(mask, 2, { element: 'square' }),
    );
  });

  it('refuses a matte without an image', () => {
    expect(() => applyMaskOperations(createMask(4, 4), { matte: 'auto' })).toThrow(/matte follows the colors/);
  });

  it('fills all holes where no size is given, and none for false', () => {
    const ring = createMask(3, 3, Uint8Array.from([255, 255, 255, 255, 0, 255, 255, 255, 255]));
    expect(applyMaskOperations(ring, { fillHoles: true }).data[4]).toBe(255);
    expect(applyMaskOperations(ring, { fillHoles: false }).data[4]).toBe(0);
  });

  it.each<[MaskOperations, RegExp]>([
    [{ feather: -1 }, /feather/],
    [{ feather: 'wide' }, /length is "wide"/],
    [{ open: -1 }, /radius/],
    [{ grow: 40000 }, /radius/],
    [{ keepLargest: 0 }, /components to keep is 0/],
    [{ normalize: 0.5 }, /level/],
    [{ removeSmall: -3 }, /area is -3, but must be 0 or more/],
    [{ threshold: 300 }, /threshold/],
  ])('refuses %j', (options, message) => {
    expect(() => applyMaskOperations(createMask(4, 4), options)).toThrow(message);
  });

  it('an empty set of operations is recognized', () => {
    expect(isEmptyMaskOperations({})).toBe(true);
    expect(isEmptyMaskOperations({ element: 'square', featherSide: 'inward', grow: undefined, invert: false })).toBe(
      true,
    );
    for (const [options] of STEPS) {
      expect(isEmptyMaskOperations(options)).toBe(false);
    }
  });
});

/** Masks as people see them. */
const draw = (...rows: string[]): Mask =>
  createMask(
    rows[0]!.length,
    rows.length,
    Uint8Array.from([...rows.join('')], (letter) => ({ '.': 0, '-': 100, '#': 255 })[letter]!),
  );

describe('on drawn masks', () => {
  it('a disc grows as a disc, a square as a square', () => {
    const dot = draw('.......', '.......', '.......', '...#...', '.......', '.......', '.......');
    expectSamePixels(
      dilate(dot, 2.5),
      draw('.......', '..###..', '.#####.', '.#####.', '.#####.', '..###..', '.......'),
    );
    expectSamePixels(
      dilate(dot, 2, { element: 'square' }),
      draw('.......', '.#####.', '.#####.', '.#####.', '.#####.', '.#####.', '.......'),
    );
  });

  it('a hole that only a corner opens is filled, one at the border is not', () => {
    expectSamePixels(
      fillHoles(draw('.####.', '#..##.', '#..#.#', '####.#', '.###..')),
      draw('.####.', '#####.', '####.#', '####.#', '.###..'),
    );
  });

  it('a removed component loses its soft edge as well', () => {
    expectSamePixels(
      removeSmallComponents(draw('---....', '-#-.###', '---.###', '.....--'), 2),
      draw('.......', '....###', '....###', '.....--'),
    );
  });

  it('small components that touch at a corner are one', () => {
    const two = draw('##...', '##...', '..##.', '.....', '#....');
    expectSamePixels(keepLargest(two, 1), draw('##...', '##...', '..##.', '.....', '.....'));
  });
});
