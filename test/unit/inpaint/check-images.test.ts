import { describe, expect, it } from 'vitest';
import { type CheckedImage, checkImages } from '../../../src/inpaint/check-images.js';
import { guessPolarity } from '../../../src/inpaint/guess-polarity.js';
import { maskForTarget } from '../../../src/inpaint/targets/mask-for-target.js';
import { prepareForTarget } from '../../../src/inpaint/targets/prepare-for-target.js';
import { findTarget, TARGETS } from '../../../src/inpaint/targets/target-table.js';
import { createMask, type Mask, maskToRaster, type Raster } from '../../../src/raster/index.js';
import { randomRaster } from '../../support/images.js';
import { seededRandom } from '../../support/random.js';

const SIZE = 512;
const image = randomRaster(1, SIZE, SIZE, 3);
const mask = blob(seededRandom(5), SIZE, SIZE);

describe('checkImages', () => {
  it.each(TARGETS)('finds the files fit that are written for $name', (target) => {
    const prepared = prepareForTarget(image, mask, target);
    const maskRaster = prepared.mask?.kind === 'mask' ? maskToRaster(prepared.mask) : prepared.mask;
    const result = checkImages(file('p', prepared.image), maskRaster && file('m', maskRaster), target);
    expect(result.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(result.fit).toBe(true);
  });

  it.each(TARGETS.filter(({ carrier }) => carrier === 'mask-file'))(
    'finds a mask the wrong way round for $name',
    (target) => {
      const { file: right } = maskForTarget(mask, target);
      const wrong = maskToRaster(inverted(right as Mask));
      expect(codes(file('p', image), file('m', wrong), target.name)).toContain('mask-polarity');
    },
  );

  it.each([
    ['sixteen-bit', { raster: randomRaster(2, SIZE, SIZE, 3, 16) }],
    ['cmyk', { cmyk: true }],
    ['orientation', { orientation: 6 }],
    ['frames', { frames: 3 }],
    ['profile', { icc: new TextEncoder().encode('Adobe RGB (1998)') }],
    ['format', { format: 'tiff' }],
    ['bytes', { bytes: new Uint8Array(10_000_000) }],
    ['size-limit', { raster: randomRaster(3, 100, SIZE, 3) }],
    ['transparency', { raster: randomRaster(4, SIZE, SIZE, 4) }],
  ] as const)('finds %s in the image', (code, change) => {
    const target = 'recraft';
    expect(codes(file('p', image), undefined, target)).not.toContain(code);
    expect(codes({ ...file('p', image), ...change }, undefined, target)).toContain(code);
  });

  it.each([
    ['mask-size', createMask(SIZE, SIZE - 8, mask.data.subarray(0, SIZE * (SIZE - 8)))],
    ['mask-empty', createMask(SIZE, SIZE)],
    ['mask-full', createMask(SIZE, SIZE, new Uint8Array(SIZE * SIZE).fill(255))],
    [
      'mask-soft',
      createMask(
        SIZE,
        SIZE,
        Uint8Array.from(mask.data, (value, i) => (i === 3 ? 9 : value)),
      ),
    ],
  ] as const)('finds %s', (code, wrong) => {
    expect(codes(file('p', image), file('m', maskToRaster(mask)), 'recraft')).not.toContain(code);
    expect(codes(file('p', image), file('m', maskToRaster(wrong)), 'recraft')).toContain(code);
  });

  it('takes an sRGB profile for no profile', () => {
    const icc = Uint8Array.from('..s\0R\0G\0B\0..', (letter) => letter.charCodeAt(0));
    expect(codes({ ...file('p', image), icc }, undefined, 'recraft')).not.toContain('profile');
  });

  it('wants transparency where the program reads the mask from it', () => {
    expect(codes(file('p', image), undefined, 'comfyui')).toEqual(['no-transparency']);
    const opaque = file('m', maskToRaster(mask));
    expect(codes(file('p', image), opaque, 'openai')).toEqual(['mask-alpha']);
  });

  it('warns of a cut-out, which has the surroundings transparent', () => {
    const { image: inverse } = prepareForTarget(image, inverted(mask), findTarget('comfyui'));
    expect(codes(file('p', inverse), undefined, 'comfyui')).toEqual(['mask-polarity']);
    const all = prepareForTarget(
      image,
      createMask(SIZE, SIZE, new Uint8Array(SIZE * SIZE).fill(255)),
      findTarget('comfyui'),
    );
    expect(codes(file('p', all.image), undefined, 'comfyui')).toEqual(['mask-full']);
  });

  it('says what a mask seems to mean when no program is named', () => {
    const result = checkImages(file('p', image), file('m', maskToRaster(inverted(mask))), undefined);
    expect(result.polarity?.paints).toBe('black');
    expect(result.findings.map(({ code, severity }) => [code, severity])).toEqual([['mask-polarity', 'note']]);
  });
});

describe('guessPolarity', () => {
  it('is right on at least 99 % of 500 generated masks, half of them inverted', () => {
    let wrong = 0;
    for (let seed = 0; seed < 500; seed++) {
      const random = seededRandom(seed);
      const drawn = blob(random, 60 + Math.floor(random() * 60), 60 + Math.floor(random() * 60));
      const paints = seed % 2 === 0 ? 'white' : 'black';
      if (guessPolarity(paints === 'white' ? drawn : inverted(drawn)).paints !== paints) wrong++;
    }
    expect(wrong).toBeLessThanOrEqual(5);
  });
});

function codes(image: CheckedImage, maskFile: CheckedImage | undefined, target: string): string[] {
  return checkImages(image, maskFile, findTarget(target))
    .findings.map(({ code }) => code)
    .filter((code) => code !== 'mask-missing');
}

function file(name: string, raster: Raster): CheckedImage {
  const bytes = new Uint8Array(1000);
  return { name, raster, format: 'png', bytes, icc: undefined, cmyk: false, orientation: 1, frames: 1 };
}

function inverted(original: Mask): Mask {
  return createMask(
    original.width,
    original.height,
    original.data.map((value) => 255 - value),
  );
}

/** One to three ellipses, some of them cut off by the border. */
function blob(random: () => number, width: number, height: number): Mask {
  const drawn = createMask(width, height);
  const count = 1 + Math.floor(random() * 3);
  for (let k = 0; k < count; k++) {
    const [x, y] = [width * random(), height * random()];
    const [rx, ry] = [width * (0.05 + 0.25 * random()), height * (0.05 + 0.25 * random())];
    for (let i = 0; i < drawn.data.length; i++) {
      if (Math.hypot(((i % width) - x) / rx, (Math.floor(i / width) - y) / ry) < 1) drawn.data[i] = 255;
    }
  }
  return drawn;
}
