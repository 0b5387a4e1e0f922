import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { compositeImages } from '../../../src/run/composite-images.js';
import { encodeImage } from '../../../src/io/image/encode-image.js';
import { randomMask, randomRaster } from '../../support/images.js';

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/composite/${name}`, import.meta.url));
const background = fixture('bg.png');
const overlay = fixture('fg.png');

const { data, width, height, channels } = randomRaster(6, 56, 40, 3);
const color = sharp(data, { raw: { width, height, channels } });
const gray = sharp(randomMask(2, 56, 40).data, { raw: { width, height, channels: 1 } }).toColourspace('b-w');
const frames = randomRaster(9, 56, 80, 3).data;

/** Images of every kind of file, with what is to be said about them. */
const KINDS: readonly (readonly [string, () => Promise<Uint8Array>, string])[] = [
  ['palette', () => color.clone().png({ palette: true, colors: 16 }).toBuffer(), ''],
  ['1-bit', () => gray.clone().png({ palette: true, colors: 2 }).toBuffer(), ''],
  ['16-bit', () => encodeImage(randomRaster(7, 56, 40, 3, 16)), ''],
  ['CMYK', () => color.clone().toColourspace('cmyk').jpeg().toBuffer(), 'CMYK'],
  [
    'animated',
    () =>
      sharp(frames, { raw: { width, height: 80, channels, pageHeight: 40 } })
        .gif()
        .toBuffer(),
    '2 frames',
  ],
];

describe.each(KINDS)('a %s image', (_kind, make, warning) => {
  it('may be an overlay', async () => {
    const { warnings, width } = await compositeImages({ background, overlay: await make() });
    expect(width).toBe(56);
    expect(warnings.join()).toContain(warning);
  });

  it('may be a mask', async () => {
    const { warnings, share } = await compositeImages({
      background,
      overlay,
      masks: [await make()],
      normalizeLevel: 1,
    });
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    expect(warnings.join()).toContain(warning);
  });
});

describe('compositing', () => {
  it('warns where only one of the images has a color profile', async () => {
    const profiled = await color.clone().withIccProfile('p3').png().toBuffer();
    const { warnings } = await compositeImages({ background: profiled, overlay });
    expect(warnings).toEqual([expect.stringContaining('different color profiles')]);
  });

  it.each([1.5, -1, Number.NaN])('refuses normalization level %d before it reads anything', async (normalizeLevel) => {
    await expect(compositeImages({ background: 'nowhere.png', overlay, normalizeLevel })).rejects.toMatchObject({
      code: 'OPTION_RANGE',
    });
  });
});
