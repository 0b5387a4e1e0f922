import { describe, expect, it } from 'vitest';
import { createSeedSegmenter, type Mask, type Raster, SCRIBBLE_VALUES } from '../../../../src/engine/index.js';
import { createMask, createRaster } from '../../../../src/raster/index.js';

const [WIDTH, HEIGHT] = [300, 200];

/** Two orange discs on textured blue; colors vary by a fixed pattern. */
function drawDiscs(scale = 1): { image: Raster; left: Mask; right: Mask } {
  const [width, height] = [WIDTH * scale, HEIGHT * scale];
  const image = createRaster(width, height, 3);
  const left = createMask(width, height);
  const right = createMask(width, height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const grain = (Math.imul(x + 1, 7919) + Math.imul(y + 1, 104_729)) % 31;
      left.data[i] = Math.hypot(x - 80 * scale, y - 100 * scale) <= 45 * scale ? 255 : 0;
      right.data[i] = Math.hypot(x - 220 * scale, y - 90 * scale) <= 40 * scale ? 255 : 0;
      const color = left.data[i] === 255 || right.data[i] === 255 ? [210, 120, 30] : [40, 70, 130];
      for (let c = 0; c < 3; c++) image.data[i * 3 + c] = color[c]! + grain;
    }
  }
  return { image, left, right };
}

function overlap(a: Mask, b: Mask): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    both += a.data[i]! & b.data[i]! & 1;
    either += (a.data[i]! | b.data[i]!) & 1;
  }
  return both / either;
}

const { image, left, right } = drawDiscs();
const segmenter = createSeedSegmenter(image);

describe('createSeedSegmenter', () => {
  it('a point selects the thing it is on, and not one of the same color elsewhere', () => {
    expect(overlap(segmenter.segment({ points: [{ x: 80, y: 100 }] }), left)).toBeGreaterThan(0.97);
    expect(overlap(segmenter.segment({ points: [{ x: 235, y: 80 }] }), right)).toBeGreaterThan(0.97);
  });

  it('a box selects the thing inside, and nothing outside the box', () => {
    const box = { x: 170, y: 40, width: 100, height: 100 };
    const mask = segmenter.segment({ boxes: [box] });
    expect(overlap(mask, right)).toBeGreaterThan(0.97);
    for (const [i, value] of mask.data.entries()) {
      const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
      if (x < box.x - 2 || y < box.y - 2 || x > 272 || y > 142) expect(value).toBe(0);
    }
  });

  it('pixels of points and strokes are as they say', () => {
    const scribble = { width: WIDTH, height: HEIGHT, data: new Uint8Array(WIDTH * HEIGHT) };
    scribble.data.fill(SCRIBBLE_VALUES.include, 100 * WIDTH + 60, 100 * WIDTH + 100);
    scribble.data.fill(SCRIBBLE_VALUES.include, 90 * WIDTH + 210, 90 * WIDTH + 230);
    scribble.data.fill(SCRIBBLE_VALUES.exclude, 20 * WIDTH + 20, 20 * WIDTH + 280);
    const mask = segmenter.segment({ scribble });
    const both = createMask(
      WIDTH,
      HEIGHT,
      left.data.map((value, i) => value | right.data[i]!),
    );
    expect(overlap(mask, both)).toBeGreaterThan(0.97);
    for (const [i, value] of scribble.data.entries()) {
      if (value !== SCRIBBLE_VALUES.none) expect(mask.data[i]).toBe(value === SCRIBBLE_VALUES.include ? 255 : 0);
    }
  });

  it('the same seeds give the same mask, whatever was segmented before', () => {
    const seeds = {
      points: [
        { x: 80, y: 100 },
        { x: 100, y: 110, include: false },
      ],
    };
    expect(segmenter.segment(seeds)).toEqual(createSeedSegmenter(image).segment(seeds));
  });

  it('a large image gives the mask of a small one, scaled', () => {
    const large = drawDiscs(5);
    const mask = createSeedSegmenter(large.image).segment({ points: [{ x: 400, y: 500 }] });
    expect(overlap(mask, large.left)).toBeGreaterThan(0.95);
  });

  it('an image of one color or one pixel is segmented without errors', () => {
    const flat = createRaster(20, 10, 3, new Uint8Array(600).fill(90));
    expect(createSeedSegmenter(flat).segment({ points: [{ x: 10, y: 5 }] }).data[5 * 20 + 10]).toBe(255);
    const pixel = createRaster(1, 1, 4, Uint8Array.of(1, 2, 3, 4));
    expect([...createSeedSegmenter(pixel).segment({ boxes: [{ x: 0, y: 0, width: 1, height: 1 }] }).data]).toHaveLength(
      1,
    );
  });
});

describe('points one after the other', () => {
  const first = { x: 80, y: 100 };
  const one = segmenter.segment({ points: [first] });

  it('a point where the mask is right already changes nothing', () => {
    for (const point of [
      { x: 20, y: 180, include: false },
      { x: 220, y: 90, include: false },
      { x: 100, y: 110 },
    ]) {
      expect(segmenter.segment({ points: [first, point] }).data).toEqual(one.data);
    }
  });

  it('a point changes the mask around itself alone', () => {
    const both = segmenter.segment({ points: [first, { x: 220, y: 90 }] });
    for (let i = 0; i < one.data.length; i++) {
      if (i % WIDTH < 140) expect(both.data[i]).toBe(one.data[i]);
    }
    expect(overlap(both, right)).toBeGreaterThan(0.4);
    const back = segmenter.segment({ points: [first, { x: 220, y: 90 }, { x: 225, y: 100, include: false }] });
    for (let i = 0; i < one.data.length; i++) {
      if (i % WIDTH < 140) expect(back.data[i]).toBe(one.data[i]);
    }
    expect(back.data[100 * WIDTH + 225]).toBe(0);
    expect(back.data[90 * WIDTH + 220]).toBe(255);
  });
});
