import {
  type Bounds,
  contentInSquare,
  createRaster,
  type Fit,
  FIT_DEFAULTS,
  flatten,
  type Raster,
  resizeAsPillow,
  toEightBit,
} from '../../raster/index.js';

/** An image as a network wants it, and where in the square it lies. */
export interface FittedSquare {
  /** RGB, 8-bit. */
  readonly square: Raster;
  readonly content: Bounds;
}

/**
 * Fits an image into a square of `side` pixels exactly as the images were that the models were trained
 * with. Transparent pixels are laid on white first: color that nobody sees must not reach a network.
 * `stretch` is what CLIPSeg's reference processor does, `pad` (top left, on black) what InvokeAI does.
 */
export async function fitToSquare(raster: Raster, side: number, fit: Fit = FIT_DEFAULTS.fit): Promise<FittedSquare> {
  const content = contentInSquare(raster, side, fit);
  const resized = resizeAsPillow(flatten(toEightBit(raster)), content);
  if (resized.height === side && resized.width === side) {
    return { square: resized, content };
  }
  const pixels = new Uint8Array(side * side * 3);
  const row = content.width * 3;
  for (let y = 0; y < content.height; y++) {
    pixels.set(resized.data.subarray(y * row, (y + 1) * row), y * side * 3);
  }
  return { square: createRaster(side, side, 3, pixels), content };
}
