import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { matchOriginal, repairFromOriginal } from '../../../../src/inpaint/color-loss/repair-color.js';
import { cutWindow } from '../../../../src/inpaint/crop/window.js';
import { createRaster, type Raster, resizeRaster } from '../../../../src/raster/index.js';
import { damage, DAMAGES, holedImage, SUBJECTS } from '../../../support/holed-images.js';
import { randomRaster } from '../../../support/images.js';
import { expectSamePixels } from '../../../support/same-pixels.js';

describe('repairFromOriginal', () => {
  it('gives the original every byte of color back, whatever was lost', async () => {
    for (const [k, how] of DAMAGES.entries()) {
      const kept = await holedImage(k, SUBJECTS[k % SUBJECTS.length]!, how === 'faint');
      const { raster, match } = repairFromOriginal(damage(kept, how, k), kept);
      expectSamePixels(raster, kept);
      expect(match.kind).toBe('same');
    }
  });

  it('keeps edits where they are visible', () => {
    const original = randomRaster(1, 40, 30, 3);
    const image = withAlpha(original, (i) => (i % 40 < 10 ? 0 : 255));
    image.data.set([1, 2, 3], 39 * 4);
    image.data.fill(0, 0, 3);
    const { raster, match } = repairFromOriginal(image, original);
    expect(match.kind).toBe('edited');
    expect([...raster.data.subarray(39 * 4, 39 * 4 + 4)]).toEqual([1, 2, 3, 255]);
    expect([...raster.data.subarray(0, 4)]).toEqual([...original.data.subarray(0, 3), 0]);
  });

  it('counts the pixels whose color is another than before', () => {
    const original = randomRaster(1, 40, 30, 3);
    const image = withAlpha(original, (i) => (i % 40 < 10 ? 0 : 255));
    expect(repairFromOriginal(image, original).changed).toBe(0);
    for (const pixel of [0, 5, 41]) {
      image.data[pixel * 4] = image.data[pixel * 4]! ^ 1;
    }
    expect(repairFromOriginal(image, original).changed).toBe(3);
  });

  it('takes 16-bit colors from a 16-bit original', () => {
    const original = randomRaster(2, 20, 20, 3, 16);
    const narrow = Uint8Array.from(original.data, (value) => Math.round(value / 257));
    const image = withAlpha(createRaster(20, 20, 3, narrow), (i) => (i < 200 ? 0 : 255));
    const { raster } = repairFromOriginal(image, original);
    expect(raster.data).toBeInstanceOf(Uint16Array);
    expectSamePixels(colorsOf(raster), original);
  });

  it('refuses a shifted original, and says by how much', async () => {
    const image = await holedImage(8, 'photo', false);
    const shifted = cutWindow(image, { x: -3, y: 2, width: image.width, height: image.height });
    expect(() => repairFromOriginal(image, shifted)).toThrow(/shifted against the image by -3, 2 pixels/);
    expect(matchOriginal(image, shifted)).toMatchObject({ kind: 'shifted', shift: { x: 3, y: -2 } });
  });

  it('notices a recompressed original, and one that is another image', async () => {
    const image = await holedImage(8, 'photo', false);
    const { width, height } = image;
    const jpeg = await sharp(colorsOf(image).data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 80 })
      .toBuffer();
    const recompressed = createRaster(width, height, 3, new Uint8Array(await sharp(jpeg).raw().toBuffer()));
    expect(matchOriginal(image, recompressed).kind).toBe('recompressed');
    const other = resizeRaster(await holedImage(9, 'defocused', false), { width, height });
    expect(() => repairFromOriginal(image, other)).toThrow(/not the image's original/);
  });

  it('refuses another size, and says when it was scaled', () => {
    const image = randomRaster(1, 40, 30, 4);
    const refusal = (width: number, height: number): unknown => {
      try {
        return repairFromOriginal(image, randomRaster(1, width, height, 3));
      } catch (error) {
        return error;
      }
    };
    expect(refusal(80, 60)).toMatchObject({
      code: 'SIZE_MISMATCH',
      hint: expect.stringMatching(/^one of them was scaled/),
    });
    expect(refusal(30, 40)).toMatchObject({
      message: 'the image is 40 x 30, the original is 30 x 40',
      hint: 'both must show the same pixels',
    });
  });
});

function withAlpha(colors: Raster, alpha: (i: number) => number): Raster {
  const data = new Uint8Array(colors.width * colors.height * 4);
  for (let i = 0; i < colors.width * colors.height; i++) {
    data.set(colors.data.subarray(i * 3, i * 3 + 3), i * 4);
    data[i * 4 + 3] = alpha(i);
  }
  return createRaster(colors.width, colors.height, 4, data);
}

function colorsOf(raster: Raster): Raster {
  return createRaster(
    raster.width,
    raster.height,
    3,
    raster.data.filter((_, i) => i % 4 !== 3),
  );
}
