import { describe, expect, it } from 'vitest';
import { classifyContent, warnOfContent } from '../../../../src/inpaint/check/classify-content.js';
import { createMask, type Mask, maskToRaster, toLuma } from '../../../../src/raster/index.js';
import { blob } from '../../../support/blobs.js';
import { holedImage } from '../../../support/holed-images.js';
import { seededRandom } from '../../../support/random.js';

const SIZE = 160;
const drawn = (value: (x: number, y: number) => number): Mask =>
  createMask(
    SIZE,
    SIZE,
    Uint8Array.from({ length: SIZE * SIZE }, (_, i) => value(i % SIZE, Math.floor(i / SIZE))),
  );

describe('classifyContent', () => {
  it.each<readonly [string, Mask]>([
    ['shapes in black and white', blob(seededRandom(3), SIZE, SIZE)],
    ['nothing', createMask(SIZE, SIZE)],
    ['labels 0 to 5', drawn((x, y) => (x >> 5) + (y >> 7))],
    ['0 and 1', drawn((x) => (x < 40 ? 1 : 0))],
  ])('%s are a mask', (_, mask) => {
    expect(classifyContent(mask)).toBe('mask');
  });

  it('a soft mask is no photograph: many values, but smooth', () => {
    const soft = drawn((x, y) => 255 * Math.exp(-((x - 80) ** 2 + (y - 70) ** 2) / 4000));
    expect(classifyContent(soft)).not.toBe('photograph');
    expect(classifyContent(drawn((x, y) => (x + y) * 0.7))).not.toBe('photograph');
  });

  it.each(['photo', 'jpeg', 'defocused'] as const)('an image of kind %s is never taken for a mask', async (kind) => {
    expect(classifyContent(toLuma(await holedImage(8, kind, false)))).not.toBe('mask');
  });
});

describe('warnOfContent', () => {
  it('says that a photograph was named as the mask, and when the two seem swapped', async () => {
    const photo = await holedImage(8, 'photo', false);
    const mask = blob(seededRandom(5), photo.width, photo.height);
    const asMask = { name: 'photo.jpg', mask: toLuma(photo) };
    expect(warnOfContent(asMask)[0]).toMatch(/photo\.jpg looks like a photograph, not a mask/);
    expect(warnOfContent(asMask, { name: 'm.png', raster: maskToRaster(mask) })[0]).toMatch(/seem to be swapped/);
    expect(warnOfContent({ name: 'm.png', mask }, { name: 'photo.jpg', raster: photo })).toEqual([]);
  });
});
