import { describe, expect, it } from 'vitest';
import { describeNextStep, prepareForTarget } from '../../../../src/inpaint/targets/prepare-for-target.js';
import { findTarget, TARGETS } from '../../../../src/inpaint/targets/target-table.js';
import { createMask, createRaster, type Mask } from '../../../../src/raster/index.js';
import { randomRaster } from '../../../support/images.js';

const WIDTH = 720;
const HEIGHT = 720;
const image = randomRaster(1, WIDTH, HEIGHT, 3);
const softMask = discMask(WIDTH, HEIGHT);

describe('describeNextStep', () => {
  it('names the size of the answer, and a typed file for the SDK of Node (openai)', () => {
    const step = describeNextStep(
      findTarget('openai'),
      { image: 'a.png', mask: 'b.png' },
      { width: 3000, height: 2000 },
    );
    expect(step).toContain('size="1536x1024"');
    expect(step).toContain('await toFile(fs.createReadStream("b.png"), null, { type: "image/png" })');
    const second = describeNextStep(
      findTarget('gpt-image-2'),
      { image: 'a.png', mask: 'b.png' },
      { width: 1600, height: 912 },
    );
    expect(second).toContain('size="1600x912"');
  });
});

describe('prepareForTarget', () => {
  it.each(TARGETS)('gives $name its polarity, carrier and values', (target) => {
    const prepared = prepareForTarget(image, softMask, target);
    const paint = paintOf(prepared, target.paints);
    const { width, height } = prepared.plan.size;
    expect(prepared.image.channels).toBe(target.carrier === 'image-alpha' ? 4 : 3);
    // The center of the disc is painted in full, the corner is kept in full.
    expect(paint[(HEIGHT >> 1) * width + (WIDTH >> 1)]).toBe(255);
    expect(paint[0]).toBe(0);
    expect(paint[width * height - 1]).toBe(0);
    expect(paint.some((value) => value !== 0 && value !== 255)).toBe(target.values === 'soft');
    expect(width % target.multipleOf).toBe(0);
    expect(height % target.multipleOf).toBe(0);
  });

  it.each(TARGETS)('keeps every color for $name', (target) => {
    const { image: prepared } = prepareForTarget(image, softMask, target);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        for (let c = 0; c < 3; c++) {
          const got = prepared.data[(y * prepared.width + x) * prepared.channels + c];
          if (got !== image.data[(y * WIDTH + x) * 3 + c]) {
            expect.fail(`channel ${c} of (${x}, ${y}) is ${got}`);
          }
        }
      }
    }
  });

  it('pads to the multiple with the edge, and keeps the padding', () => {
    const small = createRaster(2, 1, 3, Uint8Array.of(10, 20, 30, 40, 50, 60));
    const { image, mask } = prepareForTarget(small, createMask(2, 1, Uint8Array.of(0, 255)), findTarget('diffusers'));
    expect([image.width, image.height]).toEqual([8, 8]);
    expect([...image.data.subarray(8 * 24 - 3)]).toEqual([40, 50, 60]);
    expect([...mask!.data.subarray(0, 8)]).toEqual([0, 255, 0, 0, 0, 0, 0, 0]);
    expect(mask!.data.subarray(8).every((value) => value === 0)).toBe(true);
  });

  it('inverts the mask for outpainting where the program does', () => {
    const nova = findTarget('nova-canvas');
    const inpaint = prepareForTarget(image, softMask, nova);
    const outpaint = prepareForTarget(image, softMask, nova, { fit: 'pad', fitTarget: false, outpainting: true });
    expect(outpaint.mask!.data.every((value, i) => value === 255 - inpaint.mask!.data[i]!)).toBe(true);
  });

  it('says what it left out, rounded, extended, and when nothing is selected', () => {
    const wide = randomRaster(2, 9, 9, 4, 16);
    const { image, warnings } = prepareForTarget(wide, createMask(9, 9), findTarget('comfyui'));
    expect(image.data).toBeInstanceOf(Uint8Array);
    expect(warnings.join('\n')).toMatch(/selects nothing/);
    expect(warnings.join('\n')).toMatch(/16-bit image was rounded/);
    expect(warnings.join('\n')).toMatch(/own transparency is left out/);
    expect(warnings.join('\n')).toMatch(/extended from 9 x 9 to 16 x 16/);
  });

  it('says that the answer comes in another shape, and how to avoid it (openai)', () => {
    const wide = randomRaster(3, 160, 90, 3);
    const mask = createMask(160, 90, new Uint8Array(160 * 90).fill(255, 0, 700));
    const target = findTarget('openai');
    expect(prepareForTarget(wide, mask, target).warnings.join('\n')).toMatch(
      /answers in 1024x1024, 1536x1024, 1024x1536: .* 160x90 .*--fit-target/,
    );
    const fitted = prepareForTarget(wide, mask, target, { fit: 'pad', fitTarget: true });
    expect(fitted.warnings.join('\n')).not.toMatch(/answers in/);
    expect([fitted.image.width, fitted.image.height]).toEqual([1536, 1024]);
  });

  it('refuses an image over the limits, and scales it on request', () => {
    const target = { ...findTarget('stability'), limits: { maxPixels: 10_000 } };
    expect(() => prepareForTarget(image, softMask, target)).toThrow(/at most 10000 pixels/);
    const prepared = prepareForTarget(image, softMask, target, { fit: 'pad', fitTarget: true });
    expect(prepared.plan.size).toEqual({ width: 100, height: 100 });
    expect(prepared.stitchMask.width).toBe(WIDTH);
  });
});

function paintOf({ image, mask }: ReturnType<typeof prepareForTarget>, paints: string): Uint8Array {
  if (mask?.kind === 'mask') {
    return paints === 'black' ? mask.data.map((value) => 255 - value) : mask.data;
  }
  const alpha = (mask ?? image).data.filter((_, i) => i % 4 === 3);
  return Uint8Array.from(alpha, (value) => 255 - value);
}

function discMask(width: number, height: number): Mask {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const distance = Math.hypot((i % width) - width / 2, Math.floor(i / width) - height / 2);
    data[i] = Math.min(Math.max((height / 3 - distance) * 10, 0), 255);
  }
  return createMask(width, height, data);
}
