import { describe, expect, it } from 'vitest';
import { estimateForeground } from '../../../../src/engine/matting/estimate-foreground.js';
import { makeTrimap, TRIMAP } from '../../../../src/engine/matting/make-trimap.js';
import { matte } from '../../../../src/engine/matting/matte.js';
import { createMask, createRaster } from '../../../../src/raster/index.js';
import { seededRandom } from '../../../support/random.js';

const WIDTH = 120;
const HEIGHT = 90;

/** A disc with a soft edge of 16 pixels: true alpha, and true colors of both sides that change slowly. */
const alpha = new Float32Array(WIDTH * HEIGHT);
const image = createRaster(WIDTH, HEIGHT, 3);
const foregroundOf = (x: number, y: number): number[] => [200 - x * 0.3, 60 + y * 0.5, 40];
const backgroundOf = (x: number, y: number): number[] => [30, 90 + x * 0.4, 160 + y * 0.3];
for (let y = 0, i = 0; y < HEIGHT; y++) {
  for (let x = 0; x < WIDTH; x++, i++) {
    const distance = Math.hypot(x - 60, y - 45) - 28;
    alpha[i] = Math.min(Math.max(0.5 - distance / 16, 0), 1);
    for (let c = 0; c < 3; c++) {
      image.data[i * 3 + c] = Math.round(foregroundOf(x, y)[c]! * alpha[i]! + backgroundOf(x, y)[c]! * (1 - alpha[i]!));
    }
  }
}
const mask = createMask(
  WIDTH,
  HEIGHT,
  Uint8Array.from(alpha, (value) => (value >= 0.5 ? 255 : 0)),
);
const trimap = makeTrimap(mask, { width: 11 });

describe('makeTrimap', () => {
  it('is unknown within the width of the edge, and as the mask is elsewhere', () => {
    const row = Array.from({ length: WIDTH }, (_, x) => ({ x, distance: Math.abs(Math.abs(x - 60) - 28) }));
    const far = row.filter(({ distance }) => distance > 13).map(({ x }) => 45 * WIDTH + x);
    const near = row.filter(({ distance }) => distance < 10).map(({ x }) => 45 * WIDTH + x);
    expect(far.map((i) => trimap.data[i])).toEqual(far.map((i) => mask.data[i]));
    expect(near.every((i) => trimap.data[i] === TRIMAP.unknown)).toBe(true);
  });

  it('is unknown where the mask is soft', () => {
    const soft = createMask(
      30,
      3,
      Uint8Array.from({ length: 90 }, (_, i) => (i % 30 < 10 ? 0 : i % 30 < 20 ? 77 : 255)),
    );
    const { data } = makeTrimap(soft, { width: 1 });
    expect(Array.from(data.subarray(30, 60))).toEqual([
      ...Array.from({ length: 9 }, () => 0),
      ...Array.from({ length: 12 }, () => 128),
      ...Array.from({ length: 9 }, () => 255),
    ]);
  });
});

describe('makeTrimap of things narrower than the band', () => {
  /** 2 discs of which the band swallows the smaller, and its negative. */
  const discs = createMask(200, 100);
  for (let i = 0; i < discs.data.length; i++) {
    const [x, y] = [i % 200, Math.floor(i / 200)];
    if (Math.hypot(x - 50, y - 50) < 30 || Math.hypot(x - 150, y - 50) < 6) discs.data[i] = 255;
  }
  const negative = createMask(
    200,
    100,
    discs.data.map((value) => 255 - value),
  );

  it.each([
    ['a small thing', discs, TRIMAP.foreground],
    ['a small hole', negative, TRIMAP.background],
  ])('keeps the middle of %s certain, and nothing beyond half of its depth', (_, small, side) => {
    const { data } = makeTrimap(small, { width: 10 });
    const found = { core: new Set<number>(), band: new Set<number>() };
    for (let i = 0; i < data.length; i++) {
      const distance = Math.hypot((i % 200) - 150, Math.floor(i / 200) - 50);
      if (distance <= 2) found.core.add(data[i]!);
      else if (distance > 4 && distance < 15) found.band.add(data[i]!);
    }
    expect([...found.core]).toEqual([side]);
    expect([...found.band]).toEqual([TRIMAP.unknown]);
  });

  it('leaves a small thing its area on a plain background', () => {
    const plain = createRaster(200, 100, 3);
    for (let k = 0; k < plain.data.length; k++) plain.data[k] = discs.data[Math.floor(k / 3)] === 255 ? 200 : 40;
    const { data } = matte(plain, makeTrimap(discs, { width: 10 }));
    const errors = data.map((value, i) => Math.abs(value - discs.data[i]!));
    expect(Math.max(...errors)).toBeLessThanOrEqual(2);
  });
});

describe('matte', () => {
  const found = matte(image, trimap);

  it('is 0 and 255 outside of the band', () => {
    const kept = trimap.data.every((value, i) => value === TRIMAP.unknown || found.data[i] === value);
    expect(kept).toBe(true);
  });

  it('finds the alpha of a soft edge', () => {
    let error = 0;
    let count = 0;
    trimap.data.forEach((value, i) => {
      if (value !== TRIMAP.unknown) return;
      error += Math.abs(found.data[i]! / 255 - alpha[i]!);
      count++;
    });
    expect(error / count).toBeLessThan(0.02);
  });

  it('takes images and bands of any size', () => {
    for (const [width, height] of [
      [1, 1],
      [2, 40],
      [3, 3],
      [40, 1],
    ] as const) {
      const unknown = createMask(width, height, new Uint8Array(width * height).fill(128));
      expect(matte(createRaster(width, height, 3), unknown).data).toHaveLength(width * height);
    }
  });

  it('refuses a trimap of another size', () => {
    expect(() => matte(image, createMask(4, 4))).toThrow(/120 x 90.*4 x 4/);
  });
});

describe('estimateForeground', () => {
  it('recomposes any image within 1/255', () => {
    const random = seededRandom(5);
    const noise = createRaster(
      40,
      30,
      3,
      Uint8Array.from({ length: 3600 }, () => random() * 256),
    );
    const any = createMask(
      40,
      30,
      Uint8Array.from({ length: 1200 }, () => random() * 256),
    );
    const { foreground, background } = estimateForeground(noise, any);
    const errors = Array.from(noise.data, (value, k) => {
      const a = any.data[Math.floor(k / 3)]! / 255;
      return Math.abs(a * foreground.data[k]! + (1 - a) * background.data[k]! - value);
    });
    expect(Math.max(...errors)).toBeLessThanOrEqual(1);
  });

  it('finds the colors behind a soft edge', () => {
    const exact = createMask(
      WIDTH,
      HEIGHT,
      Uint8Array.from(alpha, (value) => Math.round(value * 255)),
    );
    const { foreground } = estimateForeground(image, exact);
    let error = 0;
    let count = 0;
    alpha.forEach((value, i) => {
      if (value < 0.1 || value === 1) return;
      for (let c = 0; c < 3; c++) {
        error += Math.abs(foreground.data[i * 3 + c]! - foregroundOf(i % WIDTH, Math.floor(i / WIDTH))[c]!);
        count++;
      }
    });
    expect(error / count).toBeLessThan(6);
  });

  it('finds the color of strands that hold no certain pixel', () => {
    const [front, back] = [
      [200, 60, 40],
      [30, 90, 160],
    ] as const;
    const opacity = Float64Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
      i % WIDTH > WIDTH - 15 ? 1 : i % WIDTH > 20 && Math.floor(i / WIDTH) % 8 === 4 ? 0.6 : 0,
    );
    const strands = createRaster(WIDTH, HEIGHT, 3);
    strands.data.forEach((_, k) => {
      const a = opacity[Math.floor(k / 3)]!;
      strands.data[k] = Math.round(a * front[k % 3]! + (1 - a) * back[k % 3]!);
    });
    const known = createMask(
      WIDTH,
      HEIGHT,
      Uint8Array.from(opacity, (value) => value * 255),
    );
    const { foreground } = estimateForeground(strands, known);
    const errors = Array.from(foreground.data, (value, k) =>
      opacity[Math.floor(k / 3)] === 0 ? 0 : Math.abs(value - front[k % 3]!),
    );
    expect(Math.max(...errors)).toBeLessThanOrEqual(4);
  });

  it('leaves the colors of certain pixels alone', () => {
    const { foreground, background } = estimateForeground(image, mask);
    const kept = image.data.every(
      (value, k) => (mask.data[Math.floor(k / 3)] === 255 ? foreground : background).data[k] === value,
    );
    expect(kept).toBe(true);
  });
});
