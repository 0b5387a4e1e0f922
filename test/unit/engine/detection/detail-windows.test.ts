import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detailWindows, tileWindows } from '../../../../src/engine/detection/detail-windows.js';
import { mergeWindows } from '../../../../src/engine/detection/merge-windows.js';
import { type Bounds, createHeatmap } from '../../../../src/raster/index.js';

const sizes = fc.record({ width: fc.integer({ min: 40, max: 2000 }), height: fc.integer({ min: 40, max: 2000 }) });

function expectInside({ x, y, width, height }: Bounds, size: { width: number; height: number }): void {
  expect([x >= 0, y >= 0, width > 0, height > 0, x + width <= size.width, y + height <= size.height]).toEqual(
    Array.from({ length: 6 }, () => true),
  );
}

describe('tileWindows', () => {
  it('covers the image with overlapping tiles', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 2, max: 6 }), (size, count) => {
        const tiles = tileWindows(size, count);
        expect(tiles).toHaveLength(count * count);
        for (const tile of tiles) {
          expectInside(tile, size);
        }
        for (let row = 0; row < count; row++) {
          expect(tiles[row * count]!.x).toBe(0);
          for (let column = 1; column < count; column++) {
            const [left, right] = [tiles[row * count + column - 1]!, tiles[row * count + column]!];
            expect(right.x).toBeLessThan(left.x + left.width);
          }
          const last = tiles[row * count + count - 1]!;
          expect(last.x + last.width).toBe(size.width);
        }
      }),
    );
  });
});

describe('detailWindows', () => {
  it('puts a square with context round each part, inside the image', () => {
    const heatmap = createHeatmap(100, 50);
    for (const [x, y] of [
      [10, 10],
      [11, 10],
      [98, 48],
    ] as const) {
      heatmap.data[y * 100 + x] = 0.9;
    }
    const image = { width: 1000, height: 500 };
    const windows = detailWindows(heatmap, image, 0.5, 60, { context: 4 });
    expect(windows).toEqual([
      { x: 70, y: 65, width: 80, height: 80 },
      { x: 940, y: 440, width: 60, height: 60 },
    ]);
    for (const window of windows) {
      expectInside(window, image);
    }
    expect(detailWindows(heatmap, image, 0.95, 60)).toEqual([]);
    expect(detailWindows(heatmap, image, 0.5, 60, { max: 1 })).toHaveLength(1);
  });

  it('the second pass covers the smaller part of the image', () => {
    const heatmap = createHeatmap(10, 10, new Float32Array(100).fill(0.9));
    expect(detailWindows(heatmap, { width: 400, height: 300 }, 0.5, 60)).toEqual([]);
  });
});

describe('mergeWindows', () => {
  const even = (side: number, value: number) => createHeatmap(side, side, new Float32Array(side * side).fill(value));
  const image = { width: 200, height: 100 };
  const window = { x: 0, y: 20, width: 60, height: 60 };

  it('keeps one value where whole and windows agree', () => {
    const looks = [
      { window, heatmap: even(30, 0.4) },
      { window: { x: 30, y: 40, width: 60, height: 60 }, heatmap: even(30, 0.4) },
    ];
    const { width, height, data } = mergeWindows(even(16, 0.4), looks, image, 'outside');
    expect([width, height]).toEqual([100, 50]);
    expect(data.every((value) => Math.abs(value - 0.4) < 1e-6)).toBe(true);
  });

  it('is the window inside, the whole outside, and fades between; not at the end of the image', () => {
    const { width, data } = mergeWindows(even(16, 0.2), [{ window, heatmap: even(60, 0.8) }], image, 'outside');
    const at = (x: number, y: number): number => data[y * width + x]!;
    expect(at(0, 50)).toBeCloseTo(0.8);
    expect(at(30, 50)).toBeCloseTo(0.8);
    expect(at(59, 50)).toBeGreaterThan(0.2);
    expect(at(59, 50)).toBeLessThan(0.4);
    expect(at(61, 50)).toBeCloseTo(0.2);
    expect(at(30, 10)).toBeCloseTo(0.2);
  });

  it('only adds where it keeps the highest', () => {
    const { data } = mergeWindows(even(16, 0.5), [{ window, heatmap: even(60, 0.1) }], image, 'highest');
    expect(data.every((value) => value >= 0.4999)).toBe(true);
  });

  it('has no more pixels than the image', () => {
    const { width, height } = mergeWindows(even(16, 0.5), [{ window, heatmap: even(352, 0.1) }], image, 'outside');
    expect([width, height]).toEqual([200, 100]);
  });
});
