import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { magicWand } from '../../../../src/engine/interaction/magic-wand.js';
import { readScribble } from '../../../../src/engine/interaction/read-scribble.js';
import { assertSeeds, type Seeds } from '../../../../src/engine/interaction/seeds.js';
import { createRaster, type Raster } from '../../../../src/raster/index.js';

/** An image of gray digits: 0 is black, 9 is white. */
function grayOf(...rows: string[]): Raster {
  const values = rows
    .join('')
    .split('')
    .map((digit) => Math.round((Number(digit) / 9) * 255));
  return createRaster(
    rows[0]!.length,
    rows.length,
    3,
    Uint8Array.from(values.flatMap((value) => [value, value, value])),
  );
}

const rowsOf = ({ data, width }: { data: Uint8Array; width: number }): string[] =>
  Array.from({ length: data.length / width }, (_, y) =>
    [...data.subarray(y * width, (y + 1) * width)].map((value) => (value === 255 ? '#' : '.')).join(''),
  );

describe('magicWand', () => {
  const image = grayOf('1109', '0911', '9011');

  it('contiguous: the pixels within the tolerance that are connected by sides', () => {
    expect(rowsOf(magicWand(image, { x: 0, y: 0 }))).toEqual(
      ['###.', '#.##', '..##'].map((row, y) => (y === 2 ? '.###' : row)),
    );
    expect(rowsOf(magicWand(image, { x: 0.9, y: 0.9 }, { tolerance: 0 }))).toEqual(['##..', '....', '....']);
  });

  it('not contiguous: all pixels within the tolerance', () => {
    expect(rowsOf(magicWand(image, { x: 3, y: 0 }, { contiguous: false }))).toEqual(['...#', '.#..', '#...']);
    expect(rowsOf(magicWand(image, { x: 3, y: 0 }))).toEqual(['...#', '....', '....']);
  });

  it('the tolerance is a share of the range in 16 bit as well, each channel by itself', () => {
    const deep = createRaster(3, 1, 3, Uint16Array.of(0, 0, 0, 6000, 0, 0, 6000, 7000, 0));
    expect([...magicWand(deep, { x: 0, y: 0 }, { tolerance: 10 }).data]).toEqual([255, 255, 0]);
    expect([...magicWand(deep, { x: 0, y: 0 }, { tolerance: 11 }).data]).toEqual([255, 255, 255]);
  });

  it('equals a flood fill by breadth-first search', () => {
    const size = { width: 9, height: 7 };
    const pixels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 63, maxLength: 63 });
    fc.assert(
      fc.property(pixels, fc.nat(8), fc.nat(6), fc.nat(40), (levels, x, y, tolerance) => {
        const flat = createRaster(
          size.width,
          size.height,
          3,
          Uint8Array.from(levels.flatMap((level) => [level * 40, 9, 9])),
        );
        const start = y * size.width + x;
        const isSimilar = (i: number): boolean => Math.abs(levels[i]! - levels[start]!) * 40 <= (tolerance / 100) * 255;
        const reached = new Set([start]);
        for (const i of reached) {
          const [px, py] = [i % size.width, Math.floor(i / size.width)];
          for (const [nx, ny] of [
            [px - 1, py],
            [px + 1, py],
            [px, py - 1],
            [px, py + 1],
          ] as const) {
            const n = ny * size.width + nx;
            if (nx >= 0 && ny >= 0 && nx < size.width && ny < size.height && isSimilar(n)) reached.add(n);
          }
        }
        expect([...magicWand(flat, { x, y }, { tolerance }).data]).toEqual(
          levels.map((_, i) => (reached.has(i) ? 255 : 0)),
        );
      }),
    );
  });

  it('points outside and tolerances out of range are errors with the value', () => {
    expect(() => magicWand(image, { x: 4, y: 0 })).toThrow('the point 4,0 is outside the image of 4 x 3 pixels');
    expect(() => magicWand(image, { x: 0, y: 0 }, { tolerance: 101 })).toThrow('the tolerance is 101');
  });
});

describe('readScribble', () => {
  it('green includes, red excludes, other colors and transparent pixels say nothing', () => {
    const pixels = [
      [0, 255, 0, 255],
      [60, 200, 70, 255],
      [255, 0, 0, 255],
      [0, 255, 0, 100],
      [255, 255, 255, 255],
      [255, 255, 0, 255],
      [120, 160, 130, 255],
    ];
    const drawing = createRaster(7, 1, 4, Uint8Array.from(pixels.flat()));
    expect([...readScribble(drawing).data]).toEqual([1, 1, 2, 0, 0, 0, 0]);
  });
});

describe('assertSeeds', () => {
  const size = { width: 100, height: 50 };
  const strokes = (value: number): Seeds => ({ scribble: { ...size, data: new Uint8Array(5000).fill(value) } });

  it.each<[string, Seeds, string | RegExp]>([
    [
      'a point right of the image',
      { points: [{ x: 100, y: 3 }] },
      'the point 100,3 is outside the image of 100 x 50 pixels',
    ],
    ['a point above the image', { points: [{ x: 5, y: -1 }] }, 'the point 5,-1 is outside'],
    ['a point that is no number', { points: [{ x: Number.NaN, y: 0 }] }, 'the point NaN,0 is outside'],
    ['a box without area', { boxes: [{ x: 1, y: 1, width: 0, height: 5 }] }, 'the box 1,1,0,5 has no area'],
    [
      'a box outside the image',
      { boxes: [{ x: 200, y: 1, width: 5, height: 5 }] },
      'the box 200,1,5,5 is outside the image',
    ],
    [
      '10,000 points',
      { points: Array.from({ length: 10_000 }, () => ({ x: 1, y: 1 })) },
      'there are 10000 points, but at most 1000',
    ],
    ['points that only exclude', { points: [{ x: 1, y: 1, include: false }] }, 'nothing says where the thing is'],
    ['a scribble without green', strokes(2), 'nothing says where the thing is'],
    [
      'a scribble of another size',
      { scribble: { width: 1, height: 1, data: Uint8Array.of(1) } },
      'the scribble is 1 x 1, the image is 100 x 50',
    ],
    ['nothing', {}, 'nothing says where the thing is'],
  ])('%s is an error', (_name, seeds, message) => {
    expect(() => assertSeeds(seeds, size)).toThrow(message);
  });

  it.each<[string, Seeds]>([
    [
      'points up to the last pixel',
      {
        points: [
          { x: 99.9, y: 0 },
          { x: 0, y: 49, include: false },
        ],
      },
    ],
    ['a box that reaches beyond the image', { boxes: [{ x: -5, y: 40, width: 10, height: 100 }] }],
    ['a scribble with green', strokes(1)],
  ])('%s is accepted', (_name, seeds) => {
    expect(() => assertSeeds(seeds, size)).not.toThrow();
  });
});
