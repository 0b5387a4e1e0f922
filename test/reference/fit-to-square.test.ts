import { describe, expect, it } from 'vitest';
import { fitToSquare } from '../../src/io/image/fit-to-square.js';
import { createRaster, cropRaster, type Raster } from '../../src/raster/index.js';
import { seededRandom } from '../support/random.js';
import { resizeAntialiased } from './oracles/resize-antialiased.js';

const SIDE = 48;

/** Edges, gradients and a little noise, as in photographs. */
function image(width: number, height: number): Raster {
  const random = seededRandom(width * height);
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    const disc = Math.hypot(x / width - 0.4, y / height - 0.6) < 0.3 ? 110 : 0;
    return disc + (100 * x) / width + 20 * random() + 10 * (i % 3);
  });
  return createRaster(width, height, 3, data);
}

function difference(a: Raster, b: Raster): { mean: number; worst: number } {
  let sum = 0;
  let worst = 0;
  for (let i = 0; i < a.data.length; i++) {
    const d = Math.abs(a.data[i]! - b.data[i]!);
    sum += d;
    worst = Math.max(worst, d);
  }
  return { mean: sum / a.data.length, worst };
}

describe('fitting an image into a network square', () => {
  it.each([
    [1000, 700],
    [480, 480],
    [352, 200],
    [131, 517],
    [49, 50],
    [30, 20],
  ])('stretches %i x %i as Pillow does, antialiased', async (width, height) => {
    const source = image(width, height);
    const { square, content } = await fitToSquare(source, SIDE, 'stretch');
    const expected = resizeAntialiased(source, { width: SIDE, height: SIDE });
    const { mean, worst } = difference(square, expected);
    expect(content).toEqual({ x: 0, y: 0, width: SIDE, height: SIDE });
    expect([mean < 0.02, worst < 2]).toEqual([true, true]);
  });

  it.each([
    [960, 560, 48, 28],
    [480, 240, 48, 24],
    [100, 301, 16, 48],
    [60, 1000, 3, 48],
  ])('pads %i x %i at the top left, on black', async (width, height, columns, rows) => {
    const source = image(width, height);
    const { square, content } = await fitToSquare(source, SIDE, 'pad');
    expect(content).toEqual({ x: 0, y: 0, width: columns, height: rows });
    const expected = resizeAntialiased(source, { width: columns, height: rows });
    expect(difference(cropRaster(square, content), expected).mean).toBeLessThan(0.02);
    for (let y = 0; y < SIDE; y++) {
      const outside = square.data.subarray((y * SIDE + (y < rows ? columns : 0)) * 3, (y + 1) * SIDE * 3);
      expect(outside.every((value) => value === 0)).toBe(true);
    }
  });

  it('keeps color under transparent pixels from the network', async () => {
    const data = new Uint8Array(64 * 64 * 4);
    for (let i = 0; i < data.length; i += 4) {
      data.set([255, 0, 255, 0], i);
    }
    const { square } = await fitToSquare(createRaster(64, 64, 4, data), SIDE);
    expect(square.data.every((value) => value === 255)).toBe(true);
  });

  it('takes 16-bit samples', async () => {
    const eight = image(90, 70);
    const sixteen = createRaster(
      90,
      70,
      3,
      Uint16Array.from(eight.data, (value) => value * 257),
    );
    expect((await fitToSquare(sixteen, SIDE)).square.data).toEqual((await fitToSquare(eight, SIDE)).square.data);
  });
});
