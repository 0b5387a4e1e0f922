import { describe, expect, it } from 'vitest';
import { FILL_METHODS, fillOccluded } from '../../../../src/depth/layers/fill-occluded.js';
import { createMask, createRaster } from '../../../../src/raster/index.js';

/** An image of two gray values, left and right, around an occlusion in the middle; its last column is neither. */
function split(width: number, height: number, bits: 8 | 16): Parameters<typeof fillOccluded> {
  const scale = bits === 16 ? 257 : 1;
  const data = bits === 16 ? new Uint16Array(width * height * 4) : new Uint8Array(width * height * 4);
  const known = new Uint8Array(width * height);
  const occlusion = new Uint8Array(width * height);
  for (let i = 0; i < known.length; i++) {
    const x = i % width;
    const inOcclusion = x >= width / 4 && x < width - 2;
    occlusion[i] = inOcclusion ? 255 : 0;
    known[i] = inOcclusion || x === width - 1 ? 0 : 1;
    const gray = (inOcclusion ? 13 : x < width / 2 ? 50 : 200) * scale;
    data.set([gray, gray, gray, inOcclusion ? 0 : 100 * scale], i * 4);
  }
  return [createRaster(width, height, 4, data), createMask(width, height, occlusion), known, 'bleed'];
}

describe.each(FILL_METHODS)('%s', (method) => {
  it.each([8, 16] as const)('takes %d-bit colors from what is known only, opaque, and leaves the rest', (bits) => {
    const [image, occlusion, known] = split(37, 21, bits);
    const scale = bits === 16 ? 257 : 1;
    const filled = fillOccluded(image, occlusion, known, method);
    for (let i = 0; i < known.length; i++) {
      const pixel = Array.from(filled.data.subarray(i * 4, i * 4 + 4));
      if (occlusion.data[i] === 255) {
        expect(pixel[0]).toBeGreaterThanOrEqual(50 * scale);
        expect(pixel[0]).toBeLessThanOrEqual(200 * scale);
        expect(pixel).toEqual([pixel[0], pixel[0], pixel[0], 255 * scale]);
      } else {
        expect(pixel).toEqual(Array.from(image.data.subarray(i * 4, i * 4 + 4)));
      }
    }
  });

  it('leaves the image alone where nothing is known', () => {
    const [image, occlusion] = split(16, 16, 8);
    expect(fillOccluded(image, occlusion, new Uint8Array(256), method)).toBe(image);
  });
});

describe('bleed', () => {
  it('takes the nearest color', () => {
    const [image, occlusion, known] = split(40, 3, 8);
    const { data } = fillOccluded(image, occlusion, known, 'bleed');
    expect([10, 20, 23, 25, 30].map((x) => data[(40 + x) * 4])).toEqual([50, 50, 50, 200, 200]);
  });
});

describe('push-pull', () => {
  it('goes smoothly from one side to the other', () => {
    const [image, occlusion, known] = split(64, 64, 8);
    const { data } = fillOccluded(image, occlusion, known, 'push-pull');
    const row = Array.from({ length: 46 }, (_, k) => data[(32 * 64 + 16 + k) * 4]!);
    const steps = row.slice(1).map((value, k) => Math.abs(value - row[k]!));
    expect(Math.max(...steps)).toBeLessThan(40);
    expect(row.at(-1)! - row[0]!).toBeGreaterThan(100);
  });

  it('fills with one color where one color is known', () => {
    const [image, occlusion, known] = split(33, 18, 8);
    const left = known.map((value, i) => (i % 33 < 10 ? value : 0));
    const { data } = fillOccluded(image, occlusion, left, 'push-pull');
    expect(new Set(data.filter((_, i) => i % 4 === 0 && occlusion.data[i / 4] === 255))).toEqual(new Set([50]));
  });
});
