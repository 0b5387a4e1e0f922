import {
  type Bounds,
  contentInSquare,
  createRaster,
  type Fit,
  FIT_DEFAULTS,
  flatten,
  type Raster,
  resizeRaster,
  type Size,
  toEightBit,
} from '../raster/index.js';
import { sharp } from './sharp.js';

/** A picture as a network wants it, and where in the square it lies. */
export interface FittedSquare {
  /** RGB, 8-bit. */
  readonly square: Raster;
  readonly content: Bounds;
}

/**
 * Fits a picture into a square of `side` pixels with an antialiased bilinear filter, as Pillow's, which the
 * networks were trained with. Transparent pixels are laid on white first: colour that nobody sees must not
 * reach a network. `stretch` is what CLIPSeg's reference processor does, `pad` (top left, on black) what
 * InvokeAI does.
 */
export async function fitToSquare(raster: Raster, side: number, fit: Fit = FIT_DEFAULTS.fit): Promise<FittedSquare> {
  const content = contentInSquare(raster, side, fit);
  const resized = await resizeAsPillow(flatten(toEightBit(raster)), content);
  const pixels = new Uint8Array(side * side * 3);
  for (let y = 0; y < content.height; y++) {
    const row = content.width * 3;
    pixels.set(resized.subarray(y * row, (y + 1) * row), y * side * 3);
  }
  return { square: createRaster(side, side, 3, pixels), content };
}

/** From here on sharp's speed is worth more than the last level of exactness. */
const LARGE_PIXELS = 500_000;

/**
 * `Image.resize(size, BILINEAR)` of RGB pixels. On large pictures sharp is many times faster and a tenth of a
 * level away on average; where it enlarges it is half a pixel off, so that it is not used for that.
 */
async function resizeAsPillow(raster: Raster, { width, height }: Size): Promise<Raster['data']> {
  if (raster.width * raster.height < LARGE_PIXELS || raster.width < width || raster.height < height) {
    return resizeRaster(raster, { width, height }, 'triangle').data;
  }
  return sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .resize({ width, height, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
}
