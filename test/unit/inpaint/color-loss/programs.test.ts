import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { detectColorLoss, LOST_SHARE } from '../../../../src/inpaint/color-loss/detect-color-loss.js';
import { createRaster, type Raster } from '../../../../src/raster/index.js';
import { seededRandom } from '../../../support/random.js';

/** Drawn with grain, stripes and gradients; the hole is most of the image, or a disc of it. */
function drawScene(seed: number): Raster {
  const random = seededRandom(seed);
  const [width, height] = [280 + Math.floor(random() * 60), 220 + Math.floor(random() * 50)];
  const [period, grain, tilt] = [9 + random() * 40, 3 + random() * 6, random() * Math.PI];
  const radius = 70 + random() * 30;
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const stripe = 30 * Math.sin((x * Math.cos(tilt) + y * Math.sin(tilt)) / period);
    for (let c = 0; c < 3; c++) {
      const value = 60 + 20 * c + stripe + (50 * y) / height + (40 * x) / width + grain * (random() + random() - 1);
      data[i * 4 + c] = Math.min(Math.max(value, 0), 255);
    }
    const outside = Math.hypot(x - width / 2, y - height / 2) > radius;
    data[i * 4 + 3] = outside === (seed % 2 === 0) ? 255 : 0;
  }
  return createRaster(width, height, 4, data);
}

type Encoder = (image: Sharp) => Sharp;
const WRITERS: Readonly<Record<string, { readonly encode: Encoder; readonly keeps: boolean }>> = {
  PNG: { encode: (image) => image.png(), keeps: true },
  'lossless WebP with exact': { encode: (image) => image.webp({ lossless: true, exact: true }), keeps: true },
  'lossy WebP with exact': { encode: (image) => image.webp({ quality: 80, exact: true }), keeps: true },
  AVIF: { encode: (image) => image.avif({ quality: 70, effort: 1 }), keeps: true },
  'lossless WebP': { encode: (image) => image.webp({ lossless: true }), keeps: false },
  'lossless WebP of least effort': { encode: (image) => image.webp({ lossless: true, effort: 0 }), keeps: false },
  'near-lossless WebP': { encode: (image) => image.webp({ nearLossless: true, quality: 60 }), keeps: false },
  'lossy WebP of quality 50': { encode: (image) => image.webp({ quality: 50 }), keeps: false },
  'lossy WebP of quality 80': { encode: (image) => image.webp({ quality: 80 }), keeps: false },
  'lossy WebP of quality 95': { encode: (image) => image.webp({ quality: 95 }), keeps: false },
  'a blur': { encode: (image) => image.blur(3).png(), keeps: false },
};

describe('detectColorLoss, on what programs write', () => {
  it.each(Object.entries(WRITERS))('%s: what it does to hidden color is seen in 4 scenes', async (_, writer) => {
    for (let seed = 1; seed <= 4; seed++) {
      const { width, height, data } = drawScene(seed);
      const encoded = await writer.encode(sharp(data, { raw: { width, height, channels: 4 } })).toBuffer();
      const decoded = await sharp(encoded).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      const { share } = detectColorLoss(
        createRaster(decoded.info.width, decoded.info.height, 4, new Uint8Array(decoded.data)),
      );
      expect({ seed, lost: share > LOST_SHARE }).toEqual({ seed, lost: !writer.keeps });
    }
  });

  it('a blur of premultiplied samples leaves black inside and mixed colors at the rim', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const { share, kind } = detectColorLoss(blurPremultiplied(drawScene(seed), 9));
      expect({ seed, lost: share > 0.5, kind }).toEqual({ seed, lost: true, kind: 'flat' });
    }
  });
});

/** Box blur of premultiplied 8-bit samples, as ImageMagick blurs images with alpha; alpha 0 is stored as black. */
function blurPremultiplied({ width, height, data }: Raster, radius: number): Raster {
  const planes = [0, 1, 2, 3].map((c) =>
    Float64Array.from({ length: width * height }, (_, i) => (c === 3 ? 1 : data[i * 4 + c]! / 255) * data[i * 4 + 3]!),
  );
  const blurred = planes.map((plane) =>
    boxBlur(boxBlur(plane, width, height, radius, 1), width, height, radius, width),
  );
  const out = new Uint8Array(data.length);
  for (let i = 0; i < width * height; i++) {
    const alpha = blurred[3]![i]!;
    for (let c = 0; c < 3; c++) {
      out[i * 4 + c] = alpha < 1e-9 ? 0 : Math.round((255 * blurred[c]![i]!) / alpha);
    }
    out[i * 4 + 3] = Math.round(alpha);
  }
  return createRaster(width, height, 4, out);
}

function boxBlur(plane: Float64Array, width: number, height: number, radius: number, stride: number): Float64Array {
  const along = stride === 1 ? width : height;
  return plane.map((_, i) => {
    const position = stride === 1 ? i % width : Math.floor(i / width);
    let sum = 0;
    for (let k = -radius; k <= radius; k++) {
      const at = Math.min(Math.max(position + k, 0), along - 1);
      sum += plane[i + (at - position) * stride]!;
    }
    return sum / (2 * radius + 1);
  });
}
