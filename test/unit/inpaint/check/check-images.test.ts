import { describe, expect, it } from 'vitest';
import { checkImages } from '../../../../src/inpaint/check/check-images.js';
import type { CheckedImage } from '../../../../src/inpaint/check/finding.js';
import { maskForTarget } from '../../../../src/inpaint/targets/mask-for-target.js';
import { prepareForTarget } from '../../../../src/inpaint/targets/prepare-for-target.js';
import { findTarget, TARGETS } from '../../../../src/inpaint/targets/target-table.js';
import { createMask, createRaster, type Mask, maskToRaster, type Raster } from '../../../../src/raster/index.js';
import { blob, inverted } from '../../../support/blobs.js';
import { damage, holedImage } from '../../../support/holed-images.js';
import { randomRaster } from '../../../support/images.js';
import { seededRandom } from '../../../support/random.js';

const SIZE = 512;
const image = randomRaster(1, SIZE, SIZE, 3);
const mask = blob(seededRandom(5), SIZE, SIZE);

describe('checkImages', () => {
  it.each(TARGETS)('the files written for $name are valid', (target) => {
    const prepared = prepareForTarget(image, mask, target);
    const maskRaster = prepared.mask?.kind === 'mask' ? maskToRaster(prepared.mask) : prepared.mask;
    const result = checkImages(file('p', prepared.image), maskRaster && file('m', maskRaster), target);
    expect(result.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(result.valid).toBe(true);
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

  it('a black and white mask selects something, also where the target reads the image (case 11)', () => {
    const { findings } = checkImages(file('p', image), file('m', maskToRaster(mask)), findTarget('comfyui'));
    expect(findings.map(({ code }) => code)).toEqual(['no-transparency', 'mask-unused']);
    const share = mask.data.filter((value) => value === 255).length / mask.data.length;
    expect(findings[1]!.message).toContain(`selects ${(100 * share).toFixed(2)} %`);
  });

  it('an opaque image alone is not valid, since nothing says where to paint', () => {
    const { findings, valid } = checkImages(file('p', image), undefined, undefined);
    expect(findings.map(({ code }) => code)).toEqual(['no-selection']);
    expect(valid).toBe(false);
  });

  it('alpha that is only 0 and 254 is not valid: everything would be painted a little', () => {
    const { image: ready } = prepareForTarget(image, mask, findTarget('comfyui'));
    ready.data.forEach((value, i) => (ready.data[i] = i % 4 === 3 ? Math.min(value, 254) : value));
    const { findings, valid } = checkImages(file('p', ready), undefined, findTarget('comfyui'));
    expect(findings.map(({ code }) => code)).toEqual(['alpha-range']);
    expect(findings[0]!.message).toContain('254 at most');
    expect(valid).toBe(false);
  });

  it.each([
    ['values 0 and 1 (case 05)', [1, 1, 1], /no value above 1 of 255/],
    ['red on black', [255, 0, 0], /no value above 76 of 255/],
  ] as const)('a mask of %s is not valid, and the remedy says what it would select', (_, color, message) => {
    const colored = createRaster(SIZE, SIZE, 3);
    mask.data.forEach((value, i) => value === 255 && colored.data.set(color, i * 3));
    for (const target of ['diffusers', undefined]) {
      const result = checkImages(
        file('p', image),
        file('m', colored),
        target === undefined ? undefined : findTarget(target),
      );
      const faint = result.findings.find(({ code }) => code === 'mask-faint')!;
      const share = mask.data.filter((value) => value === 255).length / mask.data.length;
      expect(faint.message).toMatch(message);
      expect(faint.hint).toContain(`--mask-levels auto`);
      expect(faint.hint).toContain(`${(100 * share).toFixed(2)} %`);
      expect(result.valid).toBe(false);
    }
  });

  it('a mask in the alpha of a white image is named (case 06)', () => {
    const white = createRaster(SIZE, SIZE, 4, new Uint8Array(SIZE * SIZE * 4).fill(255));
    mask.data.forEach((value, i) => (white.data[i * 4 + 3] = value));
    const { findings } = checkImages(file('p', image), file('m', white), findTarget('diffusers'));
    expect(findings.map(({ code }) => code)).toEqual(['mask-alpha']);
    expect(findings[0]!.message).toMatch(/mask of m is in its alpha/);
  });

  it('a photograph as the mask, and image and mask swapped, are found by their pixels', async () => {
    const photo = await holedImage(8, 'photo', false);
    const { width, height } = photo;
    const small = maskToRaster(blob(seededRandom(4), width, height));
    const colors = toRgb(photo);
    expect(codes(file('p', colors), file('m', colors), 'diffusers')).toContain('mask-photograph');
    expect(codes(file('p', small), file('m', colors), 'diffusers')).toContain('swapped');
    expect(codes(file('p', colors), file('m', small), 'diffusers')).not.toContain('mask-photograph');
  });

  it('with the original, hidden color is compared with it', async () => {
    const kept = await holedImage(8, 'photo', false);
    const erased = damage(kept, 'blur', 1);
    const original = { name: 'o.png', raster: toRgb(kept) };
    const same = checkImages(file('p.png', kept), undefined, undefined, original);
    expect(same.colorDifference).toMatchObject({ changed: 0, difference: 0 });
    expect(same.valid).toBe(true);
    const { findings } = checkImages(file('p.png', erased), undefined, undefined, original);
    expect(findings.map(({ code }) => code)).toEqual(['color-lost']);
    expect(findings[0]!.message).toMatch(/not that of o\.png/);
  });

  it('no message begins with a severity of its own', async () => {
    const erased = damage(await holedImage(8, 'photo', false), 'black', 1);
    const { findings } = checkImages(file('p', erased), undefined, undefined);
    expect(findings.map(({ code }) => code)).toContain('color-lost');
    expect(findings.filter(({ message }) => /^(warning|error|note)/i.test(message))).toEqual([]);
  });

  it('says what a mask seems to mean when no program is named', () => {
    const result = checkImages(file('p', image), file('m', maskToRaster(inverted(mask))), undefined);
    expect(result.polarity?.paints).toBe('black');
    expect(result.findings.map(({ code, severity }) => [code, severity])).toEqual([['mask-polarity', 'note']]);
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

function toRgb({ width, height, data }: Raster): Raster {
  return createRaster(
    width,
    height,
    3,
    data.filter((_, i) => i % 4 !== 3),
  );
}
