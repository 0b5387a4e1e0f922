import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findInstances,
  instanceMask,
  keepInstances,
  orderInstances,
  selectInstances,
} from '../../../../src/engine/index.js';
import { createHeatmap, type Heatmap } from '../../../../src/raster/index.js';

/** A heatmap of digits in tenths: `.` is 0. */
function heatmapOf(...rows: string[]): Heatmap {
  const values = rows.join('').split('');
  return createHeatmap(
    rows[0]!.length,
    rows.length,
    Float32Array.from(values, (c) => (c === '.' ? 0 : Number(c) / 10)),
  );
}

const MAP = heatmapOf(
  '99....3...', //
  '99....68..',
  '......6...',
  '.7........',
  '....5.....',
  '77......66',
);

const drawDiscs = (
  width: number,
  height: number,
  discs: readonly (readonly [number, number, number, number?])[],
): Heatmap => {
  const map = createHeatmap(width, height);
  for (const [cx, cy, radius, value = 0.9] of discs) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (Math.hypot(x - cx, y - cy) <= radius) map.data[y * width + x] = value;
      }
    }
  }
  return map;
};

describe('findInstances', () => {
  const found = findInstances(MAP, { minShare: 0 });

  it('instances are 8-connected components, the largest first, equal ones by their first pixels', () => {
    expect(found.instances.map(({ area, bounds }) => [area, bounds.x, bounds.y, bounds.width, bounds.height])).toEqual([
      [4, 0, 0, 2, 2],
      [3, 6, 1, 2, 2],
      [2, 0, 5, 2, 1],
      [2, 8, 5, 2, 1],
      [1, 1, 3, 1, 1],
      [1, 4, 4, 1, 1],
    ]);
  });

  it('centroid, mean, peak and its position are those of the pixels', () => {
    const [first, second] = found.instances;
    expect(first!.centroid).toEqual({ x: 1, y: 1 });
    expect(first!.mean).toBeCloseTo(0.9, 6);
    expect(second!.mean).toBeCloseTo((0.6 + 0.8 + 0.6) / 3, 6);
    expect(second!.peak).toBeCloseTo(0.8, 6);
    expect(second!.peakAt).toEqual({ x: 7, y: 1 });
    expect(second!.centroid.x).toBeCloseTo((6.5 + 7.5 + 6.5) / 3, 9);
    expect(second!.centroid.y).toBeCloseTo((1.5 + 1.5 + 2.5) / 3, 9);
  });

  it('components below the smallest share are not instances', () => {
    expect(findInstances(MAP, { minShare: 0.5 }).instances.map(({ area }) => area)).toEqual([4, 3, 2, 2]);
  });

  it('nothing at or above the threshold is no instance', () => {
    expect(findInstances(MAP, { threshold: 0.95 }).instances).toEqual([]);
    expect(() => findInstances(MAP, { threshold: 1.5 })).toThrow('the threshold is 1.5');
    expect(() => findInstances(MAP, { minShare: -1 })).toThrow('the smallest share is -1');
  });

  it.each<[Parameters<typeof orderInstances>[1], number[]]>([
    ['largest', [1, 2, 3, 4, 5, 6]],
    ['smallest', [5, 6, 3, 4, 2, 1]],
    ['left', [1, 3, 5, 6, 2, 4]],
    ['right', [4, 2, 6, 5, 1, 3]],
    ['top', [1, 2, 5, 6, 3, 4]],
    ['bottom', [3, 4, 6, 5, 2, 1]],
    ['center', [6, 2, 5, 1, 3, 4]],
  ])('order %s, ties by label', (order, labels) => {
    expect(orderInstances(found, order).map(({ label }) => label)).toEqual(labels);
    expect(selectInstances(found, { order, first: 2, last: 3 }).map(({ label }) => label)).toEqual(labels.slice(1, 3));
    expect(selectInstances(found, { order, first: 7, last: 9 })).toEqual([]);
  });

  it('kept instances and their mask have the pixels of the instance, and the soft edge nearest to it', () => {
    const kept = keepInstances(MAP, found, [found.instances[1]!], 0.5);
    const expected = heatmapOf('......3...', '......68..', '......6...', '..........', '..........', '..........');
    expect(kept).toEqual(expected);
    expect([...instanceMask(found, found.instances[1]!).data]).toEqual(
      [...expected.data].map((value) => (value >= 0.5 ? 255 : 0)),
    );
  });

  it('instances partition the pixels at or above the threshold', () => {
    const pixel = fc.constantFrom(0, 0.2, 0.5, 0.9);
    fc.assert(
      fc.property(fc.array(pixel, { minLength: 48, maxLength: 48 }), fc.boolean(), (values, splitTouching) => {
        const map = createHeatmap(8, 6, Float32Array.from(values));
        const { labels, instances } = findInstances(map, { minShare: 0, splitTouching });
        expect([...labels].map((label) => label > 0)).toEqual(values.map((value) => value >= 0.5));
        expect(instances.map(({ area }) => area)).toEqual(
          instances.map(({ label }) => labels.filter((l) => l === label).length),
        );
      }),
    );
  });
});

describe('findInstances: splitTouching', () => {
  it('two overlapping discs are two instances, cut at the waist between them', () => {
    const map = drawDiscs(120, 60, [
      [35, 30, 20],
      [67, 30, 20],
    ]);
    expect(findInstances(map).instances).toHaveLength(1);
    const { instances, labels } = findInstances(map, { splitTouching: true });
    expect(instances).toHaveLength(2);
    expect(labels[30 * 120 + 47]).not.toBe(labels[30 * 120 + 55]);
  });

  it('a valley of probability divides what the outline does not', () => {
    const map = createHeatmap(80, 40);
    for (let y = 5; y < 35; y++) {
      for (let x = 5; x < 75; x++) map.data[y * 80 + x] = 0.55 + 0.4 * Math.min(1, Math.abs(x - 39.5) / 15);
    }
    const { instances } = findInstances(map, { splitTouching: true });
    expect(instances).toHaveLength(2);
    expect(Math.abs(instances[0]!.bounds.width - 35)).toBeLessThanOrEqual(1);
  });

  it.each<[string, Heatmap]>([
    ['a disc', drawDiscs(80, 80, [[40, 40, 30]])],
    ['a disc cut off by the image', drawDiscs(80, 80, [[0, 40, 30]])],
    [
      'a figure: a small head on a large body',
      drawDiscs(90, 120, [
        [45, 20, 11],
        [45, 70, 40],
      ]),
    ],
    ['the whole image', drawDiscs(40, 30, [[20, 15, 100]])],
  ])('%s stays one instance', (_name, map) => {
    expect(findInstances(map, { splitTouching: true }).instances).toHaveLength(1);
  });

  it('a large image is divided like a small one', () => {
    const map = drawDiscs(2400, 300, [
      [1000, 150, 120],
      [1190, 150, 120],
    ]);
    const { instances } = findInstances(map, { splitTouching: true });
    expect(instances).toHaveLength(2);
    expect(Math.abs(instances[0]!.area - instances[1]!.area)).toBeLessThan(0.05 * instances[0]!.area);
  });
});
