import { toAlphaPlane, toEightBit, toLuma } from './convert.js';
import { createMask } from './create.js';
import type { MaskLevels } from './mask-levels.js';
import type { Mask, Raster } from './types.js';

/** Every `MaskChannel`. */
export const MASK_CHANNELS = ['auto', 'luma', 'alpha', 'red'] as const;

/**
 * Which plane of an image is the mask. `auto`: the alpha where the visible pixels all have one brightness and
 * the alpha varies, as in a layer exported alone, else the luma.
 */
export type MaskChannel = (typeof MASK_CHANNELS)[number];

/** How a mask file is read where nothing else is asked for. */
export const MASK_READ_DEFAULTS = { channel: 'auto', levels: 'as-is' } as const satisfies {
  channel: MaskChannel;
  levels: MaskLevels;
};

/** A mask read from an image, and the plane that it was read from. */
export interface RasterMask {
  readonly mask: Mask;
  readonly channel: Exclude<MaskChannel, 'auto'>;
  /** The alpha varies and was not read. */
  readonly ignoresAlpha: boolean;
}

/** Luma may vary by this much, of 255, and still count as flat: rounding and JPEG-like noise. */
const FLAT_SPREAD = 4;
/** The color of fainter pixels is rounded too coarsely by some programs to be compared. */
const VISIBLE_ALPHA = 32;

/**
 * The mask that an image holds, 255 = selected. 16-bit samples are rounded to 8.
 *
 * @example
 * import { type Mask, maskFromRaster, type Raster } from 'maskwright';
 *
 * const toMask = (layer: Raster): Mask => maskFromRaster(layer, 'auto').mask;
 */
export function maskFromRaster(raster: Raster, channel: MaskChannel = 'auto'): RasterMask {
  const luma = toLuma(raster);
  const alpha = raster.channels === 4 ? toAlphaPlane(raster) : undefined;
  const alphaVaries = alpha !== undefined && spreadOf(alpha.data) > 0;
  const chosen = channel !== 'auto' ? channel : alphaVaries && isFlat(luma, alpha) ? 'alpha' : 'luma';
  const ignoresAlpha = chosen !== 'alpha' && alphaVaries;
  switch (chosen) {
    case 'alpha':
      return { mask: alpha ?? toAlphaPlane(raster), channel: chosen, ignoresAlpha };
    case 'luma':
      return { mask: luma, channel: chosen, ignoresAlpha };
    case 'red':
      return { mask: redPlane(raster), channel: chosen, ignoresAlpha };
  }
}

/** Whether the luma of all visible pixels is the same; of all pixels where none is visible. */
function isFlat(luma: Mask, alpha: Mask): boolean {
  const visible = luma.data.filter((_, i) => alpha.data[i]! >= VISIBLE_ALPHA);
  return spreadOf(visible.length === 0 ? luma.data : visible) <= FLAT_SPREAD;
}

function spreadOf(values: Uint8Array): number {
  let min = 255;
  let max = 0;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return Math.max(max - min, 0);
}

function redPlane(raster: Raster): Mask {
  const { data, channels, width, height } = toEightBit(raster);
  const red = new Uint8Array(width * height);
  for (let i = 0, j = 0; i < red.length; i++, j += channels) {
    red[i] = data[j]!;
  }
  return createMask(width, height, red);
}
